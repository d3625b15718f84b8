"""The enrolment desk's page: who sits there, which finger, how it went, and what the officer may do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.enrolment.forms import CannotBeTaken, DeskView, Look, OfFinger, OfTask, Photo
from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, signed_in_only, token
from wire.codec import Strict
from wire.enrolment import Unusable

pages = Blueprint("enrolment", __name__, url_prefix="/enrolment")

FINGERS: Final = {
    1: "Right thumb",
    2: "Right index finger",
    3: "Right middle finger",
    4: "Right ring finger",
    5: "Right little finger",
    6: "Left thumb",
    7: "Left index finger",
    8: "Left middle finger",
    9: "Left ring finger",
    10: "Left little finger",
}


@dataclass(frozen=True)
class Drawn:
    """A finger of the picture: a rounded bar, leaning by `turn` degrees; the hands as their owner sees them."""

    position: int
    x: int
    y: int
    width: int
    height: int
    turn: int = 0


WIDTH: Final = 344
_LEFT: Final = (
    Drawn(10, 6, 58, 22, 66),
    Drawn(9, 34, 30, 23, 92),
    Drawn(8, 63, 16, 23, 104),
    Drawn(7, 92, 32, 23, 90),
    Drawn(6, 104, 94, 25, 64, 34),
)
HANDS: Final = (
    *_LEFT,
    *(
        Drawn(one.position - 5, WIDTH - one.x - one.width, one.y, one.width, one.height, -one.turn)
        for one in _LEFT
    ),
)

SAID: Final = {
    "place": "Put the finger on the glass.",
    "taken": "Good. Lift it and put it down again.",
    "whole": "This finger is done.",
    "poor": "Not good enough. Once more.",
    "other_finger": "This looks like another finger. Put the finger that is shown.",
    "taken_before": "This finger was given already.",
    "begun_anew": "The first touch was another finger. It goes on with this one.",
    "lost": "The sensor did not deliver the image. Once more.",
    "unsealed": "The card did not take the finger. Take it again, and free some space.",
}

ADVICE: Final = {
    "place finger": "Put the finger on the glass.",
    "wipe glass": "Wipe the glass.",
    "centre finger": "Put the finger in the middle.",
    "move finger left": "Move the finger left.",
    "move finger right": "Move the finger right.",
    "move finger up": "Move the finger up.",
    "move finger down": "Move the finger down.",
    "lay finger flat": "Lay the finger flat.",
    "press harder": "Press harder.",
    "press lighter": "Wipe finger and glass, and press lighter.",
    "too dry": "The finger is dry: breathe on it.",
    "too wet": "Dry finger and glass.",
    "too few ridges": "Wipe the glass, or choose another finger.",
    "image": "The image cannot be used. Once more.",
}

NEXT_TOUCH: Final = (
    "In the middle, flat.",
    "Lift, and put it down again.",
    "A little further towards the tip.",
)
"""What each impression adds: a print that is shifted a little shows skin that the others do not."""

REASONS: Final = {
    Unusable.MISSING: "Missing",
    Unusable.BANDAGED: "Bandaged or hurt",
    Unusable.WORN: "Worn smooth",
    Unusable.REFUSED: "The person refuses",
    Unusable.OTHER: "Another reason",
}

STAGES: Final = {
    "waiting": "Waiting",
    "capturing": "Begun",
    "finished": "Finished, on its way to the hub",
}

NOTICES: Final = {
    "cancelled": "The hub took this capture back.",
    "idle": "Nobody went on for five minutes: the capture was put away. What was done is kept.",
}

TABLES: Final[tuple[Mapping[Any, str], ...]] = (FINGERS, SAID, ADVICE, REASONS, STAGES, NOTICES)


@pages.get("/")
@signed_in_only
def page() -> str:
    return _show("enrolment.html", _ask("enrol_view", Look(token=token())))


@pages.get("/state")
@signed_in_only
def state() -> str:
    """The changing part, which the page asks for by itself."""
    return _show("enrolment_state.html", _ask("enrol_view", Look(token=token())))


@pages.get("/task/<task>")
@signed_in_only
def task(task: str) -> str:
    """Is this who sits here? Asked before a finger is taken."""
    view = _ask("enrol_view", Look(token=token()))
    line = next((one for one in view.tasks if one.task == task), None)
    if line is None:
        abort(404)
    return _show("enrolment_task.html", view, line=line)


@pages.get("/cannot")
@signed_in_only
def cannot() -> str | Response:
    """Why the finger that is asked for cannot be taken."""
    view = _ask("enrol_view", Look(token=token()))
    if view.open is None or view.open.position is None:
        return redirect(url_for("enrolment.page"))
    return _show("enrolment_cannot.html", view)


@pages.get("/photo/<task>")
@signed_in_only
def photo(task: str) -> Response:
    found = desk().ask("enrol_photo", OfTask(token=token(), task=task), Photo)
    if not found.jpeg:
        abort(404)
    return Response(found.jpeg, mimetype="image/jpeg")


@pages.post("/begin/<task>")
@signed_in_only
def begin(task: str) -> Response:
    return _act("enrol_begin", OfTask(token=token(), task=task))


@pages.post("/redo/<int:position>")
@signed_in_only
def redo(position: int) -> Response:
    return _act("enrol_redo", OfFinger(token=token(), position=position))


@pages.post("/unusable")
@signed_in_only
def unusable() -> Response:
    reason = request.form.get("reason", "")
    if reason not in Unusable._value2member_map_:
        abort(404)
    note = request.form.get("note", "")[:200]
    return _act("enrol_unusable", CannotBeTaken(token=token(), reason=Unusable(reason), note=note))


@pages.post("/keep-best")
@signed_in_only
def keep_best() -> Response:
    return _act("enrol_keep_best", Look(token=token()))


@pages.post("/leave")
@signed_in_only
def leave() -> Response:
    return _act("enrol_leave", Look(token=token()))


@pages.post("/finish")
@signed_in_only
def finish() -> Response:
    return _act("enrol_finish", Look(token=token()))


def _ask(verb: str, question: Strict) -> DeskView:
    return desk().ask(verb, question, DeskView)


def _act(verb: str, question: Strict) -> Response:
    """Does it and shows the page; what was overtaken by something else is shown as it now stands."""
    try:
        _ask(verb, question)
    except DeskRefusedError as refused:
        flash(refused.sentence)
    return redirect(url_for("enrolment.page"), 303)


def _show(template: str, view: DeskView, **more: object) -> str:
    return render_template(
        template,
        view=view,
        drawing=HANDS,
        fingers=FINGERS,
        said=SAID,
        advice=ADVICE,
        next_touch=NEXT_TOUCH,
        reasons=REASONS,
        stages=STAGES,
        notices=NOTICES,
        **more,
    )
