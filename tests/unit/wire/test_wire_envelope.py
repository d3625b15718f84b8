"""Signed envelopes, seals and topics."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import topics
from wire.envelope import open_envelope, preimage, sign
from wire.errors import Refusal, WireError
from wire.keys import OpeningKey, SigningKey, write_secret
from wire.provisioning import CheckpointSettings, read_grant, read_request
from wire.sealing import lock_at_rest, seal, unlock_at_rest, unseal

KEY = SigningKey.generate()
RECEIVER = OpeningKey.generate()
BODY = CheckpointSettings(checkpoint="a", from_zone="b", to_zone="c")


@pytest.mark.parametrize(
    ("kind", "sender", "receiver", "reason"),
    [
        ("ack", "hub", "gate", Refusal.WRONG_KIND),
        ("roll", "gate", "gate", Refusal.WRONG_SENDER),
        ("roll", "hub", "block-a", Refusal.WRONG_RECEIVER),
    ],
)
def test_a_message_taken_from_its_way_is_refused(
    kind: str, sender: str, receiver: str, reason: Refusal
) -> None:
    raw = sign("roll", "hub", "gate", BODY, KEY)
    with pytest.raises(WireError) as caught:
        open_envelope(raw, kind=kind, sender=sender, receiver=receiver, key=KEY.public_key())
    assert caught.value.reason is reason


def test_another_key_is_refused_and_the_right_one_opens() -> None:
    raw = sign("roll", "hub", "gate", BODY, KEY)
    with pytest.raises(WireError) as caught:
        open_envelope(raw, kind="roll", sender="hub", receiver="gate", key=SigningKey.generate().public_key())
    assert caught.value.reason is Refusal.FORGED
    assert open_envelope(raw, kind="roll", sender="hub", receiver="gate", key=KEY.public_key())


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_no_two_lists_of_parts_are_signed_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (preimage(*one) == preimage(*other)) == (one == other)


def test_a_seal_opens_for_its_receiver_in_its_place_only() -> None:
    sealed = seal(b"secret", RECEIVER.public_key(), "here")
    assert unseal(sealed, RECEIVER, "here") == b"secret"
    for raw, key, context in (
        (sealed, OpeningKey.generate(), "here"),
        (sealed, RECEIVER, "elsewhere"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), RECEIVER, "here"),
        (b"short", RECEIVER, "here"),
    ):
        with pytest.raises(WireError) as caught:
            unseal(raw, key, context)
        assert caught.value.reason is Refusal.UNSEALABLE


def test_what_lies_at_rest_opens_with_its_key_only() -> None:
    locked = lock_at_rest(b"roll", b"k" * 32, "roll")
    assert unlock_at_rest(locked, b"k" * 32, "roll") == b"roll"
    with pytest.raises(WireError):
        unlock_at_rest(locked, b"l" * 32, "roll")


def test_a_secret_is_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_secret(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_secret(path, b"two")
    assert path.read_bytes() == b"one"


@pytest.mark.parametrize("name", ["", "a/b", "+", "#", "Gate", "-a", "a" * 41, "gate\n", "hub", "hub-ingest"])
def test_a_name_that_could_reach_other_topics_is_none(name: str) -> None:
    assert not topics.is_terminal_name(name)
    with pytest.raises(ValueError, match="terminal name"):
        topics.topic(name, topics.Channel.STATE)


def test_topics_read_back_and_strangers_do_not() -> None:
    for channel in topics.Channel:
        assert topics.parse(topics.topic("gate-1", channel)) == topics.Address("gate-1", channel)
    for stranger in (
        "pims/up/gate/ack",
        "pims/down/gate/journal",
        "pims/up/gate",
        "x/up/gate/state",
        "pims/up/+/state",
    ):
        assert topics.parse(stranger) is None


def test_a_file_that_is_no_document_says_so() -> None:
    for read in (read_request, read_grant):
        with pytest.raises(WireError, match="not a provisioning document"):
            read(b'{"terminal": 1}')
