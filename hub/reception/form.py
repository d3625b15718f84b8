"""The admission form: what was typed, kept as typed, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hub.biometrics.enrolment import PreparedFinger
from hub.custody.rules import OrderFacts, OrderKind, PersonFacts, Sex, clean_name
from hub.reception.admission import NO_ORDER, Admission, AtDesk
from hub.sentences import Sentence

FIELDS: Final = (
    "surname",
    "given",
    "born_on",
    "sex",
    "order_kind",
    "order_reference",
    "issued_on",
    "expires_on",
    "home_zone",
    "finger_1",
    "finger_2",
    "desk",
)
SLOTS: Final = (1, 2)


@dataclass
class Form:
    """Typed values, the fault of each field, and the fingers held so far by slot."""

    values: dict[str, str] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    faults: dict[str, Sentence] = field(default_factory=dict)
    fingers: dict[int, PreparedFinger] = field(default_factory=dict)
    token: str = ""

    def admission(self, task: str) -> Admission:
        """What the form says; faults of form (dates, choices) are added to `faults`.

        `task` names the desk's task, by chance, when fingers are taken there.
        """
        return Admission(
            person=self._person(),
            order=self._order(),
            home_zone=self.values.get("home_zone", ""),
            zones=self.zones,
            fingers=tuple(self.fingers[slot] for slot in sorted(self.fingers)),
            at_desk=AtDesk(int(self.values["desk"]), task) if self.is_for_desk else None,
        )

    @property
    def is_for_desk(self) -> bool:
        """Whether fingers are taken at a desk, and no image need be handed in."""
        return self.values.get("desk", "").isdecimal() and len(self.values["desk"]) < 10

    def _person(self) -> PersonFacts:
        sex = self.values.get("sex", "")
        return PersonFacts(
            surname=clean_name(self.values.get("surname", "")),
            given=clean_name(self.values.get("given", "")),
            born_on=self._date("born_on"),
            sex=Sex(sex) if sex in Sex._value2member_map_ else Sex.UNKNOWN,
        )

    def _order(self) -> OrderFacts | None:
        kind, reference = self.values.get("order_kind", ""), self.values.get("order_reference", "").strip()
        if not reference:
            self.faults.setdefault("order_reference", NO_ORDER)
            return None
        if kind not in OrderKind._value2member_map_:
            self.faults.setdefault("order_kind", Sentence("Choose what kind of order it is."))
            return None
        issued = self._date("issued_on")
        if issued is None:
            self.faults.setdefault("issued_on", Sentence("Enter the date that stands on the order."))
            return None
        return OrderFacts(OrderKind(kind), reference, issued, self._date("expires_on"))

    def _date(self, name: str) -> date | None:
        typed = self.values.get(name, "").strip()
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.faults.setdefault(
                name, Sentence("Write the date as year-month-day, for example 1990-11-22.")
            )
            return None


def read(values: Mapping[str, str], zones: frozenset[str]) -> Form:
    """A form from what the browser sent."""
    return Form({name: values.get(name, "")[:200] for name in FIELDS}, zones)
