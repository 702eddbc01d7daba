"""A capability allows what it says until it expires, and nobody but us can write one."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
import hashlib
import hmac
import zlib

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.capability import DAY, Grant, Use, image_expiry, read, sign, stream_expiry

SECRET, OTHER = b"s" * 32, b"o" * 32
NOW = 1_795_000_000.0
GRANT = Grant(
    use=Use.STREAM,
    source="01M7X2MDEGWQ45DZBAS61V5WJ1",
    item="4711",
    path="/library/parts/12/1795000000/Öland.mkv",
    expires=stream_expiry(NOW),
    play_session="3f2a",
    file="12",
    start_ms=61_000,
    transcodes=True,
)


@given(st.sampled_from(Use), st.text(), st.text(), st.text(), st.none() | st.text(), st.integers(0, 2**40))
def test_what_was_granted_is_read_whatever_it_is_called(
    use: Use, source: str, item: str, path: str, session: str | None, start: int
) -> None:
    grant = replace(GRANT, use=use, source=source, item=item, path=path, play_session=session, start_ms=start)
    text = sign(SECRET, grant)
    assert read(SECRET, text, NOW) == grant
    assert text.replace("-", "").replace("_", "").isalnum()


def test_it_ends_when_it_expires() -> None:
    text = sign(SECRET, GRANT)
    assert read(SECRET, text, GRANT.expires - 1) == GRANT
    assert read(SECRET, text, GRANT.expires) is None


def test_that_of_another_house_is_none() -> None:
    assert read(OTHER, sign(SECRET, GRANT), NOW) is None


def test_no_character_of_it_can_be_changed_left_out_or_added() -> None:
    text = sign(SECRET, GRANT)
    for at, known in enumerate(text):
        swapped = "A" if known != "A" else "B"
        assert read(SECRET, text[:at] + swapped + text[at + 1 :], NOW) is None
        assert read(SECRET, text[:at] + text[at + 1 :], NOW) is None
        assert read(SECRET, text[:at] + "*" + text[at:], NOW) is None
    for more in ("A", "=", "==", " ", "\n", "/", "é"):
        assert read(SECRET, text + more, NOW) is None
        assert read(SECRET, more + text, NOW) is None


@given(st.text(max_size=300))
def test_nothing_else_is_one(text: str) -> None:
    assert read(SECRET, text, NOW) is None


@pytest.mark.parametrize("text", ["", "A" * 43, "A" * 9000, "None", "..", "é", "\x00"])
def test_rubbish_is_none(text: str) -> None:
    assert read(SECRET, text, NOW) is None


def test_what_is_signed_for_something_else_is_none() -> None:
    body = zlib.compress(b'["stream","a","b","/c",9999999999,null,null,0,false]')
    signed = hmac.digest(SECRET, body, hashlib.sha256) + body
    assert read(SECRET, urlsafe_b64encode(signed).rstrip(b"=").decode(), NOW) is None


def test_two_grants_never_have_the_same_text() -> None:
    changes = [
        GRANT,
        replace(GRANT, use=Use.IMAGE),
        replace(GRANT, source="other"),
        replace(GRANT, item="4712"),
        replace(GRANT, path="/library/parts/13/1795000000/Öland.mkv"),
        replace(GRANT, expires=GRANT.expires + 1),
        replace(GRANT, play_session=None),
    ]
    assert len({sign(SECRET, each) for each in changes}) == len(changes)


def test_the_secret_does_not_stand_in_it() -> None:
    text = sign(SECRET, GRANT)
    assert SECRET not in urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_images_keep_their_address_for_days_and_it_outlives_that() -> None:
    moments = [NOW + hour * 3600 for hour in range(24 * 21)]
    expiries = [image_expiry(moment) for moment in moments]
    assert len(set(expiries)) in {3, 4}
    assert all(7 * DAY < until - at <= 14 * DAY for at, until in zip(moments, expiries, strict=True))


def test_streams_are_good_for_a_day() -> None:
    assert stream_expiry(NOW) == NOW + DAY
