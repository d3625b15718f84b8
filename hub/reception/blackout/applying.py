"""Putting the rows of a batch into effect, one after the other as they happened. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import FactFaultsError
from hub.custody.facts.records import Fact
from hub.headcount.from_paper import enter as enter_counts
from hub.movements.cells.actions import NoFitError
from hub.movements.on_paper import enter_crossings
from hub.movements.records import Zone
from hub.reception.admission import FaultyError
from hub.reception.blackout.acts import ACTS, Run, Signers
from hub.reception.blackout.columns import SECTIONS, RowKind
from hub.reception.blackout.records import PaperBatch, PaperRow
from hub.reception.blackout.rules import Fault, Read
from hub.sentences import RefusedError, Sentence

_COLUMNS: Final = {
    "order_reference": "order_reference",
    "issued_on": "order_issued_on",
    "expires_on": "order_issued_on",
    "home_zone": "to",
    "released_at": "when",
    "too_old": "when",
    "not_inside": "person",
    "already_inside": "person",
    "no_cell": "to",
    "no_fit": "to",
    "same_cell": "to",
}
"""Column of a fault of the acts that a row stands for, where it has another name."""
_NOT_KEPT: Final = frozenset({"surname", "given", "born_on", "handed_to", "first", "identity"})
"""Cells that live on as facts; who was who is not kept a second time. Counters are nobody in custody."""


def put_in(
    session: Session,
    vault: Vault,
    search: DuplicateSearch,
    batch: PaperBatch,
    rows: Sequence[Read],
    signers: Signers,
    *,
    at: datetime,
) -> list[Fault]:
    """Put `rows`, in the order of their times, into effect; every fault found, and then all must be rolled back."""
    zones = {zone.code: zone.id for zone in session.scalars(select(Zone))}
    run = Run(session, vault, search, batch, signers, at, zones)
    faults: list[Fault] = []
    for row in rows:
        try:
            with session.begin_nested():
                ACTS[row.row.kind](run, row)
        except FaultyError as error:
            faults += [Fault(row.row.line, _column(row, name), words) for name, words in error.faults.items()]
        except FactFaultsError as error:
            faults += [Fault(row.row.line, _column(row, name), words) for name, words in error.faults.items()]
        except NoFitError as error:
            faults += _faults_of_fit(row, error)
        except RefusedError as error:
            faults.append(Fault(row.row.line, _column(row, error.code), error.message))
    if not faults:
        _keep(run, rows)
    return faults


def _column(row: Read, name: str) -> str:
    column = _COLUMNS.get(name, name)
    return column if column in {one.code for one in SECTIONS[row.row.kind].columns} else ""


def _faults_of_fit(row: Read, error: NoFitError) -> list[Fault]:
    column = "cell" if row.row.kind is RowKind.ADMISSION else "to"
    said = [obstacle.words for obstacle in error.fit.obstacles]
    return [Fault(row.row.line, column, words) for words in (*said, error.message)]


def _keep(run: Run, rows: Sequence[Read]) -> None:
    """Keep each row beside what it became."""
    moved: dict[int, int] = {}
    if run.crossings:
        batch = bytes.fromhex(run.batch.key)
        moved = enter_crossings(run.session, batch, run.crossings, officer=run.signers.first.login, at=run.at)
    counted: dict[int, int] = {}
    if run.counts:
        key, actor = bytes.fromhex(run.batch.key), run.signers.first
        counted = enter_counts(run.session, key, run.batch.paper, run.counts, actor=actor, at=run.at)
    for read in rows:
        line = read.row.line
        made: dict[str, object] = {}
        if line in moved:
            made["movement"] = moved[line]
        if line in counted:
            made["headcount"] = counted[line]
        if line in run.records:
            made["record"] = run.records[line]
        person = run.people.get(line)
        run.session.add(
            PaperRow(
                batch_id=run.batch.id,
                line=line,
                kind=read.row.kind.value,
                occurred_at=read.at,
                person_id=None if person is None else person.id,
                booking_id=run.bookings.get(line),
                cells=msgspec.json.encode(_kept(read)).decode(),
                made=msgspec.json.encode(made).decode(),
            )
        )
    run.session.flush()


def _kept(read: Read) -> dict[str, str]:
    if read.row.kind is RowKind.COUNT:
        return read.row.cells
    return {name: text for name, text in read.row.cells.items() if name not in _NOT_KEPT}


def facts_of(session: Session, batch: PaperBatch, person_id: int) -> list[Fact]:
    """Facts of a person that this batch recorded, newest first."""
    wanted = select(Fact).where(
        Fact.person_id == person_id,
        Fact.recorded_at == batch.entered_at,
        Fact.recorded_by == batch.signed_by,
    )
    return list(session.scalars(wanted.order_by(Fact.id.desc())))


def may(permissions: frozenset[str], rows: Sequence[Read], *, second: bool) -> list[Fault]:
    """Rows of a kind that an account with these permissions may not sign for."""

    def wanted(read: Read) -> Permission:
        section = SECTIONS[read.row.kind]
        return section.sign if second else section.enter

    words = Sentence("Your role does not allow to sign for this. Let somebody sign whose role does.")
    return [Fault(read.row.line, "", words) for read in rows if wanted(read) not in permissions]
