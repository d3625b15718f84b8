"""Property of invented people: what they brought, what went to the family, what nobody came for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from hub.custody.life.property import PROPERTY_ITEM, Outcome, PropertyItem, Signed
from hub.reception.seed.pen import Pen
from hub.reception.seed.staff import OFFICERS

_THINGS: Final = (
    ("Telephone, black, cracked glass", 15_000),
    ("Wallet, brown, with cards", 2_000),
    ("Cash in an envelope", 0),
    ("Belt, leather", 1_500),
    ("Shoes, white, pair", 6_000),
    ("Watch, grey", 4_500),
    ("Chain, yellow metal", 20_000),
    ("Ring, white metal", 9_000),
    ("Cap, blue", 1_000),
    ("Shirt and trousers", 3_000),
    ("Keys, bunch of five", 0),
    ("Social security card", 0),
    ("Passport", 0),
    ("Spectacles", 8_000),
)
_CONDITIONS: Final = ("good", "worn", "scratched", "wet", "")
_WHY_LEFT: Final = ("Nobody came for it within three months.", "Left at the desk when released.")


def brought(pen: Pen) -> None:
    """What was taken in on one receipt at admission; one in four had something handed to the family since."""
    items = _taken_in(pen)
    if pen.stay.is_open:
        if pen.days > 30 and pen.chance(0.25):
            _goes(
                pen,
                items[:1],
                Outcome.HANDED_TO,
                pen.now_at - timedelta(days=pen.rng.randint(1, pen.days - 1)),
            )
        elif pen.chance(0.03):
            _goes(pen, items[-1:], Outcome.CONFISCATED, pen.admitted_at + timedelta(hours=3))
        return
    assert pen.released_at is not None
    unclaimed = items[-1:] if pen.chance(0.06) else []
    back = [one for one in items if one not in unclaimed]
    if back:
        _goes(pen, back, Outcome.RETURNED, pen.released_at)
    if unclaimed:
        _goes(pen, unclaimed, Outcome.LEFT_BEHIND, pen.released_at)


def _taken_in(pen: Pen) -> list[tuple[int, PropertyItem]]:
    rng = pen.rng
    receipt, paper = pen.bulk.number("receipt", "R"), f"PR {rng.randint(1, 9_999)}"
    seal = f"S{rng.randint(10_000, 99_999)}"
    found = []
    for what, cents in rng.sample(_THINGS, rng.choices((1, 2, 3, 4, 5), (2, 4, 4, 2, 1))[0]):
        value = PropertyItem(
            what=what,
            cents=cents if cents or "Cash" not in what else rng.randint(1, 60) * 500,
            condition=rng.choice(_CONDITIONS),
            seal=seal,
            kept_at=f"Store, shelf {rng.randint(1, 40)}",
            receipt=receipt,
            signed=Signed.FINGER if pen.chance(0.4) else Signed.PAPER,
            signature=paper,
        )
        found.append((pen.at(PROPERTY_ITEM, value, pen.admitted_at, source=receipt), value))
    return found


def _goes(pen: Pen, items: list[tuple[int, PropertyItem]], outcome: Outcome, at: datetime) -> None:
    receipt, rng = pen.bulk.number("receipt", "R"), pen.rng
    officer = rng.choice(OFFICERS)
    for item, value in items:
        gone = replace(
            value,
            outcome=outcome.value,
            outcome_to=pen.who.kin if outcome is Outcome.HANDED_TO else "",
            outcome_reason=_reason(pen, outcome),
            outcome_receipt=receipt,
            outcome_signed=Signed.PAPER.value,
            outcome_signature=f"PR {rng.randint(1, 9_999)}",
        )
        pen.at(PROPERTY_ITEM, gone, at, source=receipt, item=item, by=officer)


def _reason(pen: Pen, outcome: Outcome) -> str:
    if outcome is Outcome.CONFISCATED:
        return "Evidence: handed to the police against their receipt."
    return pen.rng.choice(_WHY_LEFT) if outcome is Outcome.LEFT_BEHIND else ""
