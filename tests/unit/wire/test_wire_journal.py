"""Batches of journal entries: what is refused, then what passes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.codec import MAX_MESSAGE_BYTES, decode, encode
from wire.errors import Refusal, WireError
from wire.happenings import Started, read_body
from wire.journal import (
    MAX_BATCH_ENTRIES,
    Batch,
    Clock,
    Entry,
    genesis,
    link,
    open_batch,
    seal_batch,
)
from wire.keys import SigningKey
from wire.versions import NOTHING, Version

KEY = SigningKey.generate()
JOURNAL = b"j" * 16
BODY = encode(Started(software="1", roll_version=NOTHING, set_aside=False))


def entry(sequence: int, kind: str = Started.KIND, body: bytes = BODY) -> bytes:
    return encode(
        Entry(
            sequence=sequence,
            boot_id="0" * 32,
            boot_time_ms=sequence,
            wall_time=datetime(2026, 1, 1, tzinfo=UTC),
            clock=Clock.SYNCHRONISED,
            kind=kind,
            body=body,
        )
    )


def batch(entries: list[bytes], *, first: int = 1, sender: str = "gate", key: SigningKey = KEY) -> bytes:
    before = genesis("gate", JOURNAL) if first == 1 else b"b" * 32
    return seal_batch(sender, JOURNAL, first, before, entries, key, historical=False)


def refusal(raw: bytes) -> Refusal:
    with pytest.raises(WireError) as caught:
        open_batch(raw, sender="gate", key=KEY.public_key())
    return caught.value.reason


def test_a_batch_signed_by_another_key_is_forged() -> None:
    assert refusal(batch([entry(1)], key=SigningKey.generate())) is Refusal.FORGED


def test_a_changed_entry_breaks_the_signature() -> None:
    sound = decode(batch([entry(1), entry(2)]), Batch)
    changed = msgspec.structs.replace(sound, entries=[entry(1), entry(2, kind="passage")])
    assert refusal(encode(changed)) is Refusal.FORGED


@pytest.mark.parametrize(
    "change", [{"first": 2}, {"before": b"c" * 32}, {"journal_id": b"k" * 16}, {"historical": True}]
)
def test_a_batch_moved_elsewhere_in_the_chain_or_between_lanes_is_forged(change: dict[str, object]) -> None:
    moved = msgspec.structs.replace(decode(batch([entry(1)]), Batch), **change)
    assert refusal(encode(moved)) is Refusal.FORGED


def test_another_sender_than_the_topic_is_refused() -> None:
    assert refusal(batch([entry(1)], sender="block-a")) is Refusal.WRONG_SENDER


def test_another_form_is_refused_by_its_number() -> None:
    other = msgspec.structs.replace(decode(batch([entry(1)]), Batch), form=2)
    assert refusal(encode(other)) is Refusal.WRONG_VERSION


def test_entries_that_do_not_run_on_are_refused() -> None:
    assert refusal(batch([entry(1), entry(3)])) is Refusal.BROKEN_CHAIN


def test_a_journal_does_not_start_on_a_made_up_link() -> None:
    raw = seal_batch("gate", JOURNAL, 1, b"x" * 32, [entry(1)], KEY, historical=False)
    assert refusal(raw) is Refusal.BROKEN_CHAIN


def test_unknown_field_wrong_type_and_size_are_refused() -> None:
    fields = msgspec.msgpack.decode(batch([entry(1)]))
    assert refusal(msgspec.msgpack.encode({**fields, "extra": 1})) is Refusal.MALFORMED
    assert refusal(msgspec.msgpack.encode({**fields, "first": "1"})) is Refusal.MALFORMED
    assert (
        refusal(msgspec.msgpack.encode({**fields, "entries": [b"x"] * (MAX_BATCH_ENTRIES + 1)}))
        is Refusal.MALFORMED
    )
    assert refusal(bytes(MAX_MESSAGE_BYTES + 1)) is Refusal.OVERSIZE


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    assert refusal(raw) is Refusal.MALFORMED


def test_a_sound_batch_gives_its_entries_and_links() -> None:
    opened, linked = open_batch(batch([entry(1), entry(2)]), sender="gate", key=KEY.public_key())
    assert [item.entry.sequence for item in linked] == [1, 2]
    assert linked[0].before == genesis("gate", JOURNAL)
    assert linked[1].before == linked[0].link == link(linked[0].before, entry(1))
    assert opened.historical is False


def test_a_kind_of_a_later_version_is_verified_and_not_understood() -> None:
    _, linked = open_batch(batch([entry(1, kind="levitation")]), sender="gate", key=KEY.public_key())
    assert read_body(linked[0].entry) is None


def test_a_bad_body_of_a_known_kind_is_malformed() -> None:
    _, linked = open_batch(batch([entry(1, body=b"\x80")]), sender="gate", key=KEY.public_key())
    with pytest.raises(WireError):
        read_body(linked[0].entry)


def test_journals_of_two_terminals_never_share_a_link() -> None:
    assert genesis("gate", JOURNAL) != genesis("gate2", JOURNAL) != genesis("gate", b"k" * 16)


def test_a_restored_hub_is_newer_than_before_the_restore() -> None:
    assert Version(2, 0) > Version(1, 999)
