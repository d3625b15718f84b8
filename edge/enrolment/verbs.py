"""What the desk's page may ask of the agent. Names are shown, and fingers taken, for a signed-in officer alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from edge.desk.server import Verb
from edge.enrolment.book import Book
from edge.enrolment.cabinet import Cabinet
from edge.enrolment.forms import (
    CannotBeTaken,
    DeskView,
    FingerLine,
    Look,
    OfFinger,
    OfTask,
    OpenTask,
    Photo,
    TaskLine,
)
from edge.enrolment.sequence import Capturing
from edge.enrolment.station import Session, Station
from wire.enrolment import DeskTask, Stage
from wire.roll import RollOfficer


class Officers(Protocol):
    """Who is signed in at the page."""

    def officer(self, token: str, *, active: bool = True) -> RollOfficer:
        """The officer behind a token; DeskRefusedError `sign_in` when there is none. `active` prolongs."""


def verbs(
    book: Book, station: Station, cabinet: Cabinet, to_send: Callable[[], int], officers: Officers
) -> Mapping[str, Verb]:
    """The verbs by name. Each but `enrol_photo` answers with the whole view."""
    seen_at = 0.0

    def officer(token: str) -> str:
        login = officers.officer(token).login
        station.operated_by(login)
        return login

    def view() -> DeskView:
        session = station.session()
        return DeskView(
            serial=station.serial,
            told=book.is_said,
            tasks=[_line(task, cabinet) for task in book.tasks()],
            open=None if session is None else _open(session),
            to_send=to_send(),
            notice=station.notice,
        )

    def looked(question: Look) -> DeskView:
        # The page asks by itself; but a finger on the glass is somebody at work.
        nonlocal seen_at
        session = station.session()
        touched_at = seen_at if session is None else session.active_at
        station.operated_by(officers.officer(question.token, active=touched_at != seen_at).login)
        seen_at = touched_at
        return view()

    def begun(question: OfTask) -> DeskView:
        station.begin(question.task, officer(question.token))
        return view()

    def photo(question: OfTask) -> Photo:
        officer(question.token)
        task = book.task(question.task)
        return Photo(jpeg=b"" if task is None else task.photo)

    def redone(question: OfFinger) -> DeskView:
        officer(question.token)
        station.redo(question.position)
        return view()

    def left_out(question: CannotBeTaken) -> DeskView:
        officer(question.token)
        station.unusable(question.reason, question.note)
        return view()

    def simply(act: Callable[[], None]) -> Verb:
        def done(question: Look) -> DeskView:
            officer(question.token)
            act()
            return view()

        return Verb(Look, done)

    return {
        "enrol_view": Verb(Look, looked),
        "enrol_begin": Verb(OfTask, begun),
        "enrol_photo": Verb(OfTask, photo),
        "enrol_redo": Verb(OfFinger, redone),
        "enrol_unusable": Verb(CannotBeTaken, left_out),
        "enrol_keep_best": simply(station.keep_best),
        "enrol_leave": simply(station.leave),
        "enrol_finish": simply(station.finish),
    }


def _line(task: DeskTask, cabinet: Cabinet) -> TaskLine:
    done = len(cabinet.closed(task.task))
    finished = cabinet.finished(task.task) is not None
    begun = Stage.CAPTURING if done else Stage.WAITING
    return TaskLine(
        task=task.task,
        person=task.person,
        name=task.name,
        created_by=task.created_by,
        created_at=task.created_at,
        stage=Stage.FINISHED if finished else begun,
        done=done,
        of=len(task.positions),
        has_photo=bool(task.photo),
    )


def _open(session: Session) -> OpenTask:
    sequence, task = session.sequence, session.task
    said = sequence.said
    return OpenTask(
        task=task.task,
        person=task.person,
        name=task.name,
        has_photo=bool(task.photo),
        fingers=[_finger(sequence, position) for position in sequence.positions],
        position=sequence.position,
        wanted=sequence.wanted,
        taken=sequence.taken,
        said=said.word,
        advice=said.advice,
        quality=said.quality,
        like=said.like,
        unlike_known=said.unlike_known,
        glass=session.glass,
        is_hard=sequence.is_hard,
        may_keep_best=sequence.may_keep_best,
        complete=sequence.complete,
    )


def _finger(sequence: Capturing, position: int) -> FingerLine:
    closed = sequence.closed.get(position)
    if closed is not None:
        state = "unusable" if not closed.taken else "below" if closed.below else "taken"
        return FingerLine(position=position, state=state, taken=closed.taken, quality=closed.quality)
    now = position == sequence.position
    return FingerLine(
        position=position, state="now" if now else "open", taken=sequence.taken if now else 0, quality=0
    )
