"""What is asked at an admission, step by step, and the answers as they were typed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from hub.biometrics.documents.drawn import MOST_LETTERS
from hub.sentences import Sentence


class Step(StrEnum):
    """One page of an admission, in the order in which they are walked through."""

    ORDER = "order"
    KNOWN = "known"
    WHO = "who"
    ARRIVAL = "arrival"
    HEALTH = "health"
    PROPERTY = "property"
    FINGERS = "fingers"
    CELL = "cell"
    SUMMARY = "summary"


STEPS: Final = {
    Step.ORDER: Sentence("The order"),
    Step.KNOWN: Sentence("Is this person known?"),
    Step.WHO: Sentence("Who it is"),
    Step.ARRIVAL: Sentence("Arrest and arrival"),
    Step.HEALTH: Sentence("Health questions"),
    Step.PROPERTY: Sentence("Property"),
    Step.FINGERS: Sentence("Photo and fingers"),
    Step.CELL: Sentence("Cell"),
    Step.SUMMARY: Sentence("Check and admit"),
}

HEALTH_QUESTIONS: Final = (
    "thinks_of_suicide",
    "harmed_self_before",
    "alcohol_withdrawal",
    "drug_withdrawal",
    "takes_medicine",
    "pregnant",
    "injured",
    "infectious",
    "mental_health_care",
)
HEALTH_WORDS: Final = ("medicine", "allergies", "injuries_told", "long_illness", "needs_aid")
SLOTS: Final = (1, 2)
"""Fingers that images are handed in of."""
PROPERTY_LINES: Final = 8
PROPERTY_FIELDS: Final = ("what", "count", "seal")

FIELDS: Final[dict[Step, tuple[str, ...]]] = {
    Step.ORDER: (
        "order_kind",
        "order_reference",
        "issued_on",
        "expires_on",
        "court",
        "judge",
        "named_surname",
        "named_given",
        "legal_status",
        "twice_because",
    ),
    Step.KNOWN: ("search", "known", "nobody_because"),
    Step.WHO: (
        "surname",
        "given",
        "name_differs_because",
        "born_on",
        "born_estimated",
        "sex",
        "country",
        "consulate",
        "language",
        "interpreter",
    ),
    Step.ARRIVAL: (
        "admitted_at",
        "brought_by",
        "arrested_at",
        "arrested_where",
        "reasons",
        "injuries",
        "complained",
        "ill_treatment",
        "informed_of_rules",
        "rules_language",
        "family_told",
        "kin_name",
        "kin_relation",
        "kin_phone",
    ),
    Step.HEALTH: (*HEALTH_QUESTIONS, *HEALTH_WORDS, "health_not_asked"),
    Step.PROPERTY: (
        "no_property",
        "property_signed",
        "property_drawn",
        *(f"{name}_{line}" for line in range(PROPERTY_LINES) for name in PROPERTY_FIELDS),
    ),
    Step.FINGERS: ("desk", "finger_1", "finger_2", "fingers_later"),
    Step.CELL: ("cell", "home_zone", "no_cell_because"),
    Step.SUMMARY: (),
}
"""Fields of each step. Those that are lists (zones) are kept apart."""

LONG_FIELDS: Final = frozenset(
    {"reasons", "injuries", "ill_treatment", "name_differs_because", "nobody_because", "fingers_later"}
)


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second officer's word: who, when, why."""

    by: str
    at: str
    reason: str


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a search by finger found: numbers of files, and how many fingers were searched in how long."""

    outcome: str
    numbers: list[str]
    searched: int
    took_ms: int
    at: str


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every answer so far. `asked` are the steps that were saved at least once."""

    values: dict[str, str] = {}
    zones: list[str] = []
    asked: list[str] = []
    override: Signed | None = None
    """The second officer who received the person without a valid order."""
    cell_override: Signed | None = None
    found: Found | None = None
    searched_at: str = ""

    def __repr__(self) -> str:
        return "Content()"

    def of(self, step: Step) -> dict[str, str]:
        """The answers of one step."""
        return {name: self.values[name] for name in FIELDS[step] if name in self.values}


def longest(name: str) -> int:
    """How much of a field is kept."""
    if name == "property_drawn":
        return MOST_LETTERS
    return 500 if name in LONG_FIELDS else 200


def following(step: Step) -> Step:
    """The next step; the last stays the last."""
    order = list(Step)
    return order[min(order.index(step) + 1, len(order) - 1)]
