"""Pure rules of custody: the words, and what is wrong with what was typed in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence

MAX_NAME_LENGTH: Final = 80
EARLIEST_BIRTH: Final = date(1900, 1, 1)
OLDEST_ORDER: Final = date(1950, 1, 1)


class Sex(StrEnum):
    """As the register has it."""

    MALE = "M"
    FEMALE = "F"
    UNKNOWN = "U"


class OrderKind(StrEnum):
    """The paper that gives the authority to hold."""

    WARRANT = "warrant"
    COMMITTAL = "committal"
    REMAND_ORDER = "remand_order"
    SENTENCE_ORDER = "sentence_order"


@dataclass(frozen=True)
class PersonFacts:
    """What is known of somebody at admission; `born_on` None when it is not known."""

    surname: str
    given: str
    born_on: date | None
    sex: Sex


@dataclass(frozen=True)
class OrderFacts:
    """An order as it reads; in effect from `issued_on`, until and including `expires_on` where it ends."""

    kind: OrderKind
    reference: str
    issued_on: date
    expires_on: date | None = None


Faults = Mapping[str, Sentence]
"""What is wrong, by field."""


def clean_name(text: str) -> str:
    """One form for one name: composed letters, single spaces, nothing around."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def faults_of_person(facts: PersonFacts, today: date) -> dict[str, Sentence]:
    """Why this cannot be a person, by field; empty when it can."""
    faults: dict[str, Sentence] = {}
    for field, value in (("surname", facts.surname), ("given", facts.given)):
        fault = fault_of_name(value)
        if fault is not None:
            faults[field] = fault
    if facts.born_on is not None and not EARLIEST_BIRTH <= facts.born_on <= today:
        faults["born_on"] = Sentence("The date of birth cannot be right. Check the year.")
    return faults


def faults_of_order(facts: OrderFacts, today: date) -> dict[str, Sentence]:
    """Why this order gives no authority to hold today, by field; empty when it does."""
    faults = {
        {"reference": "order_reference"}.get(field, field): fault
        for field, fault in faults_of_order_form(facts, today).items()
    }
    if facts.expires_on is not None and "expires_on" not in faults and facts.expires_on < today:
        faults["expires_on"] = Sentence(
            "The order has expired. Nobody is taken in on it: ask the court for a new one."
        )
    return faults


def faults_of_order_form(facts: OrderFacts, today: date) -> dict[str, Sentence]:
    """Why no order can read like this, by field; empty when one can."""
    faults: dict[str, Sentence] = {}
    if not facts.reference.strip():
        faults["reference"] = Sentence("Write the reference that stands on the order.")
    elif len(facts.reference) > MAX_NAME_LENGTH:
        faults["reference"] = Sentence("The reference is too long. Use at most 80 characters.")
    if facts.issued_on > today:
        faults["issued_on"] = Sentence("The order is dated in the future. Check the date on it.")
    elif facts.issued_on < OLDEST_ORDER:
        faults["issued_on"] = Sentence("The date of the order cannot be right. Check the year.")
    if facts.expires_on is not None and facts.expires_on < facts.issued_on:
        faults["expires_on"] = Sentence("The order ends before it begins. Check both dates.")
    return faults


def fault_of_name(name: str) -> Sentence | None:
    """Why this cannot be a name; None when it can."""
    if not name:
        return Sentence("Write the name. If it is not known, write UNKNOWN.")
    if len(name) > MAX_NAME_LENGTH:
        return Sentence("The name is too long. Use at most 80 characters.")
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        return Sentence("The name holds a character that cannot be printed. Type it again.")
    return None
