"""What the clinic of the invented prison wrote down, and the few words of it that everybody reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.custody.rules import Sex
from hub.custody.who.health import (
    DIET,
    HEALTH_FLAG,
    HEALTH_SCREENING,
    OPERATIONAL_NEED,
    Diet,
    DietWhy,
    FlagSort,
    HealthFlag,
    OperationalNeed,
    Screening,
)
from hub.reception.seed.pen import Pen
from hub.reception.seed.staff import NURSES

_FLAGS: Final = (
    (FlagSort.CONDITION, "High blood pressure, seen monthly", 8),
    (FlagSort.CONDITION, "Diabetes, type 2", 5),
    (FlagSort.CONDITION, "Asthma, has an inhaler", 5),
    (FlagSort.MEDICATION, "Tablets against seizures, morning and night", 3),
    (FlagSort.ALLERGY, "Penicillin", 4),
    (FlagSort.DISABILITY, "Left leg, walks with a crutch", 2),
    (FlagSort.INFECTIOUS, "Under treatment for tuberculosis", 1),
    (FlagSort.MENTAL_HEALTH, "Sees the psychologist every two weeks", 3),
    (FlagSort.SUICIDE_RISK, "Watched after the first night", 1),
    (FlagSort.WITHDRAWAL, "Alcohol, first week", 3),
)
_DIETS: Final = (
    (DietWhy.MEDICAL, "No sugar", "Food without sugar"),
    (DietWhy.MEDICAL, "Little salt", "Food with little salt"),
    (DietWhy.ALLERGY, "No nuts", "Food without nuts"),
    (DietWhy.RELIGIOUS, "No pork", "Food without pork"),
    (DietWhy.CHOICE, "No meat", "Food without meat"),
)
_NEEDS: Final = ("Lower bunk", "Needs spectacles for reading", "No work on ladders", "Short ways only")


def seen(pen: Pen) -> None:
    """The screening at reception; for some what follows from it."""
    rng, nurse = pen.rng, pen.rng.choice(NURSES)
    flag = rng.choices(_FLAGS, [share for *_, share in _FLAGS])[0] if pen.chance(0.24) else None
    sort = None if flag is None else flag[0]
    woman = pen.who.identity.sex is Sex.FEMALE
    value = Screening(
        thinks_of_suicide=sort is FlagSort.SUICIDE_RISK,
        harmed_self_before=pen.chance(0.03),
        alcohol_withdrawal=sort is FlagSort.WITHDRAWAL,
        drug_withdrawal=pen.chance(0.02),
        takes_medicine=sort is FlagSort.MEDICATION,
        pregnant=pen.chance(0.07) if woman else None,
        injured=pen.chance(0.05),
        infectious=sort is FlagSort.INFECTIOUS,
        mental_health_care=sort is FlagSort.MENTAL_HEALTH,
        asked_by=nurse,
    )
    pen.at(HEALTH_SCREENING, value, pen.admitted_at + timedelta(minutes=35), by=nurse)
    if flag is not None:
        review_on = pen.today + timedelta(days=rng.randint(3, 60))
        told = HealthFlag(sort=flag[0], what=flag[1], review_on=review_on)
        pen.at(HEALTH_FLAG, told, pen.admitted_at + timedelta(days=min(pen.days, 1)), by=nurse)
        if sort is FlagSort.DISABILITY or pen.chance(0.1):
            pen.at(OPERATIONAL_NEED, OperationalNeed(need=rng.choice(_NEEDS)), pen.admitted_at, by=nurse)
    if pen.chance(0.09):
        why, what, kitchen = rng.choice(_DIETS)
        pen.at(DIET, Diet(why=why, what=what), pen.admitted_at + timedelta(hours=2), by=nurse)
        pen.at(
            OPERATIONAL_NEED, OperationalNeed(need=kitchen), pen.admitted_at + timedelta(hours=2), by=nurse
        )
