"""The token goes round, fits its QR, is read back from pixels, and believes no forged byte."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ticketing.delivery.qr import matrix_png, token_matrix
from ticketing.delivery.token import (
    TicketBody,
    TokenUnreadable,
    decode_base45,
    encode_base45,
    issue_token,
    public_bytes,
    read_token,
    signing_key,
)

KEY = signing_key("a-key-for-tests", 3)

bodies = st.builds(
    TicketBody,
    key_id=st.integers(0, 255),
    ticket_id=st.integers(0, 2**63 - 1),
    offer_id=st.integers(0, 2**32 - 1),
    party=st.integers(1, 255),
    valid_on=st.dates(dt.date(2020, 1, 1), dt.date(2190, 1, 1)),
)


@given(bodies)
def test_round_trip(body: TicketBody) -> None:
    token = issue_token(body, KEY)
    assert len(token) == 122
    read = read_token(token)
    assert read.body == body
    assert read.is_signed_by(public_bytes(KEY))
    assert not read.is_signed_by(public_bytes(signing_key("another", 3)))


@given(st.binary(max_size=90))
def test_base45_round_trip(raw: bytes) -> None:
    assert decode_base45(encode_base45(raw)) == raw


def test_base45_example_of_the_rfc() -> None:
    assert encode_base45(b"Hello!!") == "%69 VD92EX0"


@given(bodies, st.integers(0, 80), st.integers(1, 255))
def test_one_changed_byte_is_never_believed(body: TicketBody, place: int, change: int) -> None:
    raw = bytearray(decode_base45(issue_token(body, KEY)))
    raw[place] ^= change
    try:
        read = read_token(encode_base45(bytes(raw)))
    except TokenUnreadable:
        return
    assert not read.is_signed_by(public_bytes(KEY))


@pytest.mark.parametrize("text", ["", "HELLO", "a" * 122, ":" * 122, "0" * 121])
def test_other_texts_are_unreadable(text: str) -> None:
    with pytest.raises(TokenUnreadable):
        read_token(text)


def test_the_picture_is_37_modules_and_reads_back_from_pixels() -> None:
    for number in range(40):
        token = issue_token(TicketBody(1, number * 7919, number, 4, dt.date(2027, 6, 12)), KEY)
        matrix = token_matrix(token)
        assert len(matrix) == 37 + 2 * 4
        picture = Image.open(io.BytesIO(matrix_png(matrix, 4)))
        found = zxingcpp.read_barcodes(picture.convert("L"))
        assert [code.text for code in found] == [token]
