"""Visits: who may visit somebody, what was booked, and what came of it. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import Statement, newest, state
from hub.custody.facts.kinds import Field, Form, Kind, Per
from hub.custody.facts.reading import Held, holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.life.links import linking
from hub.custody.life.visitors import Visitor, visitors
from hub.custody.records import Booking, Person
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, clock_time

MOST_VISITORS: Final = 8
_FARTHEST: Final = timedelta(days=366)


class VisitKind(StrEnum):
    """Whose visit it is: a lawyer's or consul's is nobody's privilege to take away."""

    FAMILY = "family"
    FRIEND = "friend"
    LEGAL = "legal"
    CONSULAR = "consular"
    RELIGIOUS = "religious"
    OFFICIAL = "official"


VISIT_KINDS: Final = {
    VisitKind.FAMILY: Sentence("Family"),
    VisitKind.FRIEND: Sentence("Friend"),
    VisitKind.LEGAL: Sentence("Lawyer"),
    VisitKind.CONSULAR: Sentence("Consulate"),
    VisitKind.RELIGIOUS: Sentence("Religious"),
    VisitKind.OFFICIAL: Sentence("Official"),
}


class VisitOutcome(StrEnum):
    """What came of a visit."""

    TOOK_PLACE = "took_place"
    ENDED_EARLY = "ended_early"
    NOT_COME = "not_come"
    PERSON_DECLINED = "person_declined"
    TURNED_AWAY = "turned_away"
    CANCELLED = "cancelled"


VISIT_OUTCOMES: Final = {
    VisitOutcome.TOOK_PLACE: Sentence("Took place"),
    VisitOutcome.ENDED_EARLY: Sentence("Ended early"),
    VisitOutcome.NOT_COME: Sentence("The visitor did not come"),
    VisitOutcome.PERSON_DECLINED: Sentence("The person did not want it"),
    VisitOutcome.TURNED_AWAY: Sentence("The visitor was turned away"),
    VisitOutcome.CANCELLED: Sentence("Cancelled"),
}
_EXPLAINED: Final = frozenset({VisitOutcome.ENDED_EARLY, VisitOutcome.TURNED_AWAY, VisitOutcome.CANCELLED})


class MayVisit(Form, frozen=True):
    """A visitor whom the person wants to see, and what they are to each other."""

    visitor: str
    relation: str


class Visit(Form, frozen=True):
    """One visit. `outcome` is empty until it is over."""

    visitors: tuple[str, ...]
    visit_at: datetime
    sort: VisitKind = VisitKind.FAMILY
    minutes: int = 30
    place: str = ""
    outcome: str = ""
    outcome_reason: str = ""


VISITOR_OF: Final = Kind(
    name="visitor_of",
    form=MayVisit,
    words=Sentence("Visitor"),
    say=lambda value: Sentence(
        "%(number)s, %(relation)s", {"number": value.visitor, "relation": value.relation}
    ),
    fields=(
        Field("visitor", Sentence("Visitor's number"), required=True, longest=16),
        Field("relation", Sentence("What they are to each other"), required=True, longest=80),
    ),
    many=True,
    by_hand=False,
    record=Permission.RECORD_UNIT_LIFE,
    project=linking("visitor_of", MayVisit, lambda value: [value.visitor]),
)


def _say(value: Visit) -> Sentence:
    outcome = VISIT_OUTCOMES[VisitOutcome(value.outcome)] if value.outcome else Sentence("booked")
    return Sentence(
        "%(sort)s, %(time)s: %(outcome)s",
        {"sort": VISIT_KINDS[value.sort], "time": clock_time(value.visit_at), "outcome": outcome},
    )


VISIT: Final = Kind(
    name="visit",
    form=Visit,
    words=Sentence("Visit"),
    say=_say,
    many=True,
    per=Per.BOOKING,
    whole_days=False,
    by_hand=False,
    record=Permission.RECORD_UNIT_LIFE,
    project=linking("visit", Visit, lambda value: value.visitors),
)


def visitors_of(
    session: Session, person_ids: Collection[int], *, known_at: datetime | None = None
) -> list[Held[MayVisit]]:
    """Whom somebody wants to see."""
    return holding(VISITOR_OF, rows_of(session, person_ids, VISITOR_OF), known_at=known_at)


def visits_of(
    session: Session, person_ids: Collection[int], *, known_at: datetime | None = None
) -> list[Held[Visit]]:
    """Visits of somebody, booked and past, the latest first."""
    held = holding(VISIT, rows_of(session, person_ids, VISIT), known_at=known_at)
    return sorted(held, key=lambda one: one.value.visit_at, reverse=True)


