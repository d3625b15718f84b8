"""What Rules 7 and 8 of the Nelson Mandela Rules ask of a file besides the law's facts: nearly always there."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.custody.rules import Sex
from hub.custody.who.background import GENDER, Gender
from hub.custody.who.contacts import REPRESENTATIVE, Representative, RepresentativeSort
from hub.custody.who.course import ASKED, ASSESSMENT, Answer, Asked, Assessment, Security
from hub.reception.seed import belongings
from hub.reception.seed.pen import Pen
from hub.reception.seed.staff import OFFICERS

_LAWYERS: Final = (
    ("Bowen-Marin, Alicia", "Marin & Quay"),
    ("Cal, Sebastian", "Legal Advice Centre"),
    ("Herbert, Winston", ""),
    ("Perdomo, Ruth", "Perdomo and Lamb"),
    ("Staine, Egbert", ""),
    ("Villanueva, Omar", "Villanueva Chambers"),
)
_REPORTS: Final = {
    Security.MINIMUM: "Short term, works well, family visits. No trouble known.",
    Security.MEDIUM: "First months in the block without trouble. Wants to learn a trade.",
    Security.MAXIMUM: "Grave charge. Keep under watch until the next look.",
    Security.NOT_YET: "Seen at reception; the classification board sits next month.",
}
_GRAVE_DAYS: Final = 5_000


def complete(pen: Pen) -> None:
    """What was asked at the desk and found in the first weeks."""
    _gender(pen)
    _lawyer(pen)
    _assessment(pen)
    if not pen.who.has_children:
        _asked(pen, "children", Answer.NONE)
    if pen.stay.thick and pen.chance(0.92):
        belongings.brought(pen)
    else:
        _asked(pen, "property", Answer.NONE)


def _asked(pen: Pen, about: str, answer: Answer) -> None:
    pen.at(ASKED, Asked(about=about, answer=answer), pen.admitted_at)


def _gender(pen: Pen) -> None:
    if pen.chance(0.03):
        _asked(pen, "gender", Answer.REFUSED)
        return
    word = "woman" if pen.who.identity.sex is Sex.FEMALE else "man"
    pen.at(GENDER, Gender(gender=word), pen.admitted_at)


def _lawyer(pen: Pen) -> None:
    if pen.chance(0.4):
        _asked(pen, "representative", Answer.NONE)
        return
    name, firm = pen.rng.choice(_LAWYERS)
    aid = firm == "Legal Advice Centre"
    value = Representative(
        name=name,
        sort=RepresentativeSort.LEGAL_AID if aid else RepresentativeSort.PRIVATE,
        firm=firm,
        phone=f"2{pen.rng.randint(20, 89)}-{pen.rng.randint(1000, 9999)}",
        case=pen.case,
    )
    pen.at(REPRESENTATIVE, value, pen.admitted_at)


def _assessment(pen: Pen) -> None:
    if pen.days < 3:
        security = Security.NOT_YET
    elif pen.stay.offence.most_days > _GRAVE_DAYS:
        security = Security.MAXIMUM
    else:
        security = Security.MINIMUM if pen.stay.term_days and pen.stay.term_days < 400 else Security.MEDIUM
    review_on = pen.today + timedelta(days=pen.rng.randint(5, 180))
    value = Assessment(
        security=security,
        report=_REPORTS[security],
        assessed_by=pen.rng.choice(OFFICERS),
        review_on=review_on,
    )
    pen.at(ASSESSMENT, value, pen.admitted_at + timedelta(days=min(pen.days, pen.rng.randint(1, 20))))
