"""Deriving a review beside the pages: it goes on when they are closed, and is begun anew where the hub was stopped."""

from __future__ import annotations

import logging
import secrets
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import Sessions, session_scope
from hub.sentences import RefusedError, Sentence
from hub.statistics.review.actions import derive, keep, refuse_without_reason
from hub.statistics.review.gathering import span_of
from hub.statistics.review.progress import Part, Progress
from hub.statistics.review.records import ReviewMaking
from hub.statistics.snapshots.keeping import SETTLED
from hub.web.kept_sentences import write_sentence

STILL: Final = timedelta(minutes=3)
"""A maker that said nothing for so long has stopped. One that was only slow finds at its next word that another is at
it, and leaves it to them."""
_STOPPED: Final = Sentence(
    "Something went wrong while it was made; the hub's log says where. Tell the technician, and make it again."
)
_log = logging.getLogger("pims.hub.review")


def ask(session: Session, year: int, why: str, *, actor: Actor, at: datetime) -> ReviewMaking:
    """Put a review up to be derived; one of this year that is under way is given instead. RefusedError as `keep`."""
    refuse_without_reason(session, year, why)
    span_of(year, at - SETTLED)
    row = ReviewMaking(
        year=year, why=why.strip()[:300], asked_at=at, asked_by=actor.login[:64], address=actor.address[:64]
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = under_way(session, year)
        if not found:
            raise
        return found[0]
    return row


def under_way(session: Session, year: int | None = None) -> list[ReviewMaking]:
    """Makings that have not ended."""
    wanted = select(ReviewMaking).where(ReviewMaking.ended_at.is_(None)).order_by(ReviewMaking.id)
    return list(session.scalars(wanted if year is None else wanted.where(ReviewMaking.year == year)))


class Maker:
    """One thread for each making that this process was asked for. Of several processes one is at it at a time."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions, self._clock = sessions, clock
        self._threads: dict[int, threading.Thread] = {}
        self._turn = threading.Lock()

    def __repr__(self) -> str:
        return "Maker()"

    def go(self, number: int) -> None:
        """Derive it, beside other work; nothing when somebody is at it."""
        with self._turn:
            before = self._threads.get(number)
            if before is not None and before.is_alive():
                return
            thread = threading.Thread(target=self._work, args=(number,), name=f"review-{number}", daemon=True)
            self._threads[number] = thread
            thread.start()

    def wait(self, number: int) -> None:
        """Until this process has nothing more to do for it."""
        thread = self._threads.get(number)
        if thread is not None:
            thread.join()

    def stalled(self, row: ReviewMaking) -> bool:
        """Whether nobody is at it any more, as after the hub was stopped."""
        still = row.beat_at is None or self._clock() - row.beat_at > STILL
        return row.ended_at is None and still

    def _work(self, number: int) -> None:
        runner = secrets.token_hex(16)
        try:
            if self._take(number, runner):
                self._make(number, runner)
        except TakenOverError:
            _log.info("making %s of a review was taken over", number)
        except RefusedError as error:
            self._end(number, runner, problem=write_sentence(error.message))
        except Exception as error:  # noqa: BLE001 - a thread has nobody above it; whoever asked makes it again
            # What an error says can be a name: only its sort and where it happened goes into the log.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("making %s of a review stopped: %s\n%s", number, type(error).__name__, frames)
            self._end(number, runner, problem=write_sentence(_STOPPED))

    def _take(self, number: int, runner: str) -> bool:
        """Be the one who is at it; False when somebody is."""
        now = self._clock()
        free = or_(ReviewMaking.beat_at.is_(None), ReviewMaking.beat_at < now - STILL)
        with session_scope(self._sessions) as session:
            taken = session.execute(
                update(ReviewMaking)
                .where(ReviewMaking.id == number, ReviewMaking.ended_at.is_(None), free)
                .values(runner=runner, beat_at=now, part=Part.FIGURES.value, done=0, total=0)
                .returning(ReviewMaking.id)
            )
            return taken.first() is not None

    def _make(self, number: int, runner: str) -> None:
        with session_scope(self._sessions, writes=False) as session:
            row = session.get_one(ReviewMaking, number)
            derived = derive(session, row.year, row.asked_at, lambda one: self._beat(number, runner, one))
        with session_scope(self._sessions) as session:
            at, actor = self._clock(), Actor(row.asked_by, row.address)
            kept = keep(session, derived, row.why, actor=actor, at=at)
            # In one transaction: of a maker who was taken for dead and its successor only one keeps a review.
            if not _moved(session, number, runner, review_id=kept.id, ended_at=at):
                raise TakenOverError

    def _beat(self, number: int, runner: str, progress: Progress) -> None:
        with session_scope(self._sessions) as session:
            values = {"part": progress.part.value, "done": progress.done, "total": progress.total}
            if not _moved(session, number, runner, beat_at=self._clock(), **values):
                raise TakenOverError

    def _end(self, number: int, runner: str, *, problem: str) -> None:
        with session_scope(self._sessions) as session:
            _moved(session, number, runner, problem=problem, ended_at=self._clock())


def _moved(session: Session, number: int, runner: str, **values: Any) -> bool:
    """Change a making of one's own that has not ended; False where it is that no more."""
    mine = (ReviewMaking.id == number, ReviewMaking.runner == runner, ReviewMaking.ended_at.is_(None))
    changed = session.execute(update(ReviewMaking).where(*mine).values(**values).returning(ReviewMaking.id))
    return changed.first() is not None


class TakenOverError(Exception):
    """Another maker is at it."""
