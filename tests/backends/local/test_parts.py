"""Which part of a file is sent is what HTTP says (RFC 9110): each of its conditions, and every range there can be."""

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.local.parts import Edition, Part, part_of

BODY = bytes(range(200))
FILE = Edition(len(BODY), 1_767_225_600_123_456_789)
TAG = FILE.tag
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
EARLIER = "Wed, 31 Dec 2025 23:59:59 GMT"
LATER = "Thu, 01 Jan 2026 00:00:01 GMT"


def sent(part: Part) -> bytes:
    return BODY[part.start : part.end]


def test_without_conditions_everything_is_sent() -> None:
    part = part_of(FILE, {})
    assert (part.status, sent(part)) == (200, BODY)
    assert part.headers == {
        "accept-ranges": "bytes",
        "etag": TAG,
        "last-modified": DATE,
        "content-length": "200",
    }


@pytest.mark.parametrize(
    ("wanted", "status", "body", "told"),
    [
        ("bytes=0-0", 206, BODY[:1], "bytes 0-0/200"),
        ("bytes=10-19", 206, BODY[10:20], "bytes 10-19/200"),
        ("bytes=190-", 206, BODY[190:], "bytes 190-199/200"),
        ("bytes=-10", 206, BODY[190:], "bytes 190-199/200"),
        ("bytes=-900", 206, BODY, "bytes 0-199/200"),
        ("bytes=0-", 206, BODY, "bytes 0-199/200"),
        ("bytes=100-900", 206, BODY[100:], "bytes 100-199/200"),
        ("bytes= 10 - 19", 206, BODY[10:20], "bytes 10-19/200"),
        ("bytes=200-", 416, b"", "bytes */200"),
        ("bytes=200-300", 416, b"", "bytes */200"),
        ("bytes=-0", 416, b"", "bytes */200"),
        ("bytes=19-10", 200, BODY, None),
        ("bytes=0-1,5-6", 200, BODY, None),
        ("bytes=-", 200, BODY, None),
        ("bytes=", 200, BODY, None),
        ("bytes=a-b", 200, BODY, None),
        ("bytes=--5", 200, BODY, None),
        ("bytes=٣-٤", 200, BODY, None),
        ("seconds=0-1", 200, BODY, None),
        ("bytes=0-" + "9" * 5000, 200, BODY, None),
        ("", 200, BODY, None),
    ],
)
def test_one_part_is_sent_and_what_makes_no_sense_is_not_minded(
    wanted: str, status: int, body: bytes, told: str | None
) -> None:
    part = part_of(FILE, {"range": wanted})
    assert (part.status, sent(part) if status != 416 else b"", part.headers.get("content-range")) == (
        status,
        body,
        told,
    )
    assert part.headers.get("content-length") == (None if status == 416 else str(len(body)))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"if-none-match": TAG}, 304),
        ({"if-none-match": f'"x", W/{TAG}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200),
        ({"if-none-match": '"x"', "if-modified-since": LATER}, 200),
        ({"if-modified-since": DATE}, 304),
        ({"if-modified-since": LATER}, 304),
        ({"if-modified-since": EARLIER}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-match": TAG}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": f"W/{TAG}"}, 412),
        ({"if-match": '"x"'}, 412),
        ({"if-match": TAG, "if-unmodified-since": EARLIER}, 200),
        ({"if-unmodified-since": EARLIER}, 412),
        ({"if-unmodified-since": DATE}, 200),
        ({"if-unmodified-since": "tomorrow"}, 200),
        ({"if-match": '"x"', "if-none-match": TAG}, 412),
        ({"range": "bytes=0-1", "if-none-match": TAG}, 304),
        ({"range": "bytes=0-1", "if-range": TAG}, 206),
        ({"range": "bytes=0-1", "if-range": DATE}, 206),
        ({"range": "bytes=0-1", "if-range": LATER}, 200),
        ({"range": "bytes=0-1", "if-range": EARLIER}, 200),
        ({"range": "bytes=0-1", "if-range": f"W/{TAG}"}, 200),
        ({"range": "bytes=0-1", "if-range": '"x"'}, 200),
        ({"range": "bytes=0-1", "if-range": ""}, 200),
        ({"range": "bytes=900-", "if-range": '"x"'}, 200),
    ],
)
def test_conditions_are_met_in_the_order_of_the_standard(asked: dict[str, str], status: int) -> None:
    assert part_of(FILE, asked).status == status


def test_a_head_knows_no_parts_but_conditions() -> None:
    assert part_of(FILE, {"range": "bytes=0-1"}, head=True).headers == part_of(FILE, {}).headers
    assert part_of(FILE, {"if-none-match": TAG}, head=True).status == 304


def test_an_empty_file_has_no_parts() -> None:
    empty = Edition(0, 0)
    assert part_of(empty, {}).headers["content-length"] == "0"
    assert part_of(empty, {"range": "bytes=0-"}).status == 416
    assert part_of(empty, {"range": "bytes=-5"}).status == 416


@pytest.mark.parametrize("other", [Edition(201, FILE.modified_ns), Edition(200, FILE.modified_ns + 1)])
def test_another_size_or_time_makes_another_edition(other: Edition) -> None:
    assert other.tag != TAG


def test_a_file_from_before_all_time_has_a_date() -> None:
    assert part_of(Edition(1, -5), {}).headers["last-modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"


numbers = st.integers(0, 300)


@given(start=numbers, end=numbers)
def test_a_part_is_what_python_would_cut_out(start: int, end: int) -> None:
    part = part_of(FILE, {"range": f"bytes={start}-{end}"})
    if end < start:
        assert part.status == 200
    elif start >= len(BODY):
        assert part.status == 416
    else:
        assert (part.status, sent(part)) == (206, BODY[start : end + 1])
        assert part.headers["content-range"] == f"bytes {start}-{min(end, 199)}/200"


@given(st.text(max_size=30))
def test_no_text_confuses(text: str) -> None:
    for name in ("range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"):
        part = part_of(FILE, {name: text, "range": f"bytes={text}"} if name != "range" else {name: text})
        assert 0 <= part.start <= part.end <= len(BODY)
