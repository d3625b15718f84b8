"""An export between two persons: asked for by one, signed by another, fetched once by the first, then gone.

The caller holds the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.vault import Vault
from hub.keeping.export.age import new_passphrase
from hub.keeping.export.records import Export
from hub.keeping.retention.deleting import DELETED
from hub.keeping.retention.records import RetentionItem
from hub.sentences import RefusedError, Sentence

SIGN_WITHIN: Final = timedelta(hours=72)
FETCH_WITHIN: Final = timedelta(hours=24)
STILL: Final = timedelta(minutes=2)
"""A maker that has said nothing for so long has stopped."""
SENDING: Final = timedelta(minutes=30)
"""A file is on its way for no longer."""
LEAST_REASON: Final = 20


class State(StrEnum):
    """How far an export is. Those from FETCHED on have ended and have no file any more."""

    ASKED = "asked"
    MAKING = "making"
    READY = "ready"
    FETCHING = "fetching"
    FETCHED = "fetched"
    TURNED_DOWN = "turned_down"
    GIVEN_UP = "given_up"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


OPEN: Final = (State.ASKED, State.MAKING, State.READY, State.FETCHING)


@dataclass(frozen=True)
class Wish:
    """Who gets the register, why, and whether minutiae of fingers go with it."""

    recipient: str
    reason: str
    with_fingers: bool


def ask(
    session: Session, vault: Vault, wish: Wish, *, random: bytes, actor: Actor, at: datetime
) -> tuple[Export, str]:
    """Put an export before a second person; the passphrase is for whoever asked, and shown to them this once."""
    recipient, reason = " ".join(wish.recipient.split()), " ".join(wish.reason.split())
    if not recipient:
        raise RefusedError("no_recipient", Sentence("Write who gets the register: which body, which person."))
    if len(reason) < LEAST_REASON:
        raise RefusedError(
            "no_reason", Sentence("Write why, and by which law or decision, in a sentence of its own.")
        )
    if len(recipient) > 200 or len(reason) > 200:
        raise RefusedError("too_long", Sentence("Write at most 200 letters in each field."))
    if open_export(session) is not None:
        raise RefusedError("export_open", Sentence("An export is open already. End it before the next."))
    passphrase = new_passphrase(random)
    row = Export(
        asked_at=at,
        asked_by=actor.login[:64],
        recipient=recipient,
        reason=reason,
        with_fingers=wish.with_fingers,
        locked=b"",
        state=State.ASKED.value,
    )
    session.add(row)
    session.flush()
    row.locked = vault.lock(passphrase.encode(), _place(row.id))
    session.flush()
    told = "with fingers" if wish.with_fingers else "without fingers"
    write_down(session, at=at, actor=actor, act="export.ask", subject=str(row.id), detail=told, why=reason)
    return row, passphrase


def passphrase_of(vault: Vault, row: Export) -> str:
    """The passphrase of an export that is not made yet; WireError UNSEALABLE with another vault key."""
    return vault.unlock(row.locked, _place(row.id)).decode()


def sign(session: Session, export_id: int, *, actor: Actor, at: datetime) -> None:
    """As the second person let it be made; RefusedError for one's own, or one that does not wait."""
    row = _waiting(session, export_id)
    if row.asked_by == actor.login:
        raise RefusedError(
            "own_export", Sentence("Another person has to sign the export that you asked for.")
        )
    changes = {"signed_at": at, "signed_by": actor.login[:64], "beat_at": at}
    _move(session, row, State.ASKED, State.MAKING, **changes)
    write_down(session, at=at, actor=actor, act="export.sign", subject=str(row.id))


def turn_down(session: Session, export_id: int, *, actor: Actor, at: datetime) -> None:
    """As the second person refuse it; whoever asked gives it up instead."""
    row = _waiting(session, export_id)
    if row.asked_by == actor.login:
        raise RefusedError(
            "own_export", Sentence("Another person has to sign the export that you asked for.")
        )
    _end(session, row, State.ASKED, State.TURNED_DOWN, actor, at)
    write_down(session, at=at, actor=actor, act="export.turn_down", subject=str(row.id))


def give_up(session: Session, export_id: int, *, actor: Actor, at: datetime) -> None:
    """End it, whoever does; its file goes with the next look. RefusedError when it has ended."""
    row = found(session, export_id)
    if row.ended_at is not None:
        raise RefusedError("export_ended", Sentence("This export has ended already."))
    _end(session, row, State(row.state), State.GIVEN_UP, actor, at)
    write_down(session, at=at, actor=actor, act="export.give_up", subject=str(row.id))


