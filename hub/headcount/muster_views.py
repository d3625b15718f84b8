"""Pages of musters: begin one, three lists that grow and shrink by themselves, and marking whom one sees."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.queries import person_by_number
from hub.headcount import muster, showing
from hub.headcount.records import Muster
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.routes import Pages

pages = Pages("musters", __name__, template_folder="templates")


@pages.page("/counts/musters", Permission.SEE_COUNTS)
def musters() -> str:
    return _list(None)


@pages.page("/counts/musters", Permission.RUN_COUNT, methods=("POST",))
def begin() -> Response | tuple[str, int]:
    zones = request.form.getlist("zones") if request.form.get("scope") == "zones" else []
    try:
        if request.form.get("scope") == "zones" and not zones:
            raise RefusedError("no_zone", Sentence("Choose the building from the list."))
        with writing() as session:
            number = muster.begin(session, zones, request.form.get("note", ""), actor=acting(), at=now()).id
    except RefusedError as error:
        return _list(error.message), 409
    return redirect(url_for("musters.one", number=number), 303)


@pages.page("/counts/musters/<int:number>", Permission.SEE_COUNTS)
def one(number: int) -> str:
    return _show(number, None)


@pages.page("/counts/musters/<int:number>/lists", Permission.SEE_COUNTS, watches=True)
def lists(number: int) -> str:
    with reading() as session:
        row = _muster(session, number)
        found = muster.lists(session, row, now())
    return render_template("muster_lists.html", muster=row, lists=found, shows_names=showing.shows_names())


@pages.page("/counts/musters/<int:number>/see", Permission.TAKE_COUNT, methods=("POST",))
def see(number: int) -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            row, person = _muster(session, number), person_by_number(session, form.get("person", "")[:16])
            if person is None:
                raise RefusedError("person", Sentence("Nobody has this number. Check it, or scan it again."))
            back = form.get("act") == "back"
            muster.see(session, row, person, form.get("place", ""), back=back, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("musters.one", number=number, place=form.get("place", "")[:120]), 303)


@pages.page("/counts/musters/<int:number>/end", Permission.RUN_COUNT, methods=("POST",))
def end(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            muster.end(
                session, _muster(session, number), request.form.get("note", ""), actor=acting(), at=now()
            )
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("musters.one", number=number), 303)


def _list(problem: Sentence | None) -> str:
    with reading() as session:
        rows = session.scalars(select(Muster).order_by(Muster.id.desc()).limit(100)).all()
        tree = load_tree(session)
        zones = [
            (zone.code, tree.path(zone.id)) for zone in tree.zones() if zone.kind not in ("OUTSIDE", "COURT")
        ]
    return render_template("musters.html", musters=rows, zones=zones, problem=problem, typed=request.form)


def _show(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        row = _muster(session, number)
        found = muster.lists(session, row, now())
        write_down(session, at=now(), actor=acting(), act="muster.look", subject=str(number))
    return render_template(
        "muster.html",
        muster=row,
        lists=found,
        shows_names=showing.shows_names(),
        problem=problem,
        typed=request.form,
        place=request.values.get("place", "")[:120],
    )


def _muster(session: Session, number: int) -> Muster:
    row = session.get(Muster, number)
    if row is None:
        abort(404)
    return row
