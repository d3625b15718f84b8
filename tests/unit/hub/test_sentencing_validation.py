"""Every problem that entries can have: each is found, with its weight, and no date stands where none may."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import hub.custody.sentencing
from hub.custody.sentencing.case import Adjusted, Case, Credited, Paid, Sentenced, Weight
from hub.custody.sentencing.forms import (
    Adjustment,
    AdjustmentType,
    FinePayment,
    Imposed,
    RemandCredit,
    SentenceType,
    Term,
)
from hub.custody.sentencing.reckoner import reckon

TODAY = date(2026, 11, 22)
YEAR = Term(years=1)
ON = date(2026, 1, 10)
AWAY = AdjustmentType.UNLAWFULLY_AT_LARGE
FINE = SentenceType.FINE_IN_DEFAULT
HERE = Path(__file__).parent


def imposed(
    *, kind: SentenceType = SentenceType.TERM, on: date = ON, term: Term = YEAR, **more: object
) -> Imposed:
    return Imposed(type=kind, imposed_on=on, term=term, **more)  # type: ignore[arg-type]


def one(value: Imposed, item: int = 1, **more: object) -> Sentenced:
    return Sentenced(item, item, value, **more)  # type: ignore[arg-type]


def fine(*payments: FinePayment, cents: int = 50_000) -> Case:
    paid = tuple(Paid(20 + place, part) for place, part in enumerate(payments))
    return Case((one(imposed(kind=FINE, fine_cents=cents)),), payments=paid)


def credited(*credits: RemandCredit, sentences: tuple[Sentenced, ...] = ()) -> Case:
    told = tuple(Credited(30 + place, part) for place, part in enumerate(credits))
    return Case(sentences or (one(imposed()),), credits=told)


def adjusted(*parts: Adjustment, credits: tuple[Credited, ...] = ()) -> Case:
    told = tuple(Adjusted(40 + place, part) for place, part in enumerate(parts))
    return Case((one(imposed()),), credits=credits, adjustments=told)


def away(first: date | None, last: date | None, days: int = 0) -> Adjustment:
    return Adjustment(type=AWAY, days=days, from_on=first, until_on=last)


def remand(first: date, last: date, days: int, **more: object) -> RemandCredit:
    return RemandCredit(days=days, from_on=first, until_on=last, **more)  # type: ignore[arg-type]


TOMORROW = date(2026, 11, 23)
IN_MARCH = (date(2026, 3, 1), date(2026, 3, 10))
PROBLEMS: dict[str, tuple[Weight, Case]] = {
    "NO_SENTENCE": (Weight.STRUCTURE, Case()),
    "NEGATIVE_TERM": (Weight.STRUCTURE, Case((one(imposed(term=Term(years=1, days=-3))),))),
    "IMPOSED_IN_FUTURE": (Weight.BLOCKS, Case((one(imposed(on=TOMORROW)),))),
    "CHARGE_NOT_HOLDING": (Weight.LOOK, Case((one(imposed(charge=7)),))),
    "OFFENCE_WITHOUT_DATE": (Weight.LOOK, Case((one(imposed(charge=7), charge_fact=7),))),
    "CONSECUTIVE_WITH_OWN_START": (
        Weight.BLOCKS,
        Case((one(imposed()), one(imposed(consecutive_to=1, starts_on=date(2026, 2, 1)), 2))),
    ),
    "STARTS_BEFORE_IMPOSED": (Weight.LOOK, Case((one(imposed(starts_on=date(2025, 12, 1))),))),
    "STARTS_LATE": (Weight.LOOK, Case((one(imposed(starts_on=date(2027, 3, 1))),))),
    "FINE_WITHOUT_AMOUNT": (Weight.BLOCKS, fine(cents=0)),
    "FINE_BESIDE_TERM": (Weight.LOOK, Case((one(imposed(fine_cents=100)),))),
    "ENTERED_TWICE": (
        Weight.LOOK,
        Case((one(imposed(charge=7), charge_fact=7), one(imposed(charge=7), 2, charge_fact=7))),
    ),
    "BEYOND_CALENDAR": (Weight.STRUCTURE, Case((one(imposed(term=Term(years=9_000))),))),
    "PAYMENT_FOR_NO_FINE": (
        Weight.BLOCKS,
        Case((one(imposed()),), payments=(Paid(20, FinePayment(sentence=1, paid_on=ON, cents=100)),)),
    ),
    "PAYMENT_NOT_POSITIVE": (Weight.BLOCKS, fine(FinePayment(sentence=1, paid_on=ON, cents=0))),
    "PAYMENT_IN_FUTURE": (Weight.BLOCKS, fine(FinePayment(sentence=1, paid_on=TOMORROW, cents=100))),
    "CREDIT_FOR_NO_SENTENCE": (Weight.BLOCKS, credited(RemandCredit(days=10, sentence=9))),
    "CREDIT_WITHOUT_DAYS": (Weight.BLOCKS, credited(RemandCredit())),
    "REMAND_BACKWARDS": (Weight.BLOCKS, credited(remand(date(2025, 12, 20), date(2025, 12, 1), 5))),
    "LESS_CREDIT_THAN_REMAND": (Weight.LOOK, credited(remand(date(2025, 12, 1), date(2025, 12, 20), 5))),
    "REMAND_CREDITED_TWICE": (
        Weight.LOOK,
        credited(
            remand(date(2025, 12, 1), date(2025, 12, 20), 20, sentence=1),
            remand(date(2025, 12, 1), date(2025, 12, 20), 20, sentence=2),
            sentences=(one(imposed()), one(imposed(), 2)),
        ),
    ),
    "ABSENCE_WITHOUT_DAYS": (Weight.BLOCKS, adjusted(away(None, None, 5))),
    "ABSENCE_BEFORE_SENTENCE": (Weight.BLOCKS, adjusted(away(date(2025, 12, 1), date(2025, 12, 5)))),
    "ABSENCE_BACKWARDS": (Weight.BLOCKS, adjusted(away(date(2026, 3, 5), date(2026, 3, 1)))),
    "ABSENCE_DAYS_DIFFER": (Weight.LOOK, adjusted(away(*IN_MARCH, 4))),
    "ABSENCES_OVERLAP": (
        Weight.BLOCKS,
        adjusted(away(*IN_MARCH), away(date(2026, 3, 10), date(2026, 3, 12))),
    ),
    "ABSENCE_OVERLAPS_REMAND": (
        Weight.BLOCKS,
        adjusted(away(*IN_MARCH), credits=(Credited(30, remand(*IN_MARCH, 10)),)),
    ),
    "ADJUSTMENT_WITHOUT_DAYS": (Weight.BLOCKS, adjusted(Adjustment(type=AdjustmentType.ADDED_DAYS))),
    "ADJUSTMENT_IN_FUTURE": (
        Weight.BLOCKS,
        adjusted(Adjustment(type=AdjustmentType.ADDED_DAYS, days=3, from_on=TOMORROW)),
    ),
}


@pytest.mark.parametrize(("code", "weight", "case"), [(code, *found) for code, found in PROBLEMS.items()])
def test_what_cannot_be_is_found_and_stops_what_it_has_to_stop(code: str, weight: Weight, case: Case) -> None:
    reckoned = reckon(case, (), today=TODAY)
    found = [problem for problem in reckoned.problems if problem.code == code]
    assert [problem.weight for problem in found] == [weight]
    assert reckoned.blocked == any(problem.weight is not Weight.LOOK for problem in reckoned.problems)
    if weight is Weight.STRUCTURE:
        assert reckoned.dates.release_on is None
        assert reckoned.dates.full_term_on is None


def test_every_problem_that_the_reckoner_knows_is_tried() -> None:
    source = Path(hub.custody.sentencing.__file__).parent
    known = {
        code
        for file in source.glob("*.py")
        for code in re.findall(r'problem\(\s*"([A-Z_]+)"', file.read_text(encoding="utf-8"))
    }
    table = tomllib.loads((HERE / "sentencing" / "examples.toml").read_text(encoding="utf-8"))
    by_hand = {code for example in table["example"] for code in example.get("problems", ())}
    elsewhere = {"ORDER_NOT_HOLDING"}
    """An order put right asks for new signatures: tests/unit/hub/test_release_dates.py."""
    assert known - by_hand - elsewhere == PROBLEMS.keys() - by_hand
    assert known >= PROBLEMS.keys()
