"""What stands on a slip, said in the person's language. Only what is certain is told as certain."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import Held, holding, one
from hub.custody.facts.records import Fact
from hub.custody.legal import (
    HEARING,
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    RELEASE_REASONS,
    Hearing,
    LegalStatus,
)
from hub.custody.life.property import unreturned
from hub.custody.merging.reading import stays_with
from hub.custody.records import Booking
from hub.custody.sentencing.dates import BestKnown, Certainty, best_known
from hub.custody.sentencing.signing import explain
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE, clock_time
from hub.web.language import say_in

UNSENTENCED: Final = frozenset(
    {LegalStatus.REMAND, LegalStatus.CONVICTED_UNSENTENCED, LegalStatus.UNKNOWN, LegalStatus.OTHER}
)
MOST_REASONS: Final = 30
PROPERTY_SHOWN: Final = 60


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The lines of a slip by part, the first of each in large type; facts that they come from, by number."""

    court: tuple[str, ...]
    release: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    property: tuple[str, ...] = ()
    facts: tuple[int, ...] = ()


def content_of(session: Session, booking: Booking, language: str, at: datetime) -> Content:
    """The slip of a stay as things stand, in a language that pages are said in."""
    stays = stays_with(session, booking.id)
    hearing, past = _next_hearing(session, stays, at), _unanswered_hearing(session, stays, at)
    status = one(_held(session, stays, LEGAL_STATUS, at))
    waiting = status is None or status.value.status in UNSENTENCED
    release, reasons, told = _release(session, booking, stays, waiting=waiting, at=at)
    things = unreturned(session, booking.id)
    shown = [
        Sentence("%(count)s x %(what)s", {"count": held.value.count, "what": held.value.what})
        for held in things[:PROPERTY_SHOWN]
    ]
    if len(things) > PROPERTY_SHOWN:
        shown.append(Sentence("and %(count)s more things", {"count": len(things) - PROPERTY_SHOWN}))
    facts = [held.row.id for held in (hearing or past, status) if held is not None] + told
    facts += [held.row.id for held in things]
    return Content(
        court=_said(language, _court(hearing, past, waiting=waiting)),
        release=_said(language, release),
        reasons=_said(language, reasons[:MOST_REASONS]),
        property=_said(language, shown),
        facts=tuple(facts),
    )


def _court(hearing: Held[Hearing] | None, past: Held[Hearing] | None, *, waiting: bool) -> list[Sentence]:
    if hearing is None and past is not None:
        day = past.value.hearing_at.astimezone(SITE_ZONE).date()
        return [
            Sentence("Your court date was %(day)s.", {"day": day}),
            Sentence(
                "%(court)s: what the court said is not written down here yet.", {"court": past.value.court}
            ),
            Sentence("Ask for it, and for the next date, with the number of this slip."),
        ]
    if hearing is None:
        if waiting:
            return [
                Sentence("No court date is written down for you."),
                Sentence("The court has to set one. You may ask for it with the number of this slip."),
            ]
        return [Sentence("You have no court date.")]
    value = hearing.value
    when = value.hearing_at
    day = when.astimezone(SITE_ZONE).date()
    lines = [
        Sentence("%(day)s, %(time)s", {"day": day, "time": clock_time(when)}),
        Sentence("%(court)s: %(purpose)s", {"court": value.court, "purpose": value.purpose}),
    ]
    if value.video:
        lines.append(Sentence("By video: you stay here."))
    return lines


def _release(
    session: Session, booking: Booking, stays: tuple[int, ...], *, waiting: bool, at: datetime
) -> tuple[list[Sentence], list[Sentence], list[int]]:
    """What is told, its reasons, and the facts it comes from."""
    ordered = _held(session, stays, RELEASE_ORDER, at)
    if ordered:
        value = ordered[-1].value
        lines = [
            Sentence("There is an order that you are to be released."),
            Sentence(
                "%(reason)s, %(reference)s, of %(day)s",
                {
                    "reason": RELEASE_REASONS[value.reason],
                    "reference": value.reference,
                    "day": value.issued_on,
                },
            ),
            Sentence("It is being checked that no other order holds you."),
        ]
        return lines, [], [ordered[-1].row.id]
    today = at.astimezone(SITE_ZONE).date()
    found = best_known(session, booking.id, today=today)
    if found is None:
        return _without_sentence(session, stays, waiting=waiting, at=at)
    if found.certainty is Certainty.VERIFIED:
        told = explain(session, booking.id, today=today)
        steps = [] if told is None else [step for step in told.reckoned.steps if not step.heading]
        facts = sorted({fact for step in steps for fact in step.fact_ids})
        return _verified(found, today), [step.words for step in steps], facts
    return _not_verified(found), [], []


