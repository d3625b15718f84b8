"""The file of somebody. Each look is written down."""

from __future__ import annotations

from datetime import date

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.languages import LANGUAGES, set_language
from hub.custody.queries import person_by_number
from hub.movements.site.tree import load
from hub.movements.whereabouts.trail import days_of, trail, zones_in
from hub.movements.whereabouts.words import DOUBTS, SOURCES
from hub.reception.file.page import show
from hub.reception.file.subject import actor, person_of
from hub.reception.words import DECISIONS, RULES, in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.known import known_at, known_on, site_today
from hub.web.routes import Pages

pages = Pages("people", __name__, template_folder="templates")


@pages.page("/people/<number>", Permission.SEE_PEOPLE)
def file(number: str) -> str:
    return show(number)


@pages.page("/people/<number>/passages", Permission.SEE_PEOPLE)
def passages(number: str) -> str:
    """What was seen of somebody on a day; of today it is a part of the file that is asked for when it is opened."""
    known, day = known_at(), _day()
    with writing() as session:
        person = person_of(session, number)
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="person.passages",
            subject=person.number,
            detail=day.isoformat(),
        )
        lines = trail(session, person.id, day, now=now(), known_at=known)
        before, after = days_of(session, person.id, day)
        tree = load(session)
        paths = {zone: tree.path(zone) for zone in zones_in(lines)}
    return render_template(
        "passages.html",
        person=person,
        trail=lines,
        day=day,
        before=before,
        after=after,
        known_on=known_on(),
        paths=paths,
        sources=SOURCES,
        doubt_words=DOUBTS,
        decisions=DECISIONS,
        rules=RULES,
        in_words=in_words,
        part=request.headers.get("X-Fragment") == "1",
    )


def _day() -> date:
    text = request.args.get("day", "").strip()
    if not text:
        return site_today()
    try:
        return min(date.fromisoformat(text), site_today())
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None


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
