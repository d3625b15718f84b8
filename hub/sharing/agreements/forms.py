"""What was typed into the form of an agreement, read into terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from werkzeug.datastructures import MultiDict

from hub.custody.facts.actions import FactFaultsError
from hub.sentences import Sentence
from hub.sharing.agreements.terms import ANSWERED_DAYS, Frequency, Grant, Shape, Terms
from hub.sharing.catalogue import PURPOSES, Exchange, PartnerKind, exchanges_with
from hub.web.routes import number_in

SLOTS: Final = len(PURPOSES)
"""For so many purposes at most one exchange can be agreed in the form."""
MORE: Final = "more"
"""Name of the buttons that ask for room for another purpose; the value is the exchange."""
_DAY: Final = Sentence("Write the day as in 2026-11-22.")
_LONGEST: Final = 500


def slot(exchange: str, place: int, what: str) -> str:
    """Name of an input of the form."""
    return f"g.{exchange}.{place}.{what}"


def typed_terms(form: MultiDict[str, str], kind: PartnerKind) -> Terms:
    """The terms that a form holds; FactFaultsError for what cannot be read at all."""
    faults: dict[str, Sentence] = {}
    days = {name: _day(form, name, faults) for name in ("starts_on", "review_on", "ends_on")}
    for name in ("starts_on", "review_on"):
        if days[name] is None:
            faults.setdefault(name, _DAY)
    starts_on, review_on = days["starts_on"], days["review_on"]
    if faults or starts_on is None or review_on is None:
        raise FactFaultsError(faults)

    def text(name: str) -> str:
        return form.get(name, "").strip()[:_LONGEST]

    return Terms(
        title=text("title"),
        our_party=text("our_party"),
        their_party=text("their_party"),
        legal_basis=text("legal_basis"),
        grants=tuple(_grants(form, kind)),
        shape=Shape(text("shape")) if text("shape") in set(Shape) else Shape.JSON,
        frequency=Frequency(text("frequency")) if text("frequency") in set(Frequency) else Frequency.AT_ONCE,
        retention_days=number_in(text("retention_days")),
        onward=form.get("onward") == "1",
        onward_terms=text("onward_terms"),
        correction_route=text("correction_route"),
        security=text("security"),
        breach_hours=number_in(text("breach_hours")),
        starts_on=starts_on,
        review_on=review_on,
        ends_on=days["ends_on"],
        withheld=tuple(one for one in form.getlist("withheld") if one in _names(kind)),
        withheld_basis=text("withheld_basis"),
        approvals=number_in(text("approvals")) if "approvals" in form else 1,
        smallest=number_in(text("smallest"), -1) if form.get("smallest", "").strip() else 0,
        answered_days=number_in(text("answered_days"), -1) if "answered_days" in form else ANSWERED_DAYS,
    )


def places(form: MultiDict[str, str], exchange: str) -> int:
    """How many purposes of an exchange the form shows: those that are filled, and one more where that was asked for."""
    filled = [
        place
        for place in range(SLOTS)
        if form.get(slot(exchange, place, "purpose")) or form.getlist(slot(exchange, place, "field"))
    ]
    asked = form.get(MORE) == exchange
    return min(SLOTS, max([*filled, -1]) + 1 + asked) or 1


def _grants(form: MultiDict[str, str], kind: PartnerKind) -> Iterator[Grant]:
    for exchange in exchanges_with(kind):
        for place in range(SLOTS):
            purpose = form.get(slot(exchange.name, place, "purpose"), "")
            fields = _ticked(form, exchange, place)
            if purpose or fields:
                events = form.getlist(slot(exchange.name, place, "event"))
                yield Grant(exchange.name, purpose, fields, tuple(e for e in exchange.events if e in events))


def _ticked(form: MultiDict[str, str], exchange: Exchange, place: int) -> tuple[str, ...]:
    ticked = set(form.getlist(slot(exchange.name, place, "field")))
    return tuple(name for name in exchange.names if name in ticked)


def _names(kind: PartnerKind) -> set[str]:
    return {one.name for one in exchanges_with(kind)}


def _day(form: MultiDict[str, str], name: str, faults: dict[str, Sentence]) -> date | None:
    raw = form.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        faults[name] = _DAY
        return None
