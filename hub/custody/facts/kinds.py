"""What a kind of fact is: its form, its words, and who may see and record it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Final, Generic, TypeVar

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.sentences import Sentence

Faults = Mapping[str, Sentence]
"""What is wrong, by field."""


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Base of the values of facts. A field added later has a default, so that old rows stay readable."""


V = TypeVar("V", bound=Form)


class Input(StrEnum):
    """How a field is typed in."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    TIME = "time"
    """A date with a time of day, at the site."""
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    ITEM = "item"
    """Another item of the same person: `of` names its kind."""
    ZONE = "zone"
    TERM = "term"
    """Years, months, weeks and days."""
    MONEY = "money"
    """Cents; typed as dollars."""
    COUNTRY = "country"
    """A country by its two letters of ISO 3166."""
    OFFENCE = "offence"
    """A class of the ICCS; typed as its code or as words that fit one class."""


@dataclass(frozen=True)
class Field:
    """One field of a form, named as in the form. `options` by code for CHOICE; of a TEXT, the words of codes in it.

    `offered` are those of a TEXT's codes that a form lets choose from, instead of typing; what it holds stays one more.
    """

    name: str
    label: Sentence
    input: Input = Input.TEXT
    required: bool = False
    options: Mapping[str, Sentence] = field(default_factory=dict)
    hint: Sentence | None = None
    of: str = ""
    longest: int = 200
    offered: tuple[str, ...] = ()


class Group(StrEnum):
    """Under which heading of the file a kind stands."""

    WHO = "who"
    FAMILY = "family"
    LAW = "law"
    STAY = "stay"
    HEALTH = "health"
    LIFE = "life"
    PANEL = "panel"
    """Its own capability shows it; the file has it in the story alone."""


class Per(StrEnum):
    """Whether a fact belongs to the person for ever or to one stay."""

    PERSON = "person"
    BOOKING = "booking"


@dataclass(frozen=True)
class Kind(Generic[V]):
    """A kind of fact.

    `many` kinds hold of several things at once (aliases, charges); of the others the latest in effect holds (name,
    cell). `say` gives one line for the story of a file. `check` finds faults by field, against the date of the day at
    the site. `legal` ones need a source. `project` brings tables up to date that are made from the fact, in its
    transaction, after every change of it. `whole_days` take effect on a day, not at a time. `by_hand` is False for
    those that only a guided act records. `see` and `record` name the permissions that reading and writing need.
    """

    name: str
    form: type[V]
    words: Sentence
    say: Callable[[V], Sentence]
    fields: tuple[Field, ...] = ()
    many: bool = False
    per: Per = Per.PERSON
    legal: bool = False
    whole_days: bool = True
    by_hand: bool = True
    group: Group = Group.PANEL
    see: Permission = Permission.SEE_PEOPLE
    record: Permission = Permission.RECORD_FACTS
    check: Callable[[V, date], Faults] | None = None
    project: Callable[[Session, int, datetime], None] | None = None


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def write_value(value: Form) -> str:
    """JSON of a value, the same for equal values."""
    return _ENCODER.encode(value).decode()


def read_value(kind: Kind[V], raw: str) -> V:
    """The value of a row; msgspec.ValidationError for what this version cannot read."""
    value: V = reader_of(kind.form).decode(raw)
    return value


@cache
def reader_of(form: type[V]) -> msgspec.json.Decoder[V]:
    """Reads values of a form: made once, because a prison is gone through with it."""
    return msgspec.json.Decoder(form)