def begin_fetch(session: Session, export_id: int, *, actor: Actor, at: datetime) -> Export:
    """Take the file for oneself; RefusedError unless one asked for it and it is ready."""
    row = found(session, export_id)
    if row.asked_by != actor.login:
        raise RefusedError("not_yours", Sentence("Only who asked for the export can fetch it."))
    if row.state == State.FETCHING and row.beat_at is not None and at - row.beat_at > SENDING:
        _move(session, row, State.FETCHING, State.READY)  # whoever sent it ended in the middle
    if row.state != State.READY or row.made_at is None or at - row.made_at > FETCH_WITHIN:
        raise RefusedError(
            "no_file", Sentence("There is no file to fetch. Look below how the export stands.")
        )
    _move(session, row, State.READY, State.FETCHING, beat_at=at)
    write_down(session, at=at, actor=actor, act="export.fetch", subject=str(row.id), detail=row.digest[:16])
    return row


def end_fetch(session: Session, export_id: int, *, whole: bool, actor: Actor, at: datetime) -> None:
    """It was sent to its end, and is gone; or it broke off, and may be fetched once more."""
    row = found(session, export_id)
    # Ended by others meanwhile: what left the hub is written down all the same.
    if row.state == State.FETCHING:
        if whole:
            _end(session, row, State.FETCHING, State.FETCHED, actor, at)
        else:
            _move(session, row, State.FETCHING, State.READY)
    act = "export.fetched" if whole else "export.broke_off"
    write_down(session, at=at, actor=actor, act=act, subject=str(row.id))


def made(
    session: Session, export_id: int, *, size_bytes: int, digest: str, rows: int, actor: Actor, at: datetime
) -> bool:
    """The file is whole; False when the export was ended meanwhile. The hub forgets the passphrase."""
    done = session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state == State.MAKING.value)
        .values(
            state=State.READY.value,
            made_at=at,
            size_bytes=size_bytes,
            digest=digest,
            done=rows,
            total=rows,
            locked=b"",
            problem="",
        )
        .returning(Export.id)
    )
    if done.first() is None:
        return False
    write_down(
        session, at=at, actor=actor, act="export.made", subject=str(export_id), detail=f"sha256 {digest[:16]}"
    )
    return True


def lapse(session: Session, *, actor: Actor, at: datetime) -> list[int]:
    """End what nobody signed or fetched in time, and what holds people deleted since; the numbers of those.

    One that is on its way is left to whoever fetches it.
    """
    ended = []
    for row in session.scalars(select(Export).where(Export.ended_at.is_(None))).all():
        after = _outlived(session, row, at)
        if after is not None:
            _end(session, row, State(row.state), after, actor, at)
            write_down(session, at=at, actor=actor, act=f"export.{_ENDINGS[after]}", subject=str(row.id))
            ended.append(row.id)
    return ended


_ENDINGS: Final = {State.LAPSED: "lapse", State.OVERTAKEN: "overtaken"}


def _outlived(session: Session, row: Export, at: datetime) -> State | None:
    sending = row.state == State.FETCHING and row.beat_at is not None and at - row.beat_at <= SENDING
    if sending:
        return None
    if row.state == State.ASKED:
        return State.LAPSED if at - row.asked_at > SIGN_WITHIN else None
    if row.signed_at is not None and _deleted_since(session, row.signed_at):
        return State.OVERTAKEN
    if row.made_at is not None and at - row.made_at > FETCH_WITHIN:
        return State.LAPSED
    return None


def _deleted_since(session: Session, at: datetime) -> bool:
    """Whether by law anything was deleted that a file begun at `at` may hold."""
    deleted = select(RetentionItem.id).where(RetentionItem.done_at >= at, RetentionItem.result == DELETED)
    return session.scalar(deleted.limit(1)) is not None


def open_export(session: Session) -> Export | None:
    """The one that has not ended, if any."""
    return session.scalar(select(Export).where(Export.ended_at.is_(None)))


def found(session: Session, export_id: int) -> Export:
    """An export by its number; RefusedError where there is none."""
    row = session.get(Export, export_id)
    if row is None:
        raise RefusedError("no_export", Sentence("There is no such export."))
    return row


def _waiting(session: Session, export_id: int) -> Export:
    row = found(session, export_id)
    if row.state != State.ASKED:
        raise RefusedError("export_decided", Sentence("Somebody decided on this export already."))
    return row


def _end(session: Session, row: Export, before: State, after: State, actor: Actor, at: datetime) -> None:
    _move(session, row, before, after, ended_at=at, ended_by=actor.login[:64], locked=b"")


def _move(session: Session, row: Export, before: State, after: State, **changes: object) -> None:
    """Guarded by the state it had: of two who act at once one is told."""
    moved = session.execute(
        update(Export)
        .where(Export.id == row.id, Export.state == before.value)
        .values(state=after.value, **changes)
        .returning(Export.id)
    )
    if moved.first() is None:
        raise RefusedError("export_decided", Sentence("Somebody decided on this export already."))
    session.refresh(row)


def _place(export_id: int) -> str:
    return f"export {export_id}"
