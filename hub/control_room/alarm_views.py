"""An alarm in the control room's drawer: who looks after it, and how it ended."""

from __future__ import annotations

from flask import abort, render_template, request

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.control_room.words import ALARMS
from hub.movements.alarms import alarm_with, close_alarm, take_alarm
from hub.movements.records import FeedItem, FeedKind
from hub.reception.words import in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.routes import Pages

pages = Pages("alarms", __name__, template_folder="templates")


@pages.page("/control-room/alarms/<int:item>", Permission.HANDLE_ALARMS)
def alarm(item: int) -> str:
    return _show(item, None)


@pages.page("/control-room/alarms/<int:item>", Permission.HANDLE_ALARMS, methods=("POST",))
def handle(item: int) -> str | tuple[str, int]:
    who = visitor()
    actor = Actor(who.login, who.address)
    try:
        with writing() as session:
            if request.form.get("act") == "close":
                close_alarm(session, item, request.form.get("note", ""), actor=actor, at=now())
            else:
                take_alarm(session, item, actor=actor, at=now())
    except RefusedError as error:
        return _show(item, error.message), 409
    return _show(item, None)


def _show(item: int, problem: Sentence | None) -> str:
    with reading() as session:
        line = session.get(FeedItem, item)
        found = alarm_with(session, item, now())
    if line is None or line.kind != FeedKind.ALARM:
        abort(404)
    return render_template(
        "alarm_panel.html",
        line=line,
        alarm=found,
        problem=problem,
        words=ALARMS,
        in_words=in_words,
        note=request.form.get("note", ""),
    )
