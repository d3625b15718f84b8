"""What the courts said during an invented stay: the order, the charge, each date and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from hub.custody.hearing_outcomes import HearingOutcome
from hub.custody.legal import (
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    ORDER,
    Charge,
    Hearing,
    LegalStatus,
    OrderToHold,
    Status,
)
from hub.custody.rules import OrderKind
from hub.reception.seed.pen import Pen, at_hour, weekday
from hub.reception.seed.plan import Wrong

BETWEEN_HEARINGS: Final = 56
MOST_HEARINGS: Final = 11
_MOST_OF_THE_PAST: Final = 5
"""Of a stay that ended: old files were kept shorter."""
REMANDED_FOR_DAYS: Final = 28
"""How long the orders last that say when they end."""
_JUDGES: Final = ("Magistrate A. Vale", "Magistrate R. Moor", "Justice L. Quay", "Justice T. Fairbank")
_PURPOSES: Final = ("Mention", "Disclosure", "Trial", "Bail application", "Case management")
_NOT_BROUGHT: Final = ("No transport", "No escort", "Ill", "The court sent no list")
_ADMINISTRATIVE: Final = (
    LegalStatus.IMMIGRATION_DETAINEE,
    LegalStatus.CIVIL_PRISONER,
    LegalStatus.UNCONTROLLABLE_BEHAVIOUR_ORDER,
    LegalStatus.OTHER,
)
WAITING: Final = (LegalStatus.REMAND, LegalStatus.CONVICTED_UNSENTENCED)
_LEFT_OPEN: Final = (Wrong.NO_NEXT_DATE, Wrong.NO_OUTCOME, Wrong.LET_GO)


def first_status(pen: Pen) -> LegalStatus:
    """The status that somebody came in with: whoever is sentenced waited before, and so did the convicted."""
    stay = pen.stay
    waited = stay.is_sentenced or stay.status in (
        LegalStatus.INDETERMINATE_SENTENCE,
        LegalStatus.CONVICTED_UNSENTENCED,
    )
    return LegalStatus.REMAND if waited else stay.status


def reference_of_order(pen: Pen) -> str:
    """What stands on the paper that somebody came with."""
    return f"{'RO' if _kind(pen) is OrderKind.REMAND_ORDER else 'W'} {pen.case}"


def order(pen: Pen) -> int | None:
    """The order that somebody came with; None where there is none."""
    stay = pen.stay
    if stay.wrong is Wrong.NO_ORDER:
        return None
    value = OrderToHold(
        kind=_kind(pen),
        reference=reference_of_order(pen),
        issued_on=stay.admitted_on,
        expires_on=_expires_on(pen),
        court=pen.court,
        judge=pen.rng.choice(_JUDGES),
        named_surname="Somebody Else" if stay.wrong is Wrong.OTHER_NAME else "",
    )
    return pen.law(ORDER, value, stay.admitted_on, source=value.reference)


def _kind(pen: Pen) -> OrderKind:
    if pen.stay.status in _ADMINISTRATIVE:
        return OrderKind.WARRANT
    at_once = pen.stay.sentenced_on == pen.stay.admitted_on
    return OrderKind.COMMITTAL if at_once else OrderKind.REMAND_ORDER


def _expires_on(pen: Pen) -> date | None:
    stay, rng = pen.stay, pen.rng
    if stay.wrong is Wrong.ORDER_EXPIRED:
        return pen.today - timedelta(days=rng.randint(1, 5))
    if stay.wrong is Wrong.ORDER_ENDS_SOON:
        return pen.today + timedelta(days=rng.randint(1, 5))
    if stay.wrong is Wrong.NO_END or stay.status not in _ADMINISTRATIVE:
        return None
    # Orders of the authorities run for months and are renewed; the paper says until when.
    return (stay.released_on or pen.today) + timedelta(days=rng.randint(12, 80))


def charge(pen: Pen, of_order: int | None) -> int:
    """The charge; its outcome too, where there was one."""
    offence, stay = pen.stay.offence, pen.stay
    value = Charge(
        iccs=offence.iccs,
        offence=offence.words,
        statute=offence.statute,
        offence_on=stay.admitted_on - timedelta(days=pen.rng.randint(1, 40)),
        court=pen.court,
        case=pen.case,
        order=of_order,
    )
    item = pen.law(CHARGE, value, stay.admitted_on, source=pen.case)
    if stay.sentenced_on is not None:
        decided = replace(value, outcome="convicted", decided_on=stay.sentenced_on)
        pen.law(CHARGE, decided, stay.sentenced_on, source=pen.case, item=item)
    return item


def status(pen: Pen, legal: LegalStatus, on: date) -> None:
    """The legal status from a day on."""
    pen.law(LEGAL_STATUS, Status(status=legal), on, source=pen.case)


def hearings(pen: Pen, of_charge: int) -> None:
    """Every date before a court, with what came of it; whoever still waits has one to come."""
    stay, rng = pen.stay, pen.rng
    until = min(stay.sentenced_on or stay.released_on or pen.today, pen.today)
    waited = (until - stay.admitted_on).days
    every = max(BETWEEN_HEARINGS, waited // (MOST_HEARINGS if stay.is_open else _MOST_OF_THE_PAST))
    day, fixed_on = stay.admitted_on + timedelta(days=rng.randint(7, every)), stay.admitted_on
    day = weekday(day)
    last_day = until - timedelta(days=10) if stay.wrong in _LEFT_OPEN else until
    while day < last_day:
        _hearing(pen, of_charge, day, fixed_on, _outcome(pen))
        fixed_on, day = day, weekday(day + timedelta(days=every + rng.randint(-9, 9)))
    if stay.sentenced_on is not None and waited > 3:
        _hearing(
            pen, of_charge, stay.sentenced_on, min(fixed_on, stay.sentenced_on), HearingOutcome.SENTENCED
        )
    elif stay.is_open and stay.sentenced_on is None:
        _last(pen, of_charge, fixed_on)


def _outcome(pen: Pen) -> HearingOutcome:
    if pen.chance(0.07):
        return HearingOutcome.NOT_PRODUCED
    return HearingOutcome.REMANDED if pen.chance(0.6) else HearingOutcome.ADJOURNED


def _last(pen: Pen, of_charge: int, fixed_on: date) -> None:
    """The date to come, or what keeps it from standing in the diary."""
    wrong, rng = pen.stay.wrong, pen.rng
    if wrong is Wrong.NO_NEXT_DATE:
        return
    if wrong in (Wrong.NO_OUTCOME, Wrong.LET_GO):
        day = pen.today - timedelta(days=rng.randint(1, 4))
        outcome = HearingOutcome.DISCHARGED if wrong is Wrong.LET_GO else None
        _hearing(pen, of_charge, day - timedelta(days=max(0, day.weekday() - 4)), fixed_on, outcome)
        return
    coming = weekday(pen.today + timedelta(days=rng.randint(1, BETWEEN_HEARINGS)))
    _hearing(pen, of_charge, coming, fixed_on, None)


def _hearing(pen: Pen, of_charge: int, day: date, fixed_on: date, outcome: HearingOutcome | None) -> None:
    value = Hearing(
        court=pen.court,
        hearing_at=at_hour(day, pen.rng.choice((9, 9, 10, 13))),
        purpose="Sentence" if outcome is HearingOutcome.SENTENCED else pen.rng.choice(_PURPOSES),
        case=pen.case,
        charge=of_charge,
        video=pen.chance(0.2),
    )
    item = pen.law(HEARING, value, fixed_on, source=pen.case)
    if outcome is None:
        return
    brought = outcome is not HearingOutcome.NOT_PRODUCED
    why = "" if brought else pen.rng.choice(_NOT_BROUGHT)
    told = replace(value, outcome=outcome.value, produced=brought, not_produced_because=why)
    pen.law(HEARING, told, day, source=pen.case, item=item)
