"""The page of orders and its parts in the control room's drawer: what is in force, who acts by it, and how to order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.movements.orders.actions import end, give
from hub.movements.orders.choosing import choices, spoken
from hub.movements.orders.standing import Reach, lingering, reaches
from hub.movements.orders.words import BY_HAND, KINDS, MEANINGS, REASONS
from hub.movements.records import Site
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.door import is_fragment, now, reading, writing
from hub.web.language import say_in
from hub.web.routes import Pages, number_in
from wire.orders import OrderKind

pages = Pages("orders", __name__, template_folder="templates")

_SITE: Final = "site:"


@pages.page("/orders", Permission.GIVE_ORDERS)
def orders() -> str:
    return _page(None)


@pages.page("/orders/standing", Permission.GIVE_ORDERS, watches=True)
def standing() -> str:
    with reading() as session:
        return render_template("orders_standing.html", **_standing(session))


@pages.page("/orders/new/<kind>", Permission.GIVE_ORDERS)
def new_order(kind: str) -> str:
    if kind not in BY_HAND:
        abort(404)
    return _form(OrderKind(kind), request.args.getlist("zone"), None)


@pages.page("/orders/<number>", Permission.GIVE_ORDERS, watches=True)
def one_order(number: str) -> str:
    return _one(number_in(number), None)


@pages.page("/orders", Permission.GIVE_ORDERS, methods=("POST",))
def give_order() -> Response | str | tuple[str, int]:
    form = request.form
    kind = form.get("kind", "")
    if kind not in BY_HAND:
        abort(400)
    try:
        with writing() as session:
            zones = _zones(session, form.get("scope", ""))
            asked_by = form.get("asked_by", "")
            number = give(
                session,
                OrderKind(kind),
                reason=_reason(),
                actor=acting(),
                now=now(),
                zones=zones,
                asked_by=asked_by,
            )
    except RefusedError as error:
        if is_fragment():
            return _form(OrderKind(kind), form.getlist("zones"), error.message), 400
        return _page(error.message), 400
    return _one(number, None) if is_fragment() else redirect(url_for("orders.orders"), 303)


@pages.page("/orders/<number>/end", Permission.END_ORDERS, methods=("POST",))
def end_order(number: str) -> Response | str | tuple[str, int]:
    found = number_in(number)
    if found == 0:
        abort(404)
    try:
        with writing() as session:
            end(session, found, reason=request.form.get("note", ""), actor=acting(), now=now())
    except RefusedError as error:
        status = 404 if error.code == "no_order" else 400
        return (_one(found, error.message) if is_fragment() else _page(error.message)), status
    return _one(found, None) if is_fragment() else redirect(url_for("orders.orders"), 303)


def _zones(session: Session, scope: str) -> list[str]:
    """Codes that the scope of the form means; empty for everywhere."""
    if scope == "zones":
        zones = request.form.getlist("zones")
        if not zones:
            raise RefusedError("no_zones", Sentence("Choose at least one zone, or the whole site."))
        return zones
    if not scope.startswith(_SITE):
        return []
    site = session.scalar(select(Site.id).where(Site.code == scope.removeprefix(_SITE)))
    if site is None:
        raise RefusedError("no_zones", Sentence("Choose at least one zone, or the whole site."))
    codes = [node.code for node in load(session).children(None, site)]
    if not codes:  # no zone at all would mean everywhere
        raise RefusedError("no_zones", Sentence("This site has no zones yet. Choose the whole site."))
    return codes


def _page(problem: Sentence | None) -> str:
    with reading() as session:
        return render_template(
            "orders.html",
            problem=problem,
            by_hand=BY_HAND,
            meanings=MEANINGS,
            reasons=REASONS,
            chosen=request.form.getlist("zones"),
            **choices(session),
            **_standing(session),
        )


def _form(kind: OrderKind, chosen: Collection[str], problem: Sentence | None) -> str:
    with reading() as session:
        return render_template(
            _template(),
            kind=kind,
            problem=problem,
            kinds=KINDS,
            meanings=MEANINGS,
            reasons=REASONS,
            chosen=chosen,
            **choices(session),
        )


def _one(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        shown = _standing(session)
    both = [*shown["reaches"], *shown["lingering"]]
    reach = next((one for one in both if one.order.number == number), None)
    return render_template(_template(), kind=None, reach=reach, problem=problem, **shown)


def _standing(session: Session) -> Mapping[str, Any]:
    found: list[Reach] = reaches(session, now())
    letting_go = {
        one.terminal for reach in found if reach.order.kind is OrderKind.EVACUATE for one in reach.terminals
    }

    def outranked(reach: Reach) -> int:
        """At how many of its gates an evacuation stands above it."""
        if reach.order.kind is OrderKind.EVACUATE or reach.ended is not None:
            return 0
        return sum(one.terminal in letting_go for one in reach.terminals)

    return {
        "reaches": found,
        "lingering": lingering(session, now()),
        "kinds": KINDS,
        "where": spoken(session),
        "outranked": outranked,
    }


def _reason() -> str:
    """The chosen reason in English, for the record, with the words that somebody added."""
    chosen = REASONS.get(request.form.get("reason", ""))
    parts = ["" if chosen is None else say_in("en", chosen), request.form.get("note", "").strip()]
    return ". ".join(part for part in parts if part)[:200]


def _template() -> str:
    return "order_panel.html" if is_fragment() else "order_page.html"
