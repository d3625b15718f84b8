"""Handing drawings in, and saying which shape is which zone and where checkpoints stand."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.movements.records import Site
from hub.movements.site.forms import Everything
from hub.movements.site.holding import everything
from hub.movements.site.plans.cleaning import MOST_BYTES
from hub.movements.site.plans.keeping import hand_in, place, take_down, tie
from hub.movements.site.plans.reading import PlanView, drawn, plan
from hub.movements.site.words import LEFT_OUT
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in

pages = Pages("site_plans", __name__, template_folder="templates")


@pages.page("/site/plan", Permission.EDIT_SITE)
def new_plan() -> str:
    return _hand_in(None)


@pages.page("/site/plan", Permission.EDIT_SITE, methods=("POST",), max_bytes=MOST_BYTES + 64 * 1024)
def add_plan() -> Response | tuple[str, int] | str:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _hand_in(Sentence("Choose the drawing first: an SVG file.")), 400
    raw = file.stream.read(MOST_BYTES + 1)
    try:
        with writing() as session:
            made, drawing = hand_in(
                session,
                request.form.get("site", ""),
                request.form.get("floor", ""),
                raw,
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _hand_in(error.message), 409
    if not drawing.left_out:
        return redirect(url_for("site_plans.plan_page", number=made.id), 303)
    return _show(made.id, None, left_out=drawing.left_out)


@pages.page("/site/plans/<int:number>", Permission.SEE_TERMINALS)
def plan_page(number: int) -> str:
    return _show(number, None)


@pages.page("/site/plans/<int:number>/tie", Permission.EDIT_SITE, methods=("POST",))
def tie_shape(number: int) -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            tie(session, number, form.get("shape", ""), form.get("zone") or None, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("site_plans.plan_page", number=number, shape=form.get("shape", "")), 303)


@pages.page("/site/plans/<int:number>/spot", Permission.EDIT_SITE, methods=("POST",))
def place_checkpoint(number: int) -> Response | tuple[str, int]:
    form = request.form
    spot = None
    if form.get("act") != "remove":
        spot = (number_in(form.get("x", ""), none=-1), number_in(form.get("y", ""), none=-1))
    try:
        with writing() as session:
            place(session, number, form.get("checkpoint", ""), spot, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("site_plans.plan_page", number=number), 303)


@pages.page("/site/plans/<int:number>/take-down", Permission.EDIT_SITE, methods=("POST",))
def remove_plan(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            take_down(session, number, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("site.overview"), 303)


def _hand_in(problem: Sentence | None) -> str:
    with reading() as session:
        sites = list(everything(session).sites.values())
    return render_template(
        "site_plan_new.html",
        problem=problem,
        sites=[(site.code, site.name) for site in sites],
        typed=request.form or request.args,
        max_bytes=MOST_BYTES,
    )


def _show(number: int, problem: Sentence | None, *, left_out: Any = None) -> str:
    with reading() as session:
        view = plan(session, number)
        if view is None:
            abort(404)
        held = everything(session)
        site = _site_code(session, view)
    return render_template(
        "site_plan.html",
        view=view,
        drawing=drawn(view.drawing),
        site=held.sites[site],
        zones=_zones(held, site),
        checkpoints=_checkpoints(held, site, view),
        names={zone.code: zone.name for zone in held.zones.values()},
        chosen=request.args.get("shape", "") or request.form.get("shape", ""),
        problem=problem,
        left_out={name: (LEFT_OUT.get(name), count) for name, count in (left_out or {}).items()},
    )


def _zones(held: Everything, site: str) -> list[tuple[str, str]]:
    zones = [zone for zone in held.zones.values() if zone.site == site and not zone.closed]
    return [(zone.code, zone.name) for zone in sorted(zones, key=lambda one: one.sort)]


def _checkpoints(held: Everything, site: str, view: PlanView) -> list[tuple[str, str]]:
    return [
        (one.code, f"{one.name} \u2713" if one.code in view.spots else one.name)
        for one in held.checkpoints.values()
        if not one.closed and held.site_of(one.to_zone) == site
    ]


def _site_code(session: Session, view: PlanView) -> str:
    return session.scalars(select(Site.code).where(Site.id == view.site_id)).one()
