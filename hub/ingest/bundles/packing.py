"""The files of a bundle, and the manifest that the hub signs. `verifier` reads this form: both change together."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, BinaryIO, Final

import msgspec

from hub.ingest.bundles.gathering import Part, happened_at
from hub.ingest.reading import read
from hub.ingest.records import EntryStatus, StoredEntry
from wire.codec import decode
from wire.envelope import preimage
from wire.happenings import Attestation, Passage
from wire.journal import Entry
from wire.keys import SigningKey, public_bytes

FORM: Final = 1

Document = dict[str, Any]


@dataclass(frozen=True)
class TerminalKey:
    """A terminal as the hub certifies it: whose key it is since when."""

    name: str
    key: bytes
    granted_at: datetime
    checkpoint: str
    certificate_fingerprint: str


@dataclass
class Contents:
    """What a bundle holds before it is packed; `gaps` and `journals` are those of the terminals' entries."""

    files: dict[str, bytes] = field(default_factory=dict)
    journals: list[Document] = field(default_factory=list)
    events: list[Document] = field(default_factory=list)
    missing: list[Document] = field(default_factory=list)
    unsigned: list[Document] = field(default_factory=list)
    branches: list[Document] = field(default_factory=list)
    entries: int = 0
    in_time: int = 0


def add_part(contents: Contents, part: Part, from_at: datetime, to_at: datetime) -> None:
    """Put one journal's entries, and what they tell of the time, among the contents."""
    journal = part.journal_id.hex()
    place = {"terminal": part.terminal, "journal": journal}
    head = msgspec.json.encode(place)
    lines = [head, *(msgspec.json.encode(row) for row in _rows(part))]
    contents.files[f"entries/{part.terminal}.{journal}.jsonl"] = b"\n".join(lines) + b"\n"
    contents.journals.append({**place, "held": part.held})
    contents.entries += len(part.rows)
    for before, after in pairwise(part.rows):
        if after.sequence != before.sequence + 1:
            contents.missing.append({**place, "first": before.sequence + 1, "last": after.sequence - 1})
    contents.unsigned += [{**place, "first": first, "last": last} for first, last in _unsigned(part)]
    contents.branches += [{**place, "sequence": row.sequence} for row in part.branches]
    inside = [row for row in part.rows if from_at <= happened_at(row) < to_at]
    contents.in_time += len(inside)
    contents.events += [event for row in inside if (event := _event(part, row)) is not None]


def pack(
    out: BinaryIO, files: Mapping[str, bytes], manifest: Mapping[str, Any], key: SigningKey, at: datetime
) -> None:
    """Write the ZIP: the files, the manifest that names each with its hash, and the hub's signature under it."""
    named = {
        name: {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
        for name, raw in sorted(files.items())
    }
    whole = {
        "pims": "replay bundle",
        "form": FORM,
        **manifest,
        "made_at": when(at),
        "hub": public_bytes(key.public_key()).hex(),
        "files": named,
    }
    raw = msgspec.json.format(msgspec.json.encode(whole), indent=1)
    signature = key.sign(preimage("replay bundle", raw)).hex().encode()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (("manifest.json", raw), ("manifest.sig", signature), *sorted(files.items())):
            entry = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)


def certified(one: TerminalKey, key: SigningKey) -> Document:
    """The terminal's key with the hub's signature that it is that terminal's."""
    covered = preimage("terminal key", one.name, one.key, when(one.granted_at))
    return {
        "name": one.name,
        "key": one.key.hex(),
        "granted_at": when(one.granted_at),
        "checkpoint": one.checkpoint,
        "tls_certificate_sha256": one.certificate_fingerprint,
        "certificate": key.sign(covered).hex(),
    }


def when(at: datetime) -> str:
    """A time as bundles write it."""
    return at.astimezone(UTC).isoformat()


def _rows(part: Part) -> Iterator[Document]:
    behind: dict[int, list[Document]] = {}
    for one in part.signatures:
        behind.setdefault(one.last, []).append(
            {
                "signed": one.last,
                "from": one.first,
                "lane": "historical" if one.historical else "live",
                "signature": None if one.signature is None else one.signature.hex(),
                "received_at": when(one.received_at),
            }
        )
    expected = -1
    for row in part.rows:
        if row.sequence != expected:
            yield {"first": row.sequence, "before": row.before.hex()}
        yield {"sequence": row.sequence, "link": row.link.hex(), **_bytes_of(row)}
        yield from behind.get(row.sequence, ())
        expected = row.sequence + 1
    for row in part.branches:
        yield {"branch": row.sequence, "before": row.before.hex(), "link": row.link.hex(), **_bytes_of(row)}


def _bytes_of(row: StoredEntry) -> Document:
    return {
        "raw": base64.b64encode(row.raw).decode(),
        "at": when(happened_at(row)),
        "sure": bool(row.sure),
        "received_at": when(row.received_at),
        "status": row.status if row.canonical else EntryStatus.FORK.value,
    }


def _unsigned(part: Part) -> Iterator[tuple[int, int]]:
    """The end of each stretch that no signature covers."""
    signed = [one.last for one in part.signatures if one.signature is not None]
    for first, last in _stretches(part.rows):
        covered = max([first - 1, *(one for one in signed if first <= one <= last)])
        if covered < last:
            yield covered + 1, last


def _stretches(rows: Sequence[StoredEntry]) -> Iterator[tuple[int, int]]:
    first = None
    for before, after in pairwise([*rows, None]):
        assert before is not None
        first = before.sequence if first is None else first
        if after is None or after.sequence != before.sequence + 1:
            yield first, before.sequence
            first = None


def _event(part: Part, row: StoredEntry) -> Document | None:
    """What an applied entry tells of somebody's place."""
    said = read(decode(row.raw, Entry))
    if not isinstance(said, Passage | Attestation) or row.status != EntryStatus.APPLIED:
        return None
    who = {"rule": said.rule} if isinstance(said, Passage) else {"officer": said.officer, "rule": "attested"}
    return {
        "at": when(happened_at(row)),
        "sure": bool(row.sure),
        "kind": said.KIND,
        "terminal": part.terminal,
        "journal": part.journal_id.hex(),
        "sequence": row.sequence,
        "person": said.person,
        "decision": said.decision.value,
        "checkpoint": said.checkpoint,
        "from_zone": said.from_zone,
        "to_zone": said.to_zone,
        "heard_at": when(row.received_at),
        **who,
    }
