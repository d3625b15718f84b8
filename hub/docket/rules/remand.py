"""Somebody waiting for a court: is there a next date, did the last one have an outcome, how long has it been?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from hub.custody.hearing_outcomes import HearingOutcome
from hub.custody.legal import CHARGE, HEARING, LEGAL_STATUS, Hearing, LegalStatus
from hub.docket.limits import NO_NEXT_DATE_DAYS, REMAND_DAYS, Limits
from hub.docket.rules.base import Band, Check, Doubt, since
from hub.docket.snapshot import Known, Snapshot
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

WAITING: Final = frozenset({LegalStatus.REMAND, LegalStatus.CONVICTED_UNSENTENCED})
"""Whoever waits for a court's next word."""
GOES_ON: Final = frozenset(
    {HearingOutcome.REMANDED, HearingOutcome.ADJOURNED, HearingOutcome.CONVICTED, HearingOutcome.NOT_PRODUCED}
)
"""Outcomes after which a case needs another date."""


def waiting_since(snapshot: Snapshot, statuses: frozenset[LegalStatus] = WAITING) -> datetime | None:
    """Since when the person has been in `statuses` without a break in this stay; None while in another."""
    start: datetime | None = None
    for held in reversed(snapshot.statuses):
        if held.value.status not in statuses:
            break
        start = held.effective_at
    return start


def _no_next_date(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    start = waiting_since(snapshot)
    if start is None:
        return
    open_dates = [held for held in snapshot.of(HEARING) if not held.value.outcome]
    if open_dates:  # to come, or passed without outcome: that is the other check's
        yield from _without_date(snapshot, open_dates, limits)
        return
    times = [held.value.hearing_at for held in snapshot.of(HEARING)]
    doubtful_since = max([start, *times])
    if snapshot.at - doubtful_since < limits.days(NO_NEXT_DATE_DAYS):
        return
    yield Doubt(
        doubtful_since,
        Sentence("Waiting for a court, and no next court date is on file."),
        rows=(snapshot.statuses[-1].row, *(held.row for held in snapshot.of(HEARING))),
        limits=(NO_NEXT_DATE_DAYS,),
    )


def _without_date(snapshot: Snapshot, open_dates: list[Known[Hearing]], limits: Limits) -> Iterator[Doubt]:
    """A date in one case says nothing about another one that goes on."""
    dated = {_case(held) for held in open_dates}
    if "" in dated:
        return  # it may be for any case
    decided = {held.item for held in snapshot.of(CHARGE) if held.value.outcome}
    newest = {
        _case(held): held for held in sorted(snapshot.of(HEARING), key=lambda one: one.value.hearing_at)
    }
    for case, held in newest.items():
        over = held.value.outcome not in GOES_ON or held.value.charge in decided
        if case in dated or not case or over:
            continue
        if snapshot.at - held.value.hearing_at < limits.days(NO_NEXT_DATE_DAYS):
            continue
        yield Doubt(
            held.value.hearing_at,
            Sentence(
                "Case %(case)s goes on, and no next court date of it is on file.", {"case": held.value.case}
            ),
            held.item,
            (held.row,),
            (NO_NEXT_DATE_DAYS,),
        )


def _case(held: Known[Hearing]) -> str:
    return held.value.case.casefold().strip()


def _no_outcome(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    for held in snapshot.of(HEARING):
        if held.value.outcome or (day := _day(held.value.hearing_at)) >= snapshot.today:
            continue
        yield Doubt(
            since(day + timedelta(days=1)),
            Sentence("The court date of %(hearing_on)s at %(court)s has passed without a recorded outcome.",
                     {"hearing_on": day, "court": held.value.court}),
            held.item,
            (held.row,),
        )  # fmt: skip


def _too_long(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    start = waiting_since(snapshot, frozenset({LegalStatus.REMAND}))
    if start is None:
        return
    ends_at = start + limits.days(REMAND_DAYS)
    if snapshot.at <= ends_at:
        return
    yield Doubt(
        ends_at,
        Sentence("On remand since %(since_on)s; the limit is %(limit)s days.",
                 {"since_on": _day(start), "limit": limits.number(REMAND_DAYS)}),
        rows=(snapshot.statuses[-1].row,),
        limits=(REMAND_DAYS,),
    )  # fmt: skip


def _past_sentence(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    start = waiting_since(snapshot)
    charges = [held for held in snapshot.of(CHARGE) if not held.value.outcome]
    if start is None or not charges:
        return
    named = [(limits.longest_for(held.value.iccs), held) for held in charges]
    longest = max(named, key=lambda pair: limits.number(pair[0]) if pair[0] else 10**9)
    name, charge = longest
    if name is None or snapshot.at <= start + limits.days(name):
        return
    yield Doubt(
        start + limits.days(name),
        Sentence("Waiting since %(since_on)s; the longest plausible sentence for %(offence)s is %(limit)s days.",
                 {"since_on": _day(start), "offence": charge.value.offence, "limit": limits.number(name)}),
        rows=(snapshot.statuses[-1].row, *(held.row for held in charges)),
        limits=(name,),
    )  # fmt: skip


def _day(at: datetime) -> date:
    return at.astimezone(SITE_ZONE).date()


CHECKS: Final = (
    Check(
        "no_next_date",
        Sentence("No next court date"),
        Sentence("Ask the court for the next date and write it into the diary."),
        Band.LIBERTY, 48, _no_next_date, (LEGAL_STATUS, HEARING, CHARGE), needs=(LEGAL_STATUS,),
    ),
    Check(
        "no_outcome",
        Sentence("Court date passed without outcome"),
        Sentence("Ask the court what was decided and enter the outcome from the diary."),
        Band.LIBERTY, 24, _no_outcome, (HEARING,), needs=(HEARING,),
    ),
    Check(
        "remand_too_long",
        Sentence("Remand past the limit"),
        Sentence("Tell the court and the lawyer in writing, and ask for a date or for bail."),
        Band.LIBERTY, 72, _too_long, (LEGAL_STATUS,), needs=(LEGAL_STATUS,),
    ),
    Check(
        "remand_past_sentence",
        Sentence("Waited longer than any sentence"),
        Sentence("Tell the court and the director today: no sentence is likely to be longer than what was waited."),
        Band.LIBERTY, 24, _past_sentence, (LEGAL_STATUS, CHARGE), needs=(CHARGE,),
    ),
)  # fmt: skip
