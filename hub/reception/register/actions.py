"""An import step by step: handed in, mapped, judged, decided, begun. The caller has the transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.records import Zone
from hub.reception.register.duplicates import roll
from hub.reception.register.mapping import Chosen, folded_code, guess
from hub.reception.register.mappings import refuse_headers, refuse_mapping
from hub.reception.register.reading import Table, read_table
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.reception.register.rules import Entry, judge
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

_AT_ONCE: Final = 500


class State(StrEnum):
    """How far an import is."""

    MAPPING = "mapping"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


class Judged(StrEnum):
    """What the dry run says of a row."""

    WAITING = "waiting"
    SOUND = "sound"
    FAULTY = "faulty"
    DOUBTFUL = "doubtful"
    """It may be about somebody who is known: to be decided."""


class Decision(StrEnum):
    """What is to be done with a doubtful row."""

    NEW = "new"
    SAME = "same"
    SKIP = "skip"


def hand_in(session: Session, name: str, raw: bytes, *, actor: Actor, at: datetime) -> RegisterImport:
    """Keep the file's rows and guess its mapping; RefusedError says what is wrong with the file."""
    table = read_table(raw)
    refuse_headers(table)
    row = RegisterImport(
        name=name.strip()[:120] or "register",
        digest=hashlib.sha256(raw).hexdigest(),
        encoding=table.encoding,
        headers=_write(table.headers),
        chosen=_write(guess(table)),
        state=State.MAPPING.value,
        rows=len(table.rows),
        done=0,
        uploaded_at=at,
        uploaded_by=actor.login[:64],
        undo_reason="",
    )
    session.add(row)
    session.flush()
    insert_rows(session, RegisterRow, [_row(row.id, line, cells) for line, cells in table.rows])
    detail = f"import {row.id}, {row.rows} rows, sha256 {row.digest[:16]}"
    write_down(session, at=at, actor=actor, act="register.hand_in", detail=detail)
    return row


def table_of(session: Session, found: RegisterImport) -> Table:
    """The file as it was handed in."""
    rows = session.execute(
        select(RegisterRow.line, RegisterRow.cells)
        .where(RegisterRow.import_id == found.id)
        .order_by(RegisterRow.line)
    )
    headers = tuple(msgspec.json.decode(found.headers, type=list[str]))
    return Table(
        headers,
        tuple((line, tuple(msgspec.json.decode(cells, type=list[str]))) for line, cells in rows),
        found.encoding,
    )


def chosen_of(found: RegisterImport) -> Chosen:
    """Its mapping as it stands."""
    return msgspec.json.decode(found.chosen, type=Chosen)


def check(session: Session, found: RegisterImport, chosen: Chosen, *, actor: Actor, at: datetime) -> None:
    """The dry run: judge every row by this mapping and look for people who are known. Nothing else changes.

    RefusedError for a mapping that cannot be, or an import that has begun.
    """
    _refuse_begun(found)
    table = table_of(session, found)
    refuse_mapping(chosen, table)
    found.chosen, found.state = _write(chosen), State.CHECKED.value
    register, zones = roll(session), _zones(session)
    places = {code: table.headers.index(header) for code, header in chosen.columns.items()}
    today = at.astimezone(SITE_ZONE).date()
    rows: list[dict[str, object]] = []
    ids = _ids(session, found.id)
    for line, cells in table.rows:
        judged = judge({code: cells[place] for code, place in places.items()}, chosen, today, zones)
        change: dict[str, object] = {
            "id": ids[line],
            "judged": Judged.FAULTY.value,
            "entry": "",
            "faults": _faults(judged.faults),
            "twin_why": "",
            "twin_id": None,
            "twin_line": None,
            "decision": "",
        }
        if judged.entry is not None:
            twin = register.twin_of(judged.entry)
            change |= {"judged": Judged.SOUND.value, "entry": _write(judged.entry)}
            if twin is not None:
                change |= {
                    "judged": Judged.DOUBTFUL.value,
                    "twin_why": twin.why.value,
                    "twin_id": twin.person_id,
                    "twin_line": twin.line,
                }
            register.add(judged.entry, line)
        rows.append(change)
    session.execute(update(RegisterRow), rows)
    write_down(session, at=at, actor=actor, act="register.check", detail=f"import {found.id}")


def decide(session: Session, found: RegisterImport, decisions: Mapping[int, Decision]) -> None:
    """Say of doubtful rows, by their line, whom they are about; RefusedError once it has begun."""
    _refuse_begun(found)
    for line, decision in decisions.items():
        session.execute(
            update(RegisterRow)
            .where(
                RegisterRow.import_id == found.id,
                RegisterRow.line == line,
                RegisterRow.judged == Judged.DOUBTFUL.value,
            )
            .values(decision=decision.value)
        )


