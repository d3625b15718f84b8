"""Everything that the register holds: CSV for each table and kind of fact, JSON Lines of all facts, scans, photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.biometrics.documents.actions import open_document
from hub.biometrics.documents.records import Document
from hub.biometrics.photos import photo_for
from hub.biometrics.records import Finger, Photo
from hub.biometrics.vault import Vault
from hub.custody.catalogue import KINDS
from hub.custody.facts.reading import item_of
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.keeping.export.guide import FINGERS, GUIDE, NO_FINGERS
from hub.keeping.export.package import Package, text_of
from hub.keeping.export.tables import columns_of, described, rows_of, taken
from hub.movements.records import Movement, MovementReversal, Zone
from hub.sentences import RefusedError
from wire.errors import WireError

_AT_ONCE: Final = 5_000
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
_OF_MOVEMENT: Final = (
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


@dataclass(frozen=True)
class Numbers:
    """Numbers of people and stays by id."""

    people: Mapping[int, str]
    stays: Mapping[int, str]


def rows_in_all(session: Session, *, with_fingers: bool) -> int:
    """How many rows an export will write, for its progress: facts stand in it twice."""
    large = [Person, Booking, Movement, Fact, Fact, Document, Photo, *([Finger] if with_fingers else [])]
    counted = sum(session.scalar(select(func.count()).select_from(one)) or 0 for one in large)
    return counted + sum(session.scalar(select(func.count()).select_from(one)) or 0 for one in taken())


def export_everything(
    session: Session, vault: Vault, package: Package, *, at: datetime, with_fingers: bool = False
) -> None:
    """Write all of it, as it stands in this one transaction. Of people whose key was thrown away nothing opens."""
    numbers = Numbers(
        {one.id: one.number for one in session.execute(select(Person.id, Person.number))},
        {one.id: one.number for one in session.execute(select(Booking.id, Booking.number))},
    )
    package.table("people.csv", *_people(session))
    package.table("stays.csv", *_stays(session, numbers))
    package.table("movements.csv", _OF_MOVEMENT, _movements(session, numbers))
    package.lines("facts.jsonl", _facts(session, numbers))
    for kind in KINDS.values():
        fields = tuple(field.name for field in msgspec.structs.fields(kind.form))
        rows = ([*_of_fact(row, numbers), *_values(row, fields)] for row in _of_kind(session, kind.name))
        package.table(f"facts/{kind.name}.csv", (*_OF_FACT, *fields), rows)
        package.plain(f"schema/{kind.name}.schema.json", _pretty(msgspec.json.schema(kind.form)))
    for table in taken():
        head = [str(column.name) for column in columns_of(table)]
        package.table(f"tables/{table.name}.csv", head, rows_of(session, table))
    package.plain("schema/tables.json", _pretty(described()))
    damaged: list[str] = []
    _documents(session, vault, package, numbers, damaged)
    _photos(session, vault, package, numbers, damaged)
    if with_fingers:
        _fingers(session, vault, package, numbers, damaged)
    # What does not open any more is named, and keeps nothing else from leaving. With another vault key nothing does.
    package.table("damaged.csv", ("file",), ([name] for name in damaged))
    about = FINGERS if with_fingers else NO_FINGERS
    package.plain("README.md", GUIDE.format(made_at=text_of(at), fingers=about).encode())
    manifest = {"made_at": text_of(at), "files": [msgspec.to_builtins(one) for one in package.written]}
    package.plain("manifest.json", _pretty(manifest))


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _people(session: Session) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    wanted = select(Person).order_by(Person.id).execution_options(yield_per=_AT_ONCE)
    rows = (
        [one.number, one.surname, one.given, one.born_on, one.sex, one.created_at, one.id]
        for one in session.scalars(wanted)
    )
    return ("person", "surname", "given", "born_on", "sex", "created_at", "id"), rows


def _stays(session: Session, numbers: Numbers) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    wanted = select(Booking).order_by(Booking.id).execution_options(yield_per=_AT_ONCE)
    rows = (
        [
            one.number,
            numbers.people[one.person_id],
            one.admitted_at,
            one.released_at,
            one.recorded_at,
            one.recorded_by,
            one.id,
        ]
        for one in session.scalars(wanted)
    )
    return ("stay", "person", "admitted_at", "released_at", "recorded_at", "recorded_by", "id"), rows


def _movements(session: Session, numbers: Numbers) -> Iterator[Sequence[object]]:
    zones = {zone.id: zone.code for zone in session.scalars(select(Zone))}
    undone = {
        one.movement_id: one.reversed_at
        for one in session.execute(select(MovementReversal.movement_id, MovementReversal.reversed_at))
    }
    wanted = select(Movement).order_by(Movement.id).execution_options(yield_per=_AT_ONCE)
    for one in session.scalars(wanted):
        yield [
            numbers.people[one.person_id],
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


def _of_kind(session: Session, kind: str) -> Iterator[Fact]:
    wanted = select(Fact).where(Fact.kind == kind).order_by(Fact.id)
    return iter(session.scalars(wanted.execution_options(yield_per=_AT_ONCE)))


def _facts(session: Session, numbers: Numbers) -> Iterator[dict[str, Any]]:
    wanted = select(Fact).order_by(Fact.id).execution_options(yield_per=_AT_ONCE)
    for row in session.scalars(wanted):
        cells = dict(zip(_OF_FACT, _of_fact(row, numbers), strict=True))
        yield {**cells, "kind": row.kind, "value": msgspec.Raw(row.value.encode())}


def _of_fact(row: Fact, numbers: Numbers) -> list[object]:
    return [
        row.id,
        item_of(row),
        numbers.people[row.person_id],
        None if row.booking_id is None else numbers.stays[row.booking_id],
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
    return [value.get(field) for field in fields]


def _documents(
    session: Session, vault: Vault, package: Package, numbers: Numbers, damaged: list[str]
) -> None:
    for document_id, person_id in session.execute(
        select(Document.id, Document.person_id).order_by(Document.id)
    ):
        if vault.person_key(session, person_id) is None:
            continue
        name = f"documents/{numbers.people[person_id]}-{document_id}"
        try:
            opened = open_document(session, vault, document_id, [person_id])
        except (WireError, RefusedError):
            damaged.append(name)
            continue
        if opened is not None:
            package.plain(f"{name}.{_ENDINGS.get(opened.document.media_type, 'bin')}", opened.raw)
            session.expunge(opened.document)


def _photos(session: Session, vault: Vault, package: Package, numbers: Numbers, damaged: list[str]) -> None:
    wanted = select(Photo.person_id, Photo.number, Photo.angle).order_by(Photo.person_id, Photo.number)
    for person_id, number, angle in session.execute(wanted):
        if vault.person_key(session, person_id) is None:
            continue
        name = f"photos/{numbers.people[person_id]}-{number}-{angle}.jpg"
        try:
            shown = photo_for(session, vault, person_id, number=number)
        except WireError:
            damaged.append(name)
            continue
        if shown is not None:
            package.plain(name, shown.page_jpeg)


def _fingers(session: Session, vault: Vault, package: Package, numbers: Numbers, damaged: list[str]) -> None:
    wanted = select(Finger.person_id, Finger.position, Finger.impression, Finger.sealed_template)
    rows = session.execute(wanted.order_by(Finger.id).execution_options(yield_per=_AT_ONCE))
    for person_id, position, impression, sealed in rows:
        lock = vault.person_key(session, person_id)
        if lock is None:
            continue
        name = f"fingers/{numbers.people[person_id]}-{position}-{impression}.fmr"
        try:
            template = lock.unlock(sealed, "template", position, impression)
        except WireError:
            damaged.append(name)
            continue
        package.plain(name, template)
