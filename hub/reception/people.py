"""The file of somebody. Each look is written down."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.languages import LANGUAGES, set_language
from hub.custody.queries import person_by_number
from hub.reception.file.page import show
from hub.reception.file.subject import actor, person_of
from hub.reception.lines import zone_names
from hub.reception.whereabouts import trail_today
from hub.reception.words import DECISIONS, RULES, in_words
from hub.web.door import now, visitor, writing
from hub.web.routes import Pages

pages = Pages("people", __name__, template_folder="templates")


@pages.page("/people/<number>", Permission.SEE_PEOPLE)
def file(number: str) -> str:
    return show(number)


@pages.page("/people/<number>/passages", Permission.SEE_PEOPLE)
def passages(number: str) -> str:
    """What terminals saw of somebody today: a part of the file that is asked for when it is opened."""
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="person.passages", subject=person.number)
        trail = trail_today(session, person.number, now())
        names = zone_names(session)
    return render_template(
        "passages.html",
        person=person,
        trail=trail,
        zone_names=names,
        decisions=DECISIONS,
        rules=RULES,
        in_words=in_words,
        part=request.headers.get("X-Fragment") == "1",
    )


@pages.page("/people/<number>/language", Permission.ADMIT_PEOPLE, methods=("POST",))
def language(number: str) -> Response:
    chosen = request.form.get("language", "")
    with writing() as session:
        person = person_by_number(session, number)
        if person is None or chosen not in LANGUAGES:
            abort(404)
        set_language(session, person.id, chosen, at=now(), by=visitor().login)
        write_down(session, at=now(), actor=actor(), act="person.language", subject=person.number)
    return redirect(url_for("people.file", number=person.number), 303)