def decide_all(session: Session, found: RegisterImport, why: str, decision: Decision) -> int:
    """The same for every doubtful row with this in common that nobody decided yet; gives how many."""
    _refuse_begun(found)
    done = session.execute(
        update(RegisterRow)
        .where(
            RegisterRow.import_id == found.id,
            RegisterRow.judged == Judged.DOUBTFUL.value,
            RegisterRow.twin_why == why,
            RegisterRow.decision == "",
        )
        .values(decision=decision.value)
        .returning(RegisterRow.id)
    )
    return len(done.all())


def counts(session: Session, import_id: int) -> dict[str, int]:
    """Rows by what was judged, those not decided under "undecided", and by outcome."""
    wanted = (
        select(RegisterRow.judged, RegisterRow.decision, RegisterRow.outcome, func.count())
        .where(RegisterRow.import_id == import_id)
        .group_by(RegisterRow.judged, RegisterRow.decision, RegisterRow.outcome)
    )
    found = dict.fromkeys((*Judged, "undecided", "imported", "skipped", "kept"), 0)
    for judged, decision, outcome, count in session.execute(wanted):
        found[judged] += count
        if judged == Judged.DOUBTFUL and not decision:
            found["undecided"] += count
        if outcome:
            found[outcome] = found.get(outcome, 0) + count
    return found


def start(session: Session, found: RegisterImport, *, actor: Actor, at: datetime) -> None:
    """Let it begin; RefusedError while a row is undecided, or when it began before."""
    if found.state != State.CHECKED:
        raise _begun()
    if counts(session, found.id)["undecided"]:
        raise RefusedError(
            "undecided", Sentence("Some rows may be about people who are known. Decide each of them first.")
        )
    done = session.execute(
        update(RegisterImport)
        .where(RegisterImport.id == found.id, RegisterImport.state == State.CHECKED.value)
        .values(state=State.IMPORTING.value, started_at=at)
        .returning(RegisterImport.id)
    )
    if done.first() is None:
        raise _begun()
    write_down(session, at=at, actor=actor, act="register.start", detail=f"import {found.id}")


def drop(session: Session, found: RegisterImport, *, actor: Actor, at: datetime) -> None:
    """Give an import up before it began; its rows stay readable."""
    _refuse_begun(found)
    found.state = State.DROPPED.value
    write_down(session, at=at, actor=actor, act="register.drop", detail=f"import {found.id}")


def faults_of(row: RegisterRow) -> dict[str, Sentence]:
    """What is wrong with a row, by target."""
    raw = msgspec.json.decode(row.faults, type=dict[str, tuple[str, dict[str, str]]]) if row.faults else {}
    return {code: Sentence(text, values) for code, (text, values) in raw.items()}


def entry_of(row: RegisterRow) -> Entry:
    """What a sound row says."""
    return msgspec.json.decode(row.entry, type=Entry)


def _faults(faults: Mapping[str, Sentence]) -> str:
    plain = {
        code: (fault.text, {key: str(value) for key, value in fault.values.items()})
        for code, fault in faults.items()
    }
    return _write(plain) if plain else ""


def _refuse_begun(found: RegisterImport) -> None:
    if found.state not in (State.MAPPING, State.CHECKED):
        raise _begun()


def _begun() -> RefusedError:
    return RefusedError(
        "import_begun",
        Sentence("This import has begun or ended already. Open it again to see how it stands."),
    )


def _zones(session: Session) -> dict[str, str]:
    found: dict[str, str] = {}
    for zone in session.scalars(select(Zone).order_by(Zone.id)):
        found.setdefault(folded_code(zone.code), zone.code)
        found.setdefault(folded_code(zone.name), zone.code)
    return found


def _ids(session: Session, import_id: int) -> dict[int, int]:
    rows = session.execute(select(RegisterRow.line, RegisterRow.id).where(RegisterRow.import_id == import_id))
    return {row.line: row.id for row in rows}


def _row(import_id: int, line: int, cells: Sequence[str]) -> dict[str, object]:
    return {
        "import_id": import_id,
        "line": line,
        "cells": _write(cells),
        "judged": Judged.WAITING.value,
        "entry": "",
        "faults": "",
        "twin_why": "",
        "twin_id": None,
        "twin_line": None,
        "decision": "",
        "outcome": "",
        "person_id": None,
        "booking_id": None,
        "is_new": False,
        "facts": 0,
    }


def _write(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
