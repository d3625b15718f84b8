"""A batch from paper: opened, typed, signed by who typed it, entered by a second. The caller has the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.records import Account
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.custody.records import Person
from hub.movements.cells.records import Cell
from hub.movements.records import Zone
from hub.reception.blackout.acts import Signers
from hub.reception.blackout.applying import may, put_in
from hub.reception.blackout.records import PaperBatch, PaperRow, State
from hub.reception.blackout.rules import MOST_ROWS, Dark, Fault, Read, Row, fault_of_dark, read_all
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Heading:
    """What a batch is about: where it was dark, from when until when, and which book or papers tell of it."""

    place: str
    dark: Dark
    paper: str


@dataclass(frozen=True)
class Means:
    """What putting rows into effect needs besides the database."""

    vault: Vault
    search: DuplicateSearch


class BatchFaultsError(RefusedError):
    """The batch cannot be as it is; `faults` says why, by row and column."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "faulty_batch", Sentence("Some rows cannot be. Nothing was entered. See the marked cells.")
        )
        self.faults = tuple(faults)


class SavedMeanwhileError(RefusedError):
    """Somebody else saved the batch since the page was opened; `version` is theirs."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "saved_meanwhile",
            Sentence(
                "Somebody else saved this batch while you were typing. Your rows are still here, not saved: open "
                "the batch in a second window, compare, and save again to put yours in the place of theirs."
            ),
        )
        self.version = version


def dark_of(batch: PaperBatch) -> Dark:
    """Its dark time."""
    return Dark(batch.dark_from_at, batch.dark_until_at)


def rows_of(batch: PaperBatch) -> list[Row]:
    """What is typed, as typed; empty once the batch was entered."""
    return msgspec.json.decode(batch.rows, type=list[Row])


def open_batch(session: Session, heading: Heading, *, key: str, actor: Actor, at: datetime) -> PaperBatch:
    """A new batch without rows; RefusedError for a heading that cannot be. `key` is 32 hex digits, by chance."""
    fault = fault_of_dark(heading.dark, at)
    if fault is not None:
        raise RefusedError("dark", fault)
    if not heading.place.strip() or not heading.paper.strip():
        raise RefusedError(
            "heading", Sentence("Write where it was dark, and which book or papers tell of it.")
        )
    batch = PaperBatch(
        key=key,
        place=heading.place.strip()[:120],
        dark_from_at=heading.dark.from_at,
        dark_until_at=heading.dark.until_at,
        paper=heading.paper.strip()[:80],
        rows="[]",
        state=State.DRAFT,
        version=1,
        opened_at=at,
        opened_by=actor.login[:64],
        signed_by="",
        entered_by="",
        undone_by="",
        undo_reason="",
    )
    session.add(batch)
    session.flush()
    write_down(session, at=at, actor=actor, act="paper.open", detail=f"batch {batch.id} {batch.paper}")
    return batch


def save(
    session: Session, batch: PaperBatch, rows: Sequence[Row], version: int, *, actor: Actor, at: datetime
) -> None:
    """Keep what is typed, whatever is wrong with it. SavedMeanwhileError when `version` is not the newest."""
    if len(rows) > MOST_ROWS:
        raise RefusedError(
            "too_many",
            Sentence("A batch holds at most %(most)s rows. Open a second one.", {"most": MOST_ROWS}),
        )
    text = msgspec.json.encode(list(rows)).decode()
    if batch.state == State.DRAFT and batch.version == version and batch.rows == text:
        return
    if batch.state == State.DRAFT and batch.version != version:
        raise SavedMeanwhileError(batch.version)
    _turn(session, batch, State.DRAFT, State.DRAFT, version, rows=text)
    write_down(session, at=at, actor=actor, act="paper.save", detail=f"batch {batch.id}, {len(rows)} rows")


def try_out(
    session: Session, batch: PaperBatch, means: Means, signers: Signers, *, at: datetime
) -> list[Fault]:
    """Everything that is wrong with the batch: it is put in and taken out again, so that nothing is left."""
    rows, faults = _read(session, batch, at)
    if not rows and not faults:
        raise RefusedError("no_rows", Sentence("There is no row yet. Type what stands in the book."))
    trial = session.begin_nested()
    try:
        found = put_in(session, means.vault, means.search, batch, rows, signers, at=at)
    finally:
        trial.rollback()
    session.refresh(batch)
    return _sorted(faults + found)


def sign(session: Session, batch: PaperBatch, means: Means, *, actor: Actor, at: datetime) -> None:
    """The first signature, of who typed it in. BatchFaultsError when a row cannot be."""
    signers = Signers(actor, actor, overrides=True)
    faults = try_out(session, batch, means, signers, at=at)
    rows, _ = _read(session, batch, at)
    faults = faults + may(_permissions(session, actor.login), rows, second=False)
    if faults:
        raise BatchFaultsError(_sorted(faults))
    _turn(session, batch, State.DRAFT, State.SIGNED, batch.version, signed_at=at, signed_by=actor.login[:64])
    write_down(session, at=at, actor=actor, act="paper.sign", detail=f"batch {batch.id}, {len(rows)} rows")


def reopen(session: Session, batch: PaperBatch, *, actor: Actor, at: datetime) -> None:
    """Type on: the first signature is gone, or a batch that was given up comes back."""
    before = State(batch.state)
    if before not in (State.SIGNED, State.DROPPED):
        raise _moved_on()
    _turn(session, batch, before, State.DRAFT, batch.version, signed_at=None, signed_by="")
    write_down(session, at=at, actor=actor, act="paper.reopen", detail=f"batch {batch.id}")


def drop(session: Session, batch: PaperBatch, *, actor: Actor, at: datetime) -> None:
    """Give up what is typed; it can be opened again."""
    _turn(session, batch, State.DRAFT, State.DROPPED, batch.version)
    write_down(session, at=at, actor=actor, act="paper.drop", detail=f"batch {batch.id}")


def enter(
    session: Session, batch: PaperBatch, version: int, means: Means, second: Actor, *, at: datetime
) -> int:
    """The second signature: every row takes effect, or none; how many. `version` is what the second has seen.

    RefusedError for whoever signed first, and when the batch changed meanwhile; BatchFaultsError when a row cannot
    be any more.
    """
    if second.login == batch.signed_by:
        raise RefusedError(
            "second_same",
            Sentence("The second officer is another person than the first. Somebody else has to sign."),
        )
    typed = rows_of(batch)
    by = second.login[:64]
    # What was typed lives on as facts and rows; names in it are not kept a second time.
    _turn(session, batch, State.SIGNED, State.ENTERED, version, entered_at=at, entered_by=by, rows="[]")
    rows, faults = _read(session, batch, at, typed)
    allowed = _permissions(session, second.login)
    signers = Signers(Actor(batch.signed_by, ""), second, overrides=Permission.SET_CELLS in allowed)
    faults = faults + may(allowed, rows, second=True)
    faults = faults or put_in(session, means.vault, means.search, batch, rows, signers, at=at)
    if faults:
        raise BatchFaultsError(_sorted(faults))
    for number in numbers_of(session, batch):
        write_down(
            session, at=at, actor=second, act="paper.enter", subject=number, detail=f"batch {batch.id}"
        )
    detail = f"batch {batch.id}, {len(rows)} rows, written in by {batch.signed_by}"
    write_down(session, at=at, actor=second, act="paper.enter", detail=detail)
    return len(rows)


def count_to_sign(session: Session, login: str) -> int:
    """Batches that wait for the second signature, of somebody else than who signed first."""
    wanted = select(func.count(PaperBatch.id)).where(
        PaperBatch.state == State.SIGNED.value, PaperBatch.signed_by != login
    )
    return session.scalar(wanted) or 0


def entered_rows(session: Session, batch: PaperBatch) -> Sequence[PaperRow]:
    """Rows that were entered, in the order of their times."""
    wanted = select(PaperRow).where(PaperRow.batch_id == batch.id)
    return session.scalars(wanted.order_by(PaperRow.occurred_at, PaperRow.line)).all()


def numbers_of(session: Session, batch: PaperBatch) -> list[str]:
    """Numbers of everybody the entered rows tell of, each once."""
    people = [row.person_id for row in entered_rows(session, batch) if row.person_id is not None]
    return list(session.scalars(select(Person.number).where(Person.id.in_(people)).order_by(Person.number)))


def _read(
    session: Session, batch: PaperBatch, at: datetime, typed: Sequence[Row] | None = None
) -> tuple[list[Read], list[Fault]]:
    rows = rows_of(batch) if typed is None else typed
    zones, cells = set(session.scalars(select(Zone.code))), set(session.scalars(select(Cell.code)))
    return read_all(rows, dark_of(batch), at, zones, cells)


def _permissions(session: Session, login: str) -> frozenset[str]:
    role = session.scalar(select(Account.role).where(Account.login == login, Account.closed_at.is_(None)))
    return permissions_of(role or "")


def _turn(
    session: Session, batch: PaperBatch, before: State, after: State, version: int, **values: object
) -> None:
    """Move the batch on from the state and version that were seen; RefusedError when somebody was faster."""
    turned = session.execute(
        update(PaperBatch)
        .where(PaperBatch.id == batch.id, PaperBatch.state == before, PaperBatch.version == version)
        .values(state=after, version=version + 1, **values)
        .returning(PaperBatch.id)
    ).first()
    if turned is None:
        raise _moved_on()
    session.refresh(batch)


def _moved_on() -> RefusedError:
    return RefusedError(
        "moved_on",
        Sentence("Somebody else changed this batch meanwhile. Look at it again, as it stands now."),
    )


def _sorted(faults: Sequence[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.line)
