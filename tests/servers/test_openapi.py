"""Does the checker find what is wrong, and only that? A checker that finds nothing would make every fake look good."""

import json
from pathlib import Path

import pytest

from .openapi import FIXTURES, Document, Explained, Json, needs_fixtures

ITEM_ID = "f27caa37e5142225cceded48f6553502"
SPEC: Json = {
    "openapi": "3.0.1",
    "paths": {
        "/Items": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "format": "int32"}},
                    {"name": "isPlayed", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "userId", "in": "query", "required": True, "schema": {"type": "string", "format": "uuid"}},
                    {
                        "name": "types",
                        "in": "query",
                        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Kind"}},
                    },
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}}
                },
            }
        },
        "/Items/{itemId}": {
            "parameters": [
                {"name": "itemId", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
            ],
            "get": {"responses": {"200": {"content": {"image/*": {}}}}},
            "post": {
                "parameters": [{"name": "X-Device", "in": "header", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}},
                },
                "responses": {"204": {"description": "Done"}},
            },
        },
        "/Items/Latest": {"get": {"responses": {"200": {"content": {"application/json": {}}}}}},
    },
    "components": {
        "schemas": {
            "Kind": {"type": "string", "enum": ["Movie", "Series"]},
            "Item": {
                "type": "object",
                "required": ["Id"],
                "additionalProperties": False,
                "properties": {
                    "Id": {"type": "string", "format": "uuid"},
                    "Name": {"type": "string", "nullable": True},
                    "Kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}], "nullable": True},
                    "Added": {"type": "string", "format": "date-time"},
                    "Parent": {"allOf": [{"$ref": "#/components/schemas/Item"}], "nullable": True},
                },
            },
            "Frame": {
                "oneOf": [{"$ref": "#/components/schemas/Beat"}, {"$ref": "#/components/schemas/Added"}],
                "discriminator": {
                    "propertyName": "Type",
                    "mapping": {"Beat": "#/components/schemas/Beat", "Added": "#/components/schemas/Added"},
                },
            },
            "Beat": {"type": "object", "properties": {"Data": {"type": "integer"}}},
            "Added": {"type": "object", "properties": {"Data": {"$ref": "#/components/schemas/Item"}}},
        }
    },
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(SPEC))
    return file


@pytest.fixture
def document(path: Path) -> Document:
    return Document.load(path, ignore_case=True)


def answer(document: Document, body: Json, path: str = "/Items") -> list[str]:
    return document.check_response("GET", path, 200, "application/json; charset=utf-8", json.dumps(body).encode())


def test_an_answer_as_described_has_no_problems(document: Document) -> None:
    added = "2024-11-28T18:01:52.4030928Z"
    assert (
        answer(document, {"Id": ITEM_ID, "Name": None, "Kind": None, "Added": added, "Parent": {"Id": ITEM_ID}}) == []
    )


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"Name": "x"}, "GET /Items 200 $: 'Id' is a required property"),
        ({"Id": None}, "GET /Items 200 $.Id: None is not of type 'string'"),
        ({"Id": ITEM_ID[1:]}, f"GET /Items 200 $.Id: '{ITEM_ID[1:]}' is not a 'uuid'"),
        ({"Id": ITEM_ID, "Kind": "Person"}, "GET /Items 200 $.Kind: 'Person' is not one of ['Movie', 'Series']"),
        ({"Id": ITEM_ID, "Added": "soon"}, "GET /Items 200 $.Added: 'soon' is not a 'date-time'"),
        ({"Id": ITEM_ID, "Parent": {"Id": 1}}, "GET /Items 200 $.Parent.Id: 1 is not of type 'string'"),
    ],
)
def test_a_problem_is_named_with_its_place(document: Document, body: Json, problem: str) -> None:
    assert answer(document, body) == [problem]


def test_a_property_that_is_not_described_is_a_problem(document: Document) -> None:
    (problem,) = answer(document, {"Id": ITEM_ID, "Nmae": "x"})
    assert "'Nmae' was unexpected" in problem


@pytest.mark.parametrize(
    ("status", "content_type", "body", "problem"),
    [
        (200, "text/html", b"<html>", "GET /Items 200 $: text/html instead of application/json"),
        (200, "application/json", b"{", "GET /Items 200 $: not JSON"),
        (204, "", b"", "GET /Items 204 $: status unknown"),
    ],
)
def test_a_wrong_status_or_type_is_a_problem(
    document: Document, status: int, content_type: str, body: bytes, problem: str
) -> None:
    (found,) = document.check_response("GET", "/Items", status, content_type, body)
    assert found.startswith(problem)


