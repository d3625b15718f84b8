"""Typed answers turned into values; what cannot be is noted by field, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

E = TypeVar("E", bound=StrEnum)

YES = "yes"
NO = "no"


@dataclass
class Typed:
    """Answers by field, and the faults found while they were read."""

    values: Mapping[str, str]
    faults: dict[str, Sentence] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def needed(self, name: str, fault: Sentence) -> str:
        """The text, with a fault when there is none."""
        found = self.text(name)
        if not found:
            self.faults.setdefault(name, fault)
        return found

    def yes(self, name: str) -> bool:
        return self.text(name) == YES

    def yes_no(self, name: str) -> bool | None:
        """None where nobody answered."""
        return {YES: True, NO: False}.get(self.text(name))

    def date(self, name: str) -> date | None:
        typed = self.text(name)
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.faults.setdefault(
                name, Sentence("Write the date as year-month-day, for example 1990-11-22.")
            )
            return None

    def time(self, name: str, now: datetime) -> datetime | None:
        """A time at the site; a fault when it lies in the future."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            found = datetime.fromisoformat(typed).replace(tzinfo=SITE_ZONE).astimezone(UTC)
        except (ValueError, OverflowError):
            self.faults.setdefault(
                name, Sentence("Write date and time, for example 2026-11-22 14:05, as at the prison.")
            )
            return None
        if found > now:
            self.faults.setdefault(name, Sentence("This lies in the future. Check date and time."))
            return None
        return found

    def choice(self, name: str, kind: type[E], fault: Sentence) -> E | None:
        found = self.text(name)
        if found in kind._value2member_map_:
            return kind(found)
        self.faults.setdefault(name, fault)
        return None
