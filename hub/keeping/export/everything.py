"""Everything into a folder: CSV for each table and kind of fact, JSON Lines of all facts, scans, hashes, a guide."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.biometrics.documents.actions import open_document
from hub.biometrics.documents.records import Document
from hub.biometrics.vault import Vault
from hub.custody.catalogue import KINDS
from hub.custody.facts.reading import item_of
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.errors import HubError
from hub.movements.records import Movement, MovementReversal, Zone

_AT_ONCE: Final = 5_000
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
_ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}
_OF_FACT: Final = (
    "fact",
    "item",
    "person",
    "stay",
    "act",
    "effective_at",
    "recorded_at",
    "recorded_by",
    "source",
    "document",
    "reason",
    "corrects",
)
_GUIDE: Final = """# The register, whole

Made {made_at} UTC. Times are UTC in ISO 8601; dates are year-month-day; tables are UTF-8 with commas.
A cell that a spreadsheet could take for a formula begins with an apostrophe, which is not part of it.

- `people.csv`: a row for each person, with the permanent number. `stays.csv`: a row for each stay.
- `movements.csv`: who was seen to go from where to where; `reversed_at` is when one entered from paper was taken back.
- `facts.jsonl`: every fact ever recorded, a line of JSON each, oldest first, as the register holds it.
- `facts/KIND.csv`: the same for one kind, its fields in columns of their own.
- `documents/`: scans, named by person and number; a fact names its scan under `document`.
- `manifest.json`: every file with its size and SHA-256, and how many rows it has.

A fact *states* that something holds from `effective_at`, *ends* it, or *withdraws* the fact under `corrects`. A fact
with `corrects` takes the place of that one. Facts with the same `item` tell of the same thing. What holds at a time is
the latest statement in effect then that no later fact corrects or withdraws. Fingerprints and photos are not here:
they stay in the vault.
"""


@dataclass(frozen=True)
class Written:
    """One file of the export."""

    name: str
    rows: int
    sha256: str
    size_bytes: int


class ExportError(HubError):
    """The export cannot be written there; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("export", sentence)