def test_errors_that_are_not_described_are_left_alone(document: Document) -> None:
    assert document.check_response("GET", "/Items", 500, "text/plain", b"Error processing request.") == []


def test_the_most_specific_path_wins(document: Document) -> None:
    assert answer(document, [], "/Items/Latest") == []
    assert document.check_response("GET", f"/items/{ITEM_ID}", 200, "image/png", b"\x89PNG") == []


def test_a_body_where_none_is_described_is_a_problem(document: Document) -> None:
    (problem,) = document.check_response("POST", f"/Items/{ITEM_ID}", 204, "text/plain", b"ok")
    assert problem == "POST /Items/{itemId} 204 $: text/plain instead of nothing"


def test_case_matters_unless_told(path: Path) -> None:
    exact = Document.load(path)
    assert exact.find("GET", "/items") is None
    assert exact.check_request("GET", "/Items", {"userid": ITEM_ID}, {}) == [
        "GET /Items unknown in the query: userid",
        "GET /Items missing in the query: userId",
    ]
    assert Document.load(path, ignore_case=True).check_request("GET", "/items", {"userid": ITEM_ID}, {}) == []


def test_a_base_path_is_taken_off(document: Document) -> None:
    query = {"userId": ITEM_ID}
    assert document.check_request("GET", "/media/Items", query, {}) == ["GET /media/Items: unknown"]
    assert document.check_request("GET", "/media/Items", query, {}, base_path="/media") == []


def test_what_a_query_may_say_is_checked(document: Document) -> None:
    query = {"userId": "me", "limit": "ten", "types": "Movie,Person", "isPlayed": "True", "sort": "Name"}
    assert document.check_request("GET", "/Items", query, {}) == [
        "GET /Items query userId $: 'me' is not a 'uuid'",
        "GET /Items query limit $: 'ten' is not of type 'integer'",
        "GET /Items query types $: 'Person' is not one of ['Movie', 'Series']",
        "GET /Items unknown in the query: sort",
    ]


def test_path_headers_and_body_of_a_request_are_checked(document: Document) -> None:
    assert document.check_request("POST", "/Items/7", {}, {}, b'{"Id": 7}') == [
        "POST /Items/{itemId} path itemId $: '7' is not a 'uuid'",
        "POST /Items/{itemId} missing header: X-Device",
        "POST /Items/{itemId} $.Id: 7 is not of type 'string'",
    ]
    assert document.check_request("POST", f"/Items/{ITEM_ID}", {}, {"x-device": "tv"}) == [
        "POST /Items/{itemId} $: body missing"
    ]


def test_an_unknown_method_is_a_problem(document: Document) -> None:
    assert document.check_request("DELETE", "/Items", {}, {}) == ["DELETE /Items: unknown"]


def test_a_discriminator_decides_what_a_frame_must_be(document: Document) -> None:
    assert document.check_schema("Frame", {"Type": "Beat", "Data": 60}) == []
    assert document.check_schema("Frame", {"Type": "Added", "Data": 60}) == ["Frame $.Data: 60 is not of type 'object'"]


def test_an_explained_mismatch_is_no_problem(path: Path) -> None:
    document = Document.load(path, explained=(Explained(r"\$\.Id: None is not", "Made for this test."),))
    assert answer(document, {"Id": None}) == []
    assert len(answer(document, {"Id": 7})) == 1


@needs_fixtures
@pytest.mark.parametrize("version", ["10.9.11", "10.10.7", "10.11.11", "12.0.0"])
def test_genuine_items_fit_the_documents_of_jellyfin(version: str) -> None:
    document = Document.load(FIXTURES / f"jellyfin/openapi/jellyfin-openapi-{version}.json", ignore_case=True)
    for file in (FIXTURES / "jellyfin" / "items").iterdir():
        assert document.check_schema("BaseItemDto", json.loads(file.read_bytes())) == []


@needs_fixtures
def test_a_genuine_search_fits_the_document_of_plex() -> None:
    document = Document.load(FIXTURES / "plex/openapi/plex-api-spec-1.1.1.yaml")
    body = (FIXTURES / "plex/json/get-hubs-search-0.json").read_bytes()
    assert document.check_response("GET", "/hubs/search", 200, "application/json", body) == []
