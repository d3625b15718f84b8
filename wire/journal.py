"""Journal entries, the hash chain that orders them, and the batches that carry them up.

An entry is bytes first: what was hashed on the terminal is what the hub stores and a court can check. Its header
has a form that every version reads; what happened is in `body`, whose form `kind` names. So a hub can verify,
store and acknowledge an entry of a kind that it does not know yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from wire.codec import Strict, decode, encode
from wire.envelope import FORM, HUB, Name, Signature, check_signature, preimage
from wire.errors import Refusal, WireError
from wire.keys import SigningKey, VerifyingKey
from wire.versions import Count

JOURNAL_ID_BYTES = 16
MAX_BATCH_ENTRIES = 256
MAX_BATCH_BYTES = 196_608
MAX_ENTRY_BYTES = 16_384

JournalId = Annotated[bytes, Meta(min_length=JOURNAL_ID_BYTES, max_length=JOURNAL_ID_BYTES)]
Link = Annotated[bytes, Meta(min_length=32, max_length=32)]
Sequence1 = Annotated[int, Meta(ge=1, lt=2**53)]
BootId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
When = Annotated[datetime, Meta(tz=True)]


class Clock(StrEnum):
    """How far the terminal's wall clock could be trusted when the entry was written."""

    SYNCHRONISED = "synchronised"
    UNSURE = "unsure"


class Entry(Strict, frozen=True):
    """One journalled fact.

    `boot_time_ms` is CLOCK_BOOTTIME of the boot `boot_id`; `wall_time` is aware UTC as the terminal believed it.
    """

    sequence: Sequence1
    boot_id: BootId
    boot_time_ms: Count
    wall_time: When
    clock: Clock
    kind: Name
    body: bytes


class Batch(Strict, frozen=True):
    """Consecutive entries of one journal, as stored bytes.

    `signature` covers the link of the last one and whether they are historical.

    `before` is the link of the entry before the first. `historical` tells that live entries go first.
    """

    form: int
    sender: Name
    receiver: Name
    journal_id: JournalId
    first: Sequence1
    before: Link
    entries: Annotated[list[bytes], Meta(min_length=1, max_length=MAX_BATCH_ENTRIES)]
    historical: bool
    signature: Signature


class Span(Strict, frozen=True, array_like=True):
    """Sequences `first` to `last`, both included."""

    first: Sequence1
    last: Sequence1


class Ack(Strict, frozen=True):
    """How far the hub holds one journal.

    `committed` is the highest sequence without a gap before it, 0 for none, and `committed_link` its link;
    `ahead` lists what is committed beyond a gap; `backed_up` is how far a backup has it (never past committed).
    """

    journal_id: JournalId
    committed: Count
    committed_link: Link
    ahead: Annotated[list[Span], Meta(max_length=64)]
    backed_up: Count
    hub_time: When


@dataclass(frozen=True)
class Linked:
    """An entry with the bytes it came in and its place in the chain."""

    entry: Entry
    raw: bytes
    before: bytes
    link: bytes


def genesis(terminal: str, journal_id: bytes) -> bytes:
    """Link before the first entry; binds the chain to its terminal and journal."""
    return hashlib.sha256(preimage("journal", terminal, journal_id)).digest()


def link(before: bytes, raw: bytes) -> bytes:
    """SHA-256 link of an entry's bytes to the link before it."""
    return hashlib.sha256(preimage("entry", before, raw)).digest()


def _covered(
    sender: str, receiver: str, journal_id: bytes, last: int, last_link: bytes, *, historical: bool
) -> bytes:
    lane = "historical" if historical else "live"
    return preimage("batch", FORM, sender, receiver, journal_id, last, last_link, lane)


def seal_batch(
    sender: str,
    journal_id: bytes,
    first: int,
    before: bytes,
    entries: Sequence[bytes],
    key: SigningKey,
    *,
    historical: bool,
) -> bytes:
    """Encoded, signed batch. `entries` are the stored bytes of consecutive sequences from `first`."""
    last_link = before
    for raw in entries:
        last_link = link(last_link, raw)
    last = first + len(entries) - 1
    covered = _covered(sender, HUB, journal_id, last, last_link, historical=historical)
    return encode(
        Batch(
            form=FORM,
            sender=sender,
            receiver=HUB,
            journal_id=journal_id,
            first=first,
            before=before,
            entries=list(entries),
            historical=historical,
            signature=key.sign(covered),
        )
    )


_END: Final = encode("signature") + b"\xc4\x40"
_HISTORICAL: Final = encode("historical") + encode(True)


def says_historical(raw: bytes) -> bool:
    """Whether a batch as `seal_batch` encodes it says of itself that live entries go first.

    Nothing is verified and nothing else read: enough to let others pass by, and never more than that.
    """
    end = len(raw) - 64 - len(_END)
    return raw[max(0, end) : -64] == _END and raw[max(0, end - len(_HISTORICAL)) : end] == _HISTORICAL


def open_batch(raw: bytes, *, sender: str, key: VerifyingKey) -> tuple[Batch, list[Linked]]:
    """Verified batch and its entries with their links; WireError when anything is off.

    Refused: another form, sender or receiver; a signature not by `key`; sequences that do not run on from `first`.
    """
    batch = decode(raw, Batch)
    if batch.form != FORM:
        raise WireError(Refusal.WRONG_VERSION, f"The batch has form {batch.form}; this side reads {FORM}.")
    if batch.sender != sender:
        raise WireError(Refusal.WRONG_SENDER, "The batch names another sender than its topic.")
    if batch.receiver != HUB:
        raise WireError(Refusal.WRONG_RECEIVER, "The batch is meant for another receiver.")
    links = [batch.before]
    for item in batch.entries:
        links.append(link(links[-1], item))
    last = batch.first + len(batch.entries) - 1
    covered = _covered(sender, HUB, batch.journal_id, last, links[-1], historical=batch.historical)
    check_signature(key, batch.signature, covered)
    linked = [
        Linked(_entry(item, batch.first + i), item, links[i], links[i + 1])
        for i, item in enumerate(batch.entries)
    ]
    if batch.first == 1 and batch.before != genesis(sender, batch.journal_id):
        raise WireError(Refusal.BROKEN_CHAIN, "The first entry does not start this terminal's journal.")
    return batch, linked


def _entry(raw: bytes, sequence: int) -> Entry:
    if len(raw) > MAX_ENTRY_BYTES:
        raise WireError(Refusal.OVERSIZE, f"An entry has {len(raw)} bytes; {MAX_ENTRY_BYTES} are allowed.")
    entry = decode(raw, Entry)
    if entry.sequence != sequence:
        raise WireError(Refusal.BROKEN_CHAIN, "The entries of the batch are not consecutive.")
    return entry