def export_everything(
    session: Session, vault: Vault, folder: Path, *, at: datetime, told: Callable[[str], None]
) -> list[Written]:
    """Write all of it, as it stands in this one transaction; ExportError for a folder that is in use."""
    _make(folder)
    numbers = {row.id: row.number for row in session.execute(select(Person.id, Person.number))}
    stays = {row.id: row.number for row in session.execute(select(Booking.id, Booking.number))}
    written = [
        _table(folder, "people.csv", *_people(session)),
        _table(folder, "stays.csv", *_stays(session, numbers)),
        _table(folder, "movements.csv", *_movements(session, numbers)),
    ]
    told(f"{written[0].rows} people, {written[1].rows} stays")
    written.append(_lines(folder, "facts.jsonl", _facts(session, numbers, stays)))
    told(f"{written[-1].rows} facts")
    for kind in KINDS.values():
        fields = tuple(field.name for field in msgspec.structs.fields(kind.form))
        rows = (
            [*_of_fact(row, numbers, stays), *_values(row, fields)] for row in _of_kind(session, kind.name)
        )
        written.append(_table(folder, f"facts/{kind.name}.csv", (*_OF_FACT, *fields), rows))
    written += _documents(session, vault, folder, numbers)
    written.append(_plain(folder, "README.md", _GUIDE.format(made_at=_text(at)).encode()))
    manifest = {"made_at": _text(at), "files": [msgspec.to_builtins(one) for one in written]}
    _plain(folder, "manifest.json", msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return written


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet carries it out."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ExportError(f"{folder} is not empty. Choose a new folder.")
        for part in ("facts", "documents"):
            (folder / part).mkdir(mode=0o700)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error


def _people(session: Session) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    wanted = select(Person).order_by(Person.id).execution_options(yield_per=_AT_ONCE)
    rows = (
        [one.number, one.surname, one.given, one.born_on, one.sex, one.created_at]
        for one in session.scalars(wanted)
    )
    return ("person", "surname", "given", "born_on", "sex", "created_at"), rows


def _stays(session: Session, numbers: Mapping[int, str]) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    wanted = select(Booking).order_by(Booking.id).execution_options(yield_per=_AT_ONCE)
    rows = (
        [
            one.number,
            numbers[one.person_id],
            one.admitted_at,
            one.released_at,
            one.recorded_at,
            one.recorded_by,
        ]
        for one in session.scalars(wanted)
    )
    return ("stay", "person", "admitted_at", "released_at", "recorded_at", "recorded_by"), rows


def _movements(
    session: Session, numbers: Mapping[int, str]
) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    zones = {zone.id: zone.code for zone in session.scalars(select(Zone))}
    undone = dict(session.execute(select(MovementReversal.movement_id, MovementReversal.reversed_at)).all())
    wanted = select(Movement).order_by(Movement.id).execution_options(yield_per=_AT_ONCE)
    rows = (
        [
            numbers[one.person_id],
            one.type,
            one.direction,
            one.reason,
            zones[one.from_zone_id],
            zones[one.to_zone_id],
            one.occurred_at,
            one.clock_sure,
            one.recorded_at,
            one.terminal,
            one.method,
            undone.get(one.id),
        ]
        for one in session.scalars(wanted)
    )
    head = (
        "person",
        "type",
        "direction",
        "reason",
        "from",
        "to",
        "occurred_at",
        "clock_sure",
        "recorded_at",
        "terminal",
        "method",
        "reversed_at",
    )
    return head, rows


def _of_kind(session: Session, kind: str) -> Iterator[Fact]:
    wanted = select(Fact).where(Fact.kind == kind).order_by(Fact.id)
    return iter(session.scalars(wanted.execution_options(yield_per=_AT_ONCE)))


def _facts(
    session: Session, numbers: Mapping[int, str], stays: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    wanted = select(Fact).order_by(Fact.id).execution_options(yield_per=_AT_ONCE)
    for row in session.scalars(wanted):
        cells = dict(zip(_OF_FACT, _of_fact(row, numbers, stays), strict=True))
        yield {**cells, "kind": row.kind, "value": msgspec.Raw(row.value.encode())}


def _of_fact(row: Fact, numbers: Mapping[int, str], stays: Mapping[int, str]) -> list[object]:
    return [
        row.id,
        item_of(row),
        numbers[row.person_id],
        None if row.booking_id is None else stays[row.booking_id],
        row.act,
        row.effective_at,
        row.recorded_at,
        row.recorded_by,
        row.source,
        row.document_id,
        row.reason,
        row.corrects_id,
    ]


def _values(row: Fact, fields: Sequence[str]) -> list[object]:
    """As the row holds them; what stands at its default is empty. A value of several parts is JSON."""
    value: dict[str, object] = msgspec.json.decode(row.value)
    found = [value.get(field) for field in fields]
    return [msgspec.json.encode(one).decode() if isinstance(one, (dict, list)) else one for one in found]


def _documents(session: Session, vault: Vault, folder: Path, numbers: Mapping[int, str]) -> list[Written]:
    written = []
    for document in session.scalars(select(Document).order_by(Document.id)):
        opened = open_document(session, vault, document.id, [document.person_id])
        if opened is not None:
            ending = _ENDINGS.get(document.media_type, "bin")
            name = f"documents/{numbers[document.person_id]}-{document.id}.{ending}"
            written.append(_plain(folder, name, opened.raw))
    return written


def _table(folder: Path, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Written:
    count = 0
    with _open(folder / name) as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(head)
        for row in rows:
            out.writerow([guarded(cell) if isinstance(cell, str) else _text(cell) for cell in row])
            count += 1
    return _sealed(folder, name, count)


def _lines(folder: Path, name: str, rows: Iterable[Mapping[str, object]]) -> Written:
    count = 0
    encoder = msgspec.json.Encoder()
    with _open(folder / name) as file:
        for row in rows:
            file.write(encoder.encode(row).decode() + "\n")
            count += 1
    return _sealed(folder, name, count)


def _plain(folder: Path, name: str, raw: bytes) -> Written:
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
    return _sealed(folder, name, 1)


def _open(path: Path) -> Any:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _sealed(folder: Path, name: str, rows: int) -> Written:
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(name, rows, digest, (folder / name).stat().st_size)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
