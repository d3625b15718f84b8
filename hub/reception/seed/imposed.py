"""Sentences of the invented prison: terms, fines in default, what remand counts for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hub.custody.legal import ORDER, UNFIT_REVIEW, LegalStatus, OrderToHold, UnfitReview
from hub.custody.rules import OrderKind
from hub.custody.sentencing.forms import (
    ADJUSTMENT,
    FINE_PAYMENT,
    REMAND_CREDIT,
    SENTENCE,
    Adjustment,
    AdjustmentType,
    FinePayment,
    Imposed,
    RemandCredit,
    SentenceType,
    Term,
)
from hub.reception.seed import court
from hub.reception.seed.pen import Pen
from hub.reception.seed.plan import Wrong
from hub.reception.seed.staff import DOCTOR

_FINES: Final = (Wrong.FINE_PAID, Wrong.FINE_NEARLY_PAID)


def sentence(pen: Pen, charge: int) -> None:
    """The order, the sentence, its parts and what comes off."""
    stay = pen.stay
    assert stay.sentenced_on is not None
    on, reference = stay.sentenced_on, f"SO {pen.case}"
    paper = OrderToHold(kind=OrderKind.SENTENCE_ORDER, reference=reference, issued_on=on, court=pen.court)
    order = pen.law(ORDER, paper, on, source=reference)
    court.status(pen, stay.status, on)
    life = stay.status is LegalStatus.INDETERMINATE_SENTENCE
    fine = not life and (stay.wrong in _FINES or (stay.term_days <= 60 and pen.chance(0.7)))
    value = Imposed(
        type=SentenceType.LIFE if life else SentenceType.FINE_IN_DEFAULT if fine else SentenceType.TERM,
        imposed_on=on,
        term=Term(years=15) if life else term_of(stay.term_days),
        charge=charge,
        order=order,
        fine_cents=pen.rng.randint(2, 40) * 25_000 if fine else 0,
        court=pen.court,
    )
    item = pen.law(SENTENCE, value, on, source=reference)
    if fine:
        _payments(pen, item, value.fine_cents)
    elif not life:
        _more_terms(pen, item, reference)
    waited = (on - stay.admitted_on).days
    if waited > 20 and not life and pen.chance(0.8):
        credit = RemandCredit(days=waited, from_on=stay.admitted_on, until_on=on - timedelta(days=1))
        pen.law(REMAND_CREDIT, credit, on, source=reference)
    if not life and stay.term_days > 700 and stay.is_open and stay.wrong is None and pen.chance(0.03):
        _added_days(pen)


def _payments(pen: Pen, item: int, cents: int) -> None:
    """Parts of a fine that were paid. What is paid in full opens the door; one dollar less does not."""
    wrong, parts = pen.stay.wrong, tuple[int, ...]()
    if wrong is Wrong.FINE_PAID:
        parts = (cents,)
    elif wrong is Wrong.FINE_NEARLY_PAID:
        parts = (cents // 2, cents * 2 // 5)
    elif pen.chance(0.15):
        parts = (cents // 10,)
    for place, part in enumerate(reversed(parts)):
        on = max(pen.stay.sentenced_on or pen.until, pen.until - timedelta(days=1 + place))
        receipt = f"R {pen.rng.randint(100, 9_999)}"
        paid = FinePayment(sentence=item, paid_on=on, cents=part, receipt=receipt)
        pen.law(FINE_PAYMENT, paid, on, source=receipt)


def _more_terms(pen: Pen, first: int, reference: str) -> None:
    """A second count, served together or after the first."""
    stay = pen.stay
    assert stay.sentenced_on is not None
    if stay.wrong is None and pen.chance(0.15):
        value = Imposed(
            type=SentenceType.TERM,
            imposed_on=stay.sentenced_on,
            term=term_of(max(30, stay.term_days // 3)),
            consecutive_to=first if pen.chance(0.4) else None,
            court=pen.court,
        )
        pen.law(SENTENCE, value, stay.sentenced_on, source=reference)


def _added_days(pen: Pen) -> None:
    """Days that a visiting magistrate added."""
    value = Adjustment(
        type=AdjustmentType.ADDED_DAYS,
        days=pen.rng.choice((7, 14, 21)),
        why="Added by the visiting magistrate",
    )
    assert pen.stay.sentenced_on is not None
    on = pen.stay.sentenced_on + timedelta(days=(pen.today - pen.stay.sentenced_on).days // 2)
    pen.law(ADJUSTMENT, value, on, source=f"VJ {pen.rng.randint(1, 60)}/{on.year}")


def unfit(pen: Pen) -> None:
    """When the fitness to plead is looked at again."""
    late = pen.stay.wrong is Wrong.NO_REVIEW
    day = pen.today + timedelta(days=-3 if late else pen.rng.randint(15, 80))
    value = UnfitReview(next_review_on=day, reviewed_by=DOCTOR)
    pen.law(UNFIT_REVIEW, value, _reviewed_on(pen), source=pen.case)


def _reviewed_on(pen: Pen) -> date:
    return max(pen.stay.admitted_on, pen.today - timedelta(days=90))


def term_of(days: int) -> Term:
    """The length as a court would say it."""
    if days >= 365 and days % 365 == 0:
        return Term(years=days // 365)
    if days >= 60 and days % 30 == 0:
        return Term(months=days // 30)
    return Term(days=days)