def _verified(found: BestKnown, today: date) -> list[Sentence]:
    if found.on is not None and found.on < today:
        return [
            Sentence("Your day to go out was %(day)s.", {"day": found.on}),
            Sentence("Two officers have signed this date."),
            Sentence("Say so at once to an officer or your lawyer, with the number of this slip."),
        ]
    lines = [
        Sentence("You go out on %(day)s.", {"day": found.on}),
        Sentence("Two officers have signed this date."),
    ]
    if found.parole_on is not None and found.parole_on <= today:
        lines.append(Sentence("You may ask for parole now: since %(day)s.", {"day": found.parole_on}))
    elif found.parole_on is not None:
        lines.append(Sentence("You may ask for parole from %(day)s on.", {"day": found.parole_on}))
    return lines


def _not_verified(found: BestKnown) -> list[Sentence]:
    if found.certainty is Certainty.NOT_LATER_THAN and found.on is not None and not found.blocked:
        return [
            Sentence("You are held not later than %(day)s.", {"day": found.on}),
            Sentence("It may be earlier: your date has not been signed by two officers yet."),
        ]
    if found.certainty is Certainty.NO_DATE and not found.blocked:
        return [
            Sentence("Your sentence has no date of release."),
            Sentence("Ask when it is looked at again, with the number of this slip."),
        ]
    return [
        Sentence("Your date is being reckoned."),
        Sentence("It is told to you when two officers have signed it. Ask if you hear nothing."),
    ]


def _without_sentence(
    session: Session, stays: tuple[int, ...], *, waiting: bool, at: datetime
) -> tuple[list[Sentence], list[Sentence], list[int]]:
    orders = _held(session, stays, ORDER, at)
    lines = [
        Sentence("The court has not decided yet how long you are held.")
        if waiting
        else Sentence("Your sentence is not written down yet. Ask for it with the number of this slip.")
    ]
    for held in orders:
        values = {"reference": held.value.reference, "day": held.value.expires_on}
        if held.value.expires_on is None:
            lines.append(Sentence("You are held on the order %(reference)s.", values))
        elif held.value.expires_on < at.astimezone(SITE_ZONE).date():
            lines.append(
                Sentence(
                    "The order %(reference)s ended on %(day)s. Say so at once to an officer or your lawyer.",
                    values,
                )
            )
        else:
            lines.append(Sentence("You are held on the order %(reference)s, which ends on %(day)s.", values))
    if not orders:
        lines.append(
            Sentence("No order to hold you is written down. Say so at once to an officer or your lawyer.")
        )
    return lines, [], [held.row.id for held in orders]


def _next_hearing(session: Session, stays: tuple[int, ...], at: datetime) -> Held[Hearing] | None:
    coming = [
        held
        for held in _held(session, stays, HEARING, None)
        if held.value.hearing_at > at and not held.value.outcome
    ]
    return min(coming, key=lambda held: held.value.hearing_at, default=None)


def _unanswered_hearing(session: Session, stays: tuple[int, ...], at: datetime) -> Held[Hearing] | None:
    """The last hearing that has passed, where nobody has written down what the court said."""
    gone = [held for held in _held(session, stays, HEARING, None) if held.value.hearing_at <= at]
    last = max(gone, key=lambda held: held.value.hearing_at, default=None)
    return None if last is None or last.value.outcome else last


def _held(session: Session, stays: tuple[int, ...], kind: Kind[V], at: datetime | None) -> list[Held[V]]:
    rows = session.scalars(select(Fact).where(Fact.booking_id.in_(stays), Fact.kind == kind.name)).all()
    return holding(kind, rows, effective_at=at)


def _said(language: str, lines: list[Sentence]) -> tuple[str, ...]:
    return tuple(say_in(language, line) for line in lines)
