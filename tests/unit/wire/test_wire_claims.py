"""The claim code: alike on both sides, different as soon as anybody stands between."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.claims import (
    ALPHABET,
    MOST_BYTES,
    Answer,
    ClaimState,
    Offer,
    Opening,
    claim_code,
    commitment_of,
    read,
    to_bytes,
    typed_code,
)
from wire.errors import Refusal, WireError

REQUEST = b'{"terminal": "gate-1"}'
NONCE = b"n" * 32
OFFER = Offer(claim="0" * 32, hub_verifying_key=b"k" * 32, authority="PEM", nonce=b"h" * 32)


def test_the_code_is_short_and_has_no_letter_that_looks_like_another() -> None:
    code = claim_code(REQUEST, OFFER, NONCE)
    assert len(code) == 9
    assert code[4] == "-"
    assert set(code) - {"-"} <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    "other",
    [
        (b'{"terminal": "gate-2"}', OFFER, NONCE),
        (REQUEST, OFFER, b"m" * 32),
        (REQUEST, msgspec.structs.replace(OFFER, claim="1" * 32), NONCE),
        (REQUEST, msgspec.structs.replace(OFFER, hub_verifying_key=b"j" * 32), NONCE),
        (REQUEST, msgspec.structs.replace(OFFER, authority="PEM of another"), NONCE),
        (REQUEST, msgspec.structs.replace(OFFER, nonce=b"g" * 32), NONCE),
    ],
)
def test_whatever_differs_makes_another_code(other: tuple[bytes, Offer, bytes]) -> None:
    assert claim_code(*other) != claim_code(REQUEST, OFFER, NONCE)


def test_the_commitment_binds_request_and_nonce() -> None:
    assert commitment_of(REQUEST, NONCE) != commitment_of(REQUEST, b"m" * 32)
    assert commitment_of(REQUEST, NONCE) != commitment_of(REQUEST + b" ", NONCE)


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_understood_however_it_is_typed(nonce: bytes) -> None:
    code = claim_code(REQUEST, OFFER, nonce)
    sloppy = code.lower().replace("0", "o").replace("1", "l").replace("-", "  ")
    assert typed_code(f" {sloppy} ") == code
    assert typed_code(code.replace("1", "I")) == code


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG!", "ABCD-EFGU"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert typed_code(typed) is None


def test_messages_read_back() -> None:
    opening = Opening(request=REQUEST, commitment=b"c" * 32, signature=b"s" * 64)
    assert read(to_bytes(opening), Opening) == opening
    answer = Answer(state=ClaimState.GRANTED, grant=b"\x00\xff")
    assert read(to_bytes(answer), Answer) == answer


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Refusal.MALFORMED),
        (b"<html>", Refusal.MALFORMED),
        (b"[" * 20_000, Refusal.MALFORMED),
        (b'{"state": "granted", "more": 1}', Refusal.MALFORMED),
        (b" " * (MOST_BYTES + 1), Refusal.OVERSIZE),
    ],
)
def test_what_is_no_message_is_refused(raw: bytes, reason: Refusal) -> None:
    with pytest.raises(WireError) as caught:
        read(raw, Answer)
    assert caught.value.reason is reason
