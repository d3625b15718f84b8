"""Inventing a stay: what the law says of it, and of whoever is inside the life that goes with it."""

from __future__ import annotations

from hub.custody.legal import LegalStatus
from hub.reception.seed import belongings, coming_and_going, court, imposed, rule_files
from hub.reception.seed.pen import Pen
from hub.reception.seed.plan import Wrong


def write_stay(pen: Pen) -> None:
    """All facts of the law about one stay, and those that the Mandela Rules ask for besides."""
    stay = pen.stay
    coming_and_going.admission(pen)
    charge = court.charge(pen, court.order(pen))
    first = court.first_status(pen)
    if stay.sentenced_on is None or stay.sentenced_on > stay.admitted_on:
        court.status(pen, first, stay.admitted_on)
    if first is LegalStatus.REMAND:
        court.hearings(pen, charge)
    if stay.status is LegalStatus.CONVICTED_UNSENTENCED:
        court.status(pen, stay.status, pen.day())
    if stay.sentenced_on is not None and stay.wrong is not Wrong.NO_SENTENCE:
        imposed.sentence(pen, charge)
    elif stay.sentenced_on is not None:
        court.status(pen, stay.status, stay.sentenced_on)
    if stay.status is LegalStatus.OTHER and stay.is_open:
        imposed.unfit(pen)
    coming_and_going.home(pen)
    coming_and_going.consulate(pen)
    coming_and_going.going(pen)
    if not stay.is_open and stay.thick:
        belongings.brought(pen)
    if stay.is_open and stay.wrong is not Wrong.BARE_FILE:
        rule_files.complete(pen)
