"""Any bytes are a text, and it is said what was done to make them one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultkit.parse.text import decode

BYTES = st.lists(
    st.binary(max_size=4)
    | st.text(max_size=4).map(str.encode)
    | st.sampled_from(
        [b"\r\n", b"\r", b"\n", b"\xef\xbb\xbf", b"\xef\xb7\x90", b"\xef\xbf\xbf", b"\xed\xa0\x80", b"\0"]
    )
).map(b"".join)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\r\nb\rc\n\r\nd", "a\nb\nc\n\nd"),
        (b"\xef\xbb\xbfa", "a"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", "\ufeffa"),
        ("é\u2028😀\ufffd".encode(), "é\u2028😀\ufffd"),
        (b"a\0b\x0b\x1b\t\x7f", "a\ufffdb\ufffd\ufffd\t\x7f"),
        ("\ufdcf\ufdd0\ufdef\ufdf0\ufffe\uffff".encode(), "\ufdcf\ufffd\ufffd\ufdf0\ufffd\ufffd"),
        (b"\xff\xfea\0", "\ufffd\ufffda\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"\xc3", "\ufffd"),
    ],
)
def test_bytes_as_text(data: bytes, text: str) -> None:
    assert decode(data).text == text


def test_a_clean_text_has_nothing_to_report() -> None:
    decoded = decode(b"a\r\nb\tc\n")
    assert decoded == ("a\nb\tc\n", False, None, None)
    assert not decoded.has_controls


@pytest.mark.parametrize(
    ("data", "place"), [(b"\xff", (1, 1)), (b"a\r\nb\r\xc3\xa9\xff", (3, 2)), (b"\xef\xbb\xbf\n\xc3\n\xff", (2, 1))]
)
def test_the_first_bad_byte_is_located(data: bytes, place: tuple[int, int]) -> None:
    assert decode(data).bad_byte == place


@pytest.mark.parametrize(
    ("data", "place"), [(b"\0", (1, 1)), (b"a\r\n\xc3\xa9\x1b\0", (2, 2)), ("a\uffff".encode(), (1, 2))]
)
def test_the_first_control_is_located(data: bytes, place: tuple[int, int]) -> None:
    assert decode(data).control == place


@given(BYTES)
def test_every_text_is_fit_to_be_rendered(data: bytes) -> None:
    decoded = decode(data)
    assert not re.search("[\0-\x08\x0b-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", decoded.text)
    assert decode(decoded.text.encode("utf-8")).text in (decoded.text, decoded.text.removeprefix("\ufeff"))
    assert (decoded.bad_byte is None) == _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
