"""A bundle from the asking to the fetching; the caller holds the transaction. Making it is the journal's keeper's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.control_room.replay.records import ReplayBundle
from hub.sentences import RefusedError, Sentence

FOLDER: Final = "bundles"
LONGEST: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=7)
"""The file lies with the hub for so long; afterwards the same hour is asked for again."""
STILL: Final = timedelta(minutes=2)
"""A maker that has said nothing for so long has stopped, and another one goes on."""
LEAST_REASON: Final = 20
MOST_LETTERS: Final = 200
MAKER: Final = Actor("replay", "hub")


class State(StrEnum):
    """How far a bundle is. From FAILED on there is no file; HANDED_OUT was made at the hub itself and taken along."""

    ASKED = "asked"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"
    HANDED_OUT = "handed_out"


@dataclass(frozen=True)
class Wish:
    """The time from `from_at` until before `to_at`, for whom and why."""

    from_at: datetime
    to_at: datetime
    recipient: str
    reason: str


@dataclass(frozen=True)
class BundlePlace:
    """Where the files lie; None where this site has no folder for them."""

    folder: Path | None

    def path(self, number: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{number}.zip"

    def open(self, number: int) -> BinaryIO:
        """The file of a bundle; RefusedError when it is not there, as after a restore."""
        try:
            if self.folder is not None:
                return self.path(number).open("rb")
        except FileNotFoundError:
            pass
        raise RefusedError(
            "no_file", Sentence("The file is not on this hub any more. Ask for the hour again.")
        )


def check_time(from_at: datetime, to_at: datetime, now: datetime) -> None:
    """RefusedError unless the time is one that was, and no longer than LONGEST."""
    if from_at >= to_at:
        raise RefusedError("no_time", Sentence("The end has to be after the beginning."))
    if to_at > now:
        raise RefusedError("not_yet", Sentence("That time is not over yet. Choose one that is."))
    if to_at - from_at > LONGEST:
        raise RefusedError("too_long", Sentence("Choose at most 24 hours at once."))


def ask(
    session: Session, wish: Wish, *, actor: Actor, at: datetime, handed_out: bool = False
) -> ReplayBundle:
    """Let the hub make a bundle; RefusedError says what is missing.

    With `handed_out` whoever asks makes it at once and takes it along: no file of it stays with the hub.
    """
    recipient, reason = " ".join(wish.recipient.split()), " ".join(wish.reason.split())
    check_time(wish.from_at, wish.to_at, at)
    if not recipient:
        raise RefusedError("no_recipient", Sentence("Write who gets the bundle: which court, which person."))
    if len(reason) < LEAST_REASON:
        raise RefusedError(
            "no_reason", Sentence("Write why, and by which order or law, in a sentence of its own.")
        )
    if max(len(recipient), len(reason)) > MOST_LETTERS:
        raise RefusedError("too_many_letters", Sentence("Write at most 200 letters in each field."))
    row = ReplayBundle(
        asked_at=at,
        asked_by=actor.login[:64],
        from_at=wish.from_at,
        to_at=wish.to_at,
        recipient=recipient,
        reason=reason,
        state=(State.HANDED_OUT if handed_out else State.ASKED).value,
        ended_at=at if handed_out else None,
    )
    session.add(row)
    session.flush()
    detail = f"{wish.from_at:%Y-%m-%dT%H:%M:%SZ}/{wish.to_at:%Y-%m-%dT%H:%M:%SZ}"
    write_down(
        session, at=at, actor=actor, act="replay.bundle", subject=str(row.id), detail=detail, why=reason
    )
    return row


def waiting(session: Session, now: datetime) -> ReplayBundle | None:
    """The next one to be made: nobody is at it, or whoever was has stopped."""
    open_ones = select(ReplayBundle).where(
        ReplayBundle.ended_at.is_(None), ReplayBundle.state.in_([State.ASKED, State.MAKING])
    )
    for row in session.scalars(open_ones.order_by(ReplayBundle.asked_at)):
        if row.state == State.ASKED or row.beat_at is None or now - row.beat_at > STILL:
            return row
    return None


def begin(session: Session, row: ReplayBundle, now: datetime) -> bool:
    """Take it on; False when another maker was faster."""
    held = ReplayBundle.beat_at.is_(None) if row.beat_at is None else ReplayBundle.beat_at == row.beat_at
    taken = session.execute(
        update(ReplayBundle)
        .where(ReplayBundle.id == row.id, ReplayBundle.state == row.state, held)
        .values(state=State.MAKING.value, beat_at=now)
        .returning(ReplayBundle.id)
    )
    return taken.first() is not None


def made(session: Session, number: int, *, size_bytes: int, digest: str, entries: int, at: datetime) -> bool:
    """The file is whole; False when the bundle was ended meanwhile."""
    moved = _move(
        session,
        number,
        State.MAKING,
        State.READY,
        made_at=at,
        size_bytes=size_bytes,
        digest=digest,
        entries=entries,
    )
    if moved:
        write_down(
            session,
            at=at,
            actor=MAKER,
            act="replay.made",
            subject=str(number),
            detail=f"sha256 {digest[:16]}",
        )
    return moved


def failed(session: Session, number: int, problem: str, at: datetime) -> None:
    """It cannot be made, for a reason that is stored as a code."""
    _move(session, number, State.MAKING, State.FAILED, problem=problem, ended_at=at)


def fetch(session: Session, number: int, *, actor: Actor, at: datetime) -> ReplayBundle:
    """Let somebody have the file; RefusedError when there is none."""
    row = found(session, number)
    if row.state != State.READY:
        raise RefusedError(
            "no_file", Sentence("There is no file to fetch. Look below how the bundle stands.")
        )
    row.fetched += 1
    write_down(
        session,
        at=at,
        actor=actor,
        act="replay.fetch",
        subject=str(number),
        detail=f"sha256 {row.digest[:16]}",
    )
    return row


def late(session: Session, now: datetime) -> list[int]:
    """Numbers of bundles whose files have lain long enough."""
    return list(
        session.scalars(
            select(ReplayBundle.id).where(
                ReplayBundle.ended_at.is_(None),
                ReplayBundle.state == State.READY.value,
                ReplayBundle.made_at < now - KEPT,
            )
        )
    )


def expire(session: Session, now: datetime) -> list[int]:
    """End those; the numbers of which the files are to be deleted."""
    return [
        number
        for number in late(session, now)
        if _move(session, number, State.READY, State.GONE, ended_at=now)
    ]


def found(session: Session, number: int) -> ReplayBundle:
    """A bundle by its number; RefusedError where there is none."""
    row = session.get(ReplayBundle, number)
    if row is None:
        raise RefusedError("no_bundle", Sentence("There is no such bundle."))
    return row


def _move(session: Session, number: int, before: State, after: State, **values: object) -> bool:
    """Guarded by the state it had: of two who act at once one is told."""
    moved = session.execute(
        update(ReplayBundle)
        .where(ReplayBundle.id == number, ReplayBundle.state == before.value)
        .values(state=after.value, **values)
        .returning(ReplayBundle.id)
    )
    return moved.first() is not None
