"""The register of visitors: who they are, and whom they may not visit."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.life import visitors
from hub.custody.life.links import held_by_target
from hub.custody.life.visitors import Ban
from hub.custody.life.visits import VISITOR_OF
from hub.custody.queries import names, person_by_number
from hub.reception.file.subject import actor
from hub.reception.life import typed
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages, number_in

pages = Pages("visitors", __name__, template_folder="templates")


@pages.page("/visitors", Permission.RECORD_UNIT_LIFE)
def register() -> str:
    search = request.args.get("q", "").strip()[:80]
    with writing() as session:
        found = visitors.find_visitors(session, search)
        write_down(session, at=now(), actor=actor(), act="visitors.list", detail=f"{len(found)} found")
    day = now().astimezone(SITE_ZONE).date()
    return render_template("life/visitors.html", found=found[:100], total=len(found), search=search, day=day)


@pages.page("/visitors/<visitor_number>", Permission.RECORD_UNIT_LIFE)
def one(visitor_number: str) -> str:
    return _show(visitor_number, None)


@pages.page("/visitors/<visitor_number>", Permission.DECIDE_SANCTIONS, methods=("POST",))
def act(visitor_number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _act(session, visitor_number)
    except RefusedError as error:
        return _show(visitor_number, error.message), 400
    return redirect(url_for("visitors.one", visitor_number=visitor_number), 303)


@pages.page("/visitors/<visitor_number>/who", Permission.RECORD_UNIT_LIFE, methods=("POST",))
def correct(visitor_number: str) -> Response | tuple[str, int]:
    """Whoever registers visitors puts right what was written wrongly."""
    seen, at = number_in(request.form.get("seen", "")), now()
    try:
        with writing() as session:
            if visitors.visitor(session, visitor_number) is None:
                abort(404)
            visitors.correct_visitor(
                session,
                visitor_number,
                typed.visitor(),
                at.astimezone(SITE_ZONE).date(),
                reason=typed.text("reason"),
                seen=seen,
                actor=actor(),
                at=at,
            )
    except RefusedError as error:
        return _show(visitor_number, error.message), 400
    return redirect(url_for("visitors.one", visitor_number=visitor_number), 303)


def _act(session: Session, number: str) -> None:
    form, at, who = request.form, now(), actor()
    seen = number_in(form.get("seen", ""))
    match form.get("act"):
        case "ban":
            person = typed.text("person", 16).upper()
            if person and person_by_number(session, person) is None:
                raise RefusedError(
                    "no_person", Sentence("There is no person with this number. Check it on the file.")
                )
            wanted = Ban(
                reason=typed.text("reason"),
                authority=typed.text("authority", 80),
                from_on=typed.day("from_on") or at.astimezone(SITE_ZONE).date(),
                until_on=typed.day("until_on"),
                person=person,
            )
            visitors.ban(session, number, wanted, seen=seen, actor=who, at=at)
        case "lift":
            step = number_in(form.get("step", ""))
            visitors.lift_ban(session, number, step, typed.text("reason"), seen=seen, actor=who, at=at)
        case _:
            abort(400)


def _show(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        found = visitors.visitor(session, number)
        if found is None:
            abort(404)
        write_down(session, at=now(), actor=actor(), act="visitor.look", subject=found.number)
        visiting = held_by_target(session, VISITOR_OF, [found.number])
        people = names(session, {each.row.person_id for each in visiting})
        history = visitors.history(session, found.id)
    return render_template(
        "life/visitor.html",
        it=found,
        visiting=visiting,
        people=people,
        history=history,
        day=now().astimezone(SITE_ZONE).date(),
        decides=visitor().may(Permission.DECIDE_SANCTIONS),
        problem=problem,
        typed=request.form,
    )