def allow_visitor(session: Session, person: Person, value: MayVisit, *, actor: Actor, at: datetime) -> Fact:
    """Put a visitor of the register on somebody's list; RefusedError for one who stands on it, or is not known."""
    found = visitors(session, [value.visitor])
    if not found:
        raise RefusedError("no_visitor", Sentence("There is no visitor with this number."))
    if not value.relation.strip():
        raise RefusedError("no_relation", Sentence("Write what the two are to each other."))
    if value.visitor in {one.value.visitor for one in visitors_of(session, [person.id])}:
        raise RefusedError("listed_already", Sentence("This visitor stands on the person's list already."))
    return state(session, person.id, Statement(VISITOR_OF, value, at), actor=actor, at=at)


def book_visit(
    session: Session, booking: Booking, person: Person, value: Visit, *, actor: Actor, at: datetime
) -> Fact:
    """Book a visit. RefusedError with its reason for a banned visitor, and for children without a grown-up."""
    _check_time(value, booking, at)
    found = visitors(session, value.visitors)
    if not value.visitors or len(found) != len(set(value.visitors)) or len(found) > MOST_VISITORS:
        raise RefusedError("no_visitor", Sentence("Choose whoever comes from the person's list, at most 8."))
    check_admissible(found, person.number, value.visit_at.astimezone(SITE_ZONE).date())
    for one in visits_of(session, [booking.person_id]):
        if one.value.visit_at == value.visit_at and not one.value.outcome:
            raise RefusedError("visit_booked", Sentence("The person has a visit at this time already."))
    statement = Statement(VISIT, value, value.visit_at, booking_id=booking.id)
    return state(session, booking.person_id, statement, actor=actor, at=at)


def close_visit(
    session: Session,
    held: Held[Visit],
    person: Person,
    outcome: VisitOutcome,
    reason: str,
    *,
    actor: Actor,
    at: datetime,
) -> Fact:
    """Say what came of a visit. A visitor banned since it was booked can only be turned away."""
    if held.value.outcome:
        raise RefusedError(
            "visit_over",
            Sentence("Somebody wrote down already what came of this visit. Load the page again."),
        )
    if outcome in _EXPLAINED and not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    if outcome in (VisitOutcome.TOOK_PLACE, VisitOutcome.ENDED_EARLY):
        if held.value.visit_at > at:
            raise RefusedError("visit_to_come", Sentence("This visit is still to come."))
        day = held.value.visit_at.astimezone(SITE_ZONE).date()
        check_admissible(visitors(session, held.value.visitors), person.number, day)
    value = replace(held.value, outcome=outcome.value, outcome_reason=reason.strip()[:300])
    row = held.row
    statement = Statement(VISIT, value, row.effective_at, booking_id=row.booking_id)
    seen = max(row.id, newest(session, row.person_id, VISIT.name, held.item))
    return state(session, row.person_id, statement, actor=actor, at=at, item=held.item, seen=seen)


def check_admissible(coming: list[Visitor], person_number: str, day: date) -> None:
    """RefusedError for a visitor banned on that day, with the reason for the officer, and for children alone."""
    for one in coming:
        ban = one.ban_on(day, person_number)
        if ban is not None:
            raise RefusedError(
                "visitor_banned",
                Sentence(
                    "%(number)s may not visit: %(reason)s (%(authority)s). "
                    "Turn the visitor away, or have the ban lifted first.",
                    {"number": one.number, "reason": ban.reason, "authority": ban.authority},
                ),
            )
    if coming and all(one.is_child(day) for one in coming):
        raise RefusedError(
            "children_alone",
            Sentence("Children come with a grown-up. Add the one who brings them to the visit."),
        )


def _check_time(value: Visit, booking: Booking, at: datetime) -> None:
    if booking.released_at is not None:
        raise RefusedError("stay_ended", Sentence("The person is not held any more. Nothing can be booked."))
    if value.visit_at.astimezone(SITE_ZONE).date() < at.astimezone(SITE_ZONE).date():
        raise RefusedError("visit_past", Sentence("This day has passed. Book a visit for today or later."))
    if value.visit_at > at + _FARTHEST:
        raise RefusedError("visit_far", Sentence("Book a visit for a day within a year. Check the year."))
    if not 5 <= value.minutes <= 480:
        raise RefusedError("visit_length", Sentence("Write how long it may take, 5 to 480 minutes."))
