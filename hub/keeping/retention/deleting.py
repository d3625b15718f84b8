"""Carrying a confirmed deletion out, thing by thing, each in a transaction of its own: it can stop and go on.

Fingers, photos and scans are locked with a key of the person, so its row is thrown away with them: what older copies
of the large tables hold can never be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, column, delete, func, select, table, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.documents.records import Document
from hub.biometrics.relocking import relock_documents
from hub.biometrics.vault import Vault, shred_person
from hub.custody.changes import note_change
from hub.custody.facts.reading import current
from hub.custody.merging.reading import family_of
from hub.custody.records import Booking, Person
from hub.custody.retention_hold import RETENTION_HOLD
from hub.custody.search.projection import refresh
from hub.database import Sessions, session_scope
from hub.keeping.retention.actions import end_if_done
from hub.keeping.retention.reading import open_run
from hub.keeping.retention.records import RetentionItem, RetentionRun
from hub.keeping.retention.things import BLANKED, PARTS, Part, Thing

DELETED: Final = "deleted"
KEPT: Final = "kept"
_KEY_TABLE: Final = "person_keys"


def apply_some(
    sessions: Sessions, vault: Vault, *, most: int, actor: Actor, clock: Callable[[], datetime]
) -> int:
    """Do at most `most` items of the confirmed deletion; how many were done. 0 when there is nothing to do.

    WireError UNSEALABLE when the vault key is not the one that locked scans which have to be locked anew.
    """
    done = 0
    with session_scope(sessions, writes=False) as session:
        waiting = _waiting(session, most)
    for item_id in waiting:
        with session_scope(sessions) as session:
            done += _do(session, vault, item_id, actor, clock())
    return done


def _waiting(session: Session, most: int) -> Sequence[int]:
    run = open_run(session)
    if run is None or run.confirmed_at is None:
        return ()
    return session.scalars(
        select(RetentionItem.id)
        .where(RetentionItem.run_id == run.id, RetentionItem.done_at.is_(None))
        .order_by(RetentionItem.id)
        .limit(most)
    ).all()


def _do(session: Session, vault: Vault, item_id: int, actor: Actor, at: datetime) -> bool:
    item = session.scalar(select(RetentionItem).where(RetentionItem.id == item_id).with_for_update())
    run = open_run(session)
    if (
        item is None
        or run is None
        or run.id != item.run_id
        or run.confirmed_at is None
        or item.done_at is not None
    ):
        return False  # somebody else did it, or the deletion was given up
    stands_against = _stands_against(session, item.person_id)
    if stands_against:
        item.result, item.note = KEPT, stands_against
    else:
        item.opened_at = at
        session.flush()
        item.pieces = _delete(session, vault, run, item, at)
        item.result = DELETED
    item.done_at = at
    session.flush()
    number = session.scalar(select(Person.number).where(Person.id == item.person_id)) or ""
    detail = f"{item.thing}, {item.pieces} rows, deletion {run.id}, rule {item.rule_id}, {item.note}".rstrip(
        ", "
    )
    write_down(
        session, at=at, actor=actor, act=f"retention.{_ACTS[item.result]}", subject=number, detail=detail
    )
    end_if_done(session, run, actor=actor, at=at)
    return True


_ACTS: Final = {DELETED: "delete", KEPT: "keep"}


def _stands_against(session: Session, person_id: int) -> str:
    """Why something that was due is kept after all; empty when nothing stands against it."""
    family = family_of(session, person_id)
    inside = select(func.count()).where(Booking.person_id.in_(family), Booking.released_at.is_(None))
    if session.scalar(inside):
        return "in custody again"
    if any(current(session, RETENTION_HOLD, person_id=one) for one in family):
        return "legal hold"
    return ""


def _delete(session: Session, vault: Vault, run: RetentionRun, item: RetentionItem, at: datetime) -> int:
    thing = Thing(item.thing)
    pieces = 0
    if thing is Thing.BIOMETRICS:
        pieces += _throw_key_away(session, vault, run, item, at)
    for part in reversed(PARTS[thing]):
        if part.table != _KEY_TABLE:
            pieces += _delete_part(session, part, item.person_id)
    if thing is Thing.FILE:
        session.execute(update(Person).where(Person.id == item.person_id).values({**BLANKED.values}))
        session.expire_all()
        refresh(session, [item.person_id])
    note_change(session, item.person_id, at)
    return pieces


def _throw_key_away(
    session: Session, vault: Vault, run: RetentionRun, item: RetentionItem, at: datetime
) -> int:
    scans = session.scalar(select(func.count()).where(Document.person_id == item.person_id))
    if not scans:
        shred_person(session, item.person_id)
        return 1
    door = RetentionItem(
        run_id=run.id,
        person_id=item.person_id,
        thing=Thing.DOCUMENTS.value,
        rule_id=item.rule_id,
        due_on=item.due_on,
        pieces=0,
        opened_at=at,
        result="locked anew",
    )
    session.add(door)
    session.flush()
    relock_documents(session, vault, item.person_id, at)
    door.done_at = at
    session.flush()
    return 1


def _delete_part(session: Session, part: Part, person_id: int) -> int:
    wanted = table(part.table, column(part.column))
    done = session.execute(delete(wanted).where(_belongs(part, person_id)))
    return cast(CursorResult[Any], done).rowcount


def _belongs(part: Part, person_id: int) -> ColumnElement[bool]:
    if not part.of:
        return column(part.column) == person_id
    parent = table(part.of, column("id"), column("person_id"))
    return column(part.column).in_(select(parent.c.id).where(parent.c.person_id == person_id))
