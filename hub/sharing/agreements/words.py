"""Terms in words, one line for each, and what changes from one version to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.sentences import Sentence
from hub.sharing.agreements.records import Act
from hub.sharing.agreements.terms import FREQUENCIES, SHAPES, Grant, Terms
from hub.sharing.catalogue import EXCHANGES, PURPOSES, Direction

LABELS: Final = {
    "title": Sentence("Title"),
    "our_party": Sentence("For the prison"),
    "their_party": Sentence("For the agency"),
    "legal_basis": Sentence("Legal basis"),
    "shape": Sentence("Form of messages"),
    "frequency": Sentence("How often"),
    "retention_days": Sentence("They may keep it for, in days"),
    "onward": Sentence("They may pass it on"),
    "onward_terms": Sentence("To whom and for what"),
    "correction_route": Sentence("Whom to tell when something is wrong"),
    "security": Sentence("How it is protected"),
    "breach_hours": Sentence("A breach is told within, in hours"),
    "starts_on": Sentence("Starts"),
    "review_on": Sentence("To be reviewed by"),
    "ends_on": Sentence("Last day"),
    "withheld_basis": Sentence("Law by which the person is not told"),
    "approvals": Sentence("Officers here who approve each request by finger"),
    "answered_days": Sentence("After a release they are still answered for, in days"),
    "smallest": Sentence("Numbers of people are told from"),
}
ACTS: Final = {
    Act.SIGNED: Sentence("signed"),
    Act.REFUSED: Sentence("refused it"),
    Act.SUSPENDED: Sentence("suspended it"),
    Act.LIFTED: Sentence("signed that the suspension ends"),
    Act.ENDED: Sentence("signed that it ends"),
}
DIRECTIONS: Final = {Direction.OUT: Sentence("leaves"), Direction.IN: Sentence("comes in")}
YES, NO, OPEN = Sentence("Yes"), Sentence("No"), Sentence("until it is ended")
WITHHELD: Final = Sentence("The person is not told of")


@dataclass(frozen=True)
class Line:
    """One term; `values` are words, days and figures, to be said one after the other."""

    label: Sentence
    values: tuple[Sentence | date | int | str, ...]


@dataclass(frozen=True)
class GrantLine:
    """What is agreed of one exchange for one purpose, in words."""

    exchange: Sentence
    direction: Sentence
    purpose: Sentence
    fields: tuple[Sentence, ...]
    pushed: bool


@dataclass(frozen=True)
class Difference:
    """What a version says otherwise than the one before; empty where one of them says nothing."""

    label: Sentence
    purpose: Sentence | None
    before: tuple[Sentence | date | int | str, ...]
    after: tuple[Sentence | date | int | str, ...]


def lines_of(terms: Terms) -> list[Line]:
    """Every term but the grants, in the order of the form."""
    return [Line(label, _values(terms, name)) for name, label in LABELS.items() if _values(terms, name)] + (
        [Line(WITHHELD, tuple(_label(name) for name in terms.withheld))] if terms.withheld else []
    )


def grants_of(terms: Terms) -> list[GrantLine]:
    """What is agreed, exchange by exchange."""
    return [
        GrantLine(
            _label(grant.exchange),
            DIRECTIONS[EXCHANGES[grant.exchange].direction],
            PURPOSES[grant.purpose],
            _fields(grant),
            bool(grant.events),
        )
        for grant in terms.grants
        if grant.exchange in EXCHANGES and grant.purpose in PURPOSES
    ]


def differences(before: Terms | None, after: Terms) -> list[Difference]:
    """What `after` says otherwise; of a first version there is nothing to compare with."""
    return [] if before is None else [*_of_terms(before, after), *_of_grants(before, after)]


def _of_terms(before: Terms, after: Terms) -> Iterator[Difference]:
    old = {line.label.text: line for line in lines_of(before)}
    new = {line.label.text: line for line in lines_of(after)}
    for text in dict.fromkeys([*old, *new]):
        was, will = old.get(text), new.get(text)
        one = was or will
        if one is not None and (was is None or will is None or was.values != will.values):
            gone, come = () if was is None else was.values, () if will is None else will.values
            yield Difference(one.label, None, gone, come)


def _of_grants(before: Terms, after: Terms) -> Iterator[Difference]:
    old = {(grant.exchange, grant.purpose): grant for grant in before.grants}
    new = {(grant.exchange, grant.purpose): grant for grant in after.grants}
    for key in dict.fromkeys([*old, *new]):
        was, will = old.get(key), new.get(key)
        gone = () if was is None else tuple(f for f in _said(was) if will is None or f not in _said(will))
        come = () if will is None else tuple(f for f in _said(will) if was is None or f not in _said(was))
        if gone or come:
            yield Difference(_label(key[0]), PURPOSES.get(key[1]), gone, come)


def _said(grant: Grant) -> tuple[Sentence, ...]:
    sent = (Sentence("sent as it happens"),) if grant.events else ()
    return (*_fields(grant), *sent)


def _fields(grant: Grant) -> tuple[Sentence, ...]:
    exchange = EXCHANGES[grant.exchange]
    return tuple(one.label for one in exchange.fields if one.name in grant.fields)


def _label(exchange: str) -> Sentence:
    known = EXCHANGES.get(exchange)
    return Sentence("%(code)s", {"code": exchange}) if known is None else known.label


def _values(terms: Terms, name: str) -> tuple[Sentence | date | int | str, ...]:
    value = getattr(terms, name)
    if name == "shape":
        return (SHAPES[value],)
    if name == "frequency":
        return (FREQUENCIES[value],)
    if name == "onward":
        return (YES if value else NO,)
    if name == "ends_on" and value is None:
        return (OPEN,)
    if (name == "approvals" and not terms.by_finger) or (name == "answered_days" and not terms.answered):
        return ()
    if name == "smallest" and not (terms.counted and value):
        return ()
    return () if value == "" else (value,)
