"""The page of orders: what is in force, who acts by it, and two presses to order more."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.movements.orders.actions import end, give
from hub.movements.orders.standing import reaches
from hub.movements.orders.words import BY_HAND, KINDS, MEANINGS, REASONS
from hub.movements.records import Zone
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.language import say_in
from hub.web.routes import Pages, number_in
from wire.orders import OrderKind

pages = Pages("orders", __name__, template_folder="templates")


@pages.page("/orders", Permission.GIVE_ORDERS)
def orders() -> str:
    return _page(None)


@pages.page("/orders/standing", Permission.GIVE_ORDERS, watches=True)
def standing() -> str:
    with reading() as session:
        found = reaches(session, now())
    return render_template("orders_standing.html", reaches=found, kinds=KINDS)


@pages.page("/orders", Permission.GIVE_ORDERS, methods=("POST",))
def give_order() -> Response | tuple[str, int]:
    form = request.form
    kind = form.get("kind", "")
    if kind not in BY_HAND:
        abort(400)
    zones = form.getlist("zones") if form.get("scope") == "zones" else []
    try:
        if form.get("scope") == "zones" and not zones:
            raise RefusedError("no_zones", Sentence("Choose at least one zone, or the whole site."))
        with writing() as session:
            give(session, OrderKind(kind), reason=_reason(), actor=acting(), now=now(), zones=zones)
    except RefusedError as error:
        return _page(error.message), 400
    return redirect(url_for("orders.orders"), 303)


@pages.page("/orders/<number>/end", Permission.END_ORDERS, methods=("POST",))
def end_order(number: str) -> Response | tuple[str, int]:
    if number_in(number) == 0:
        abort(404)
    try:
        with writing() as session:
            end(session, number_in(number), reason=request.form.get("note", ""), actor=acting(), now=now())
    except RefusedError as error:
        return _page(error.message), 404
    return redirect(url_for("orders.orders"), 303)


def _page(problem: Sentence | None) -> str:
    with reading() as session:
        found = reaches(session, now())
        zones = session.execute(select(Zone.code, Zone.name).order_by(Zone.id)).all()
    return render_template(
        "orders.html",
        reaches=found,
        zones=zones,
        problem=problem,
        kinds=KINDS,
        by_hand=BY_HAND,
        meanings=MEANINGS,
        reasons=REASONS,
    )


def _reason() -> str:
    """The chosen reason in English, for the record, with the words that somebody added."""
    chosen = REASONS.get(request.form.get("reason", ""))
    parts = ["" if chosen is None else say_in("en", chosen), request.form.get("note", "").strip()]
    return ". ".join(part for part in parts if part)[:200]
