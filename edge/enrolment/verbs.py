"""What the desk's page may ask of the agent. Names are shown, and fingers taken, for a signed-in officer alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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

Officer = Callable[[str], str]
"""Login of the officer behind a token; DeskRefusedError `sign_in` when there is none."""


def verbs(
    book: Book, station: Station, cabinet: Cabinet, to_send: Callable[[], int], officer: Officer
) -> Mapping[str, Verb]:
    """The verbs by name. Each but `enrol_photo` answers with the whole view."""

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
        officer(question.token)
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
