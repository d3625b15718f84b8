"""What Nelson Mandela Rules 7 and 8 (A/RES/70/175) ask a file to hold, where each stands, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final

import msgspec

from hub.custody.facts.bulk import Pile
from hub.custody.facts.reading import steps
from hub.custody.facts.records import Act, Fact
from hub.sentences import Sentence

Value = dict[str, object]


@dataclass(frozen=True)
class Item:
    """One thing that a rule asks for. `kinds` hold it; the first is the one to fill in.

    `field` is the field of a kind with one value that has to be filled. `asked` is its code in ASKABLE where "there is
    none" is an answer.
    """

    code: str
    rule: str
    words: Sentence
    kinds: tuple[str, ...]
    field: str = ""
    asked: str = ""
    always: bool = True
    """Whether every file has to hold it; the others only where there is something to tell."""


@dataclass(frozen=True)
class Gap:
    """An item that a file does not hold yet."""

    item: Item


ITEMS: Final = (
    Item("name", "7 a", Sentence("Name, birth and sex"), ("identity",), "surname"),
    Item("born", "7 a", Sentence("Date of birth, known or estimated"), ("identity",), "born_on"),
    Item("sex", "7 a", Sentence("Sex"), ("identity",), "sex"),
    Item("gender", "7 a", Sentence("Gender, as the person sees it"), ("gender",), asked="gender"),
    Item("nationality", "7 a", Sentence("Nationality"), ("nationality",), asked="nationality"),
    Item("authority", "7 b", Sentence("Order to hold, and who gave it"), ("order",)),
    Item("reasons", "7 b", Sentence("Reasons for being held"), ("admission", "charge"), "reasons"),
    Item("arrest_time", "7 b", Sentence("Date and time of arrest"), ("admission",), "arrested_at"),
    Item("arrest_place", "7 b", Sentence("Place of arrest"), ("admission",), "arrested_where"),
    Item("admitted", "7 c", Sentence("Day and hour of admission"), ("admission",), "admitted_at"),
    Item(
        "moved",
        "7 c",
        Sentence("Day and hour of release, and of each transfer"),
        ("release", "home"),
        always=False,
    ),
    Item(
        "injuries", "7 d", Sentence("Visible injuries, or that there were none"), ("admission",), "injuries"
    ),
    Item(
        "ill_treatment",
        "7 d",
        Sentence("Complaints of ill-treatment, or that there were none"),
        ("admission",),
        "ill_treatment",
    ),
    Item("property", "7 e", Sentence("Property brought in"), ("property_item",), asked="property"),
    Item("family", "7 f", Sentence("Family members"), ("family_contact",), asked="family"),
    Item("children", "7 f", Sentence("Children, and who has custody of them"), ("child",), asked="children"),
    Item(
        "emergency", "7 g", Sentence("Whom to call in an emergency"), ("family_contact",), asked="emergency"
    ),
    Item("next_of_kin", "7 g", Sentence("Next of kin"), ("family_contact",), asked="next_of_kin"),
    Item("status", "8 a", Sentence("Legal status"), ("legal_status",)),
    Item("hearings", "8 a", Sentence("Next court date"), ("hearing",), always=False),
    Item(
        "representative", "8 a", Sentence("Legal representative"), ("representative",), asked="representative"
    ),
    Item("assessment", "8 b", Sentence("Assessment and classification"), ("assessment",)),
    Item("behaviour", "8 c", Sentence("Behaviour and discipline"), ("incident_part",), always=False),
    Item("complaints", "8 d", Sentence("Requests and complaints"), ("complaint", "query"), always=False),
    Item("sanctions", "8 e", Sentence("Rewards and sanctions"), ("reward", "sanction"), always=False),
    Item("injury", "8 f", Sentence("Injuries in custody, how they came about"), ("injury",), always=False),
    Item("death", "8 f", Sentence("Death, its cause, where the remains went"), ("death",), always=False),
    Item(
        "remains", "8 f", Sentence("Where the remains went, and to whom"), ("death",), "remains", always=False
    ),
)
"""Rule by rule, in the order of the Rules."""

_BEFORE_COURT: Final = frozenset({"REMAND", "CONVICTED_UNSENTENCED"})


_plain: Final = msgspec.json.Decoder().decode
_PLACE: Final = {item.code: place for place, item in enumerate(ITEMS)}


def required(rows: Iterable[Fact], *, booking_id: int | None, known_at: datetime | None = None) -> list[Item]:
    """The items that this file has to hold."""
    return _required(_Held(_counting(rows, booking_id, known_at)))


def missing(rows: Iterable[Fact], *, booking_id: int | None, known_at: datetime | None = None) -> list[Gap]:
    """What the file of one person still misses of the stay `booking_id`, in the order of the Rules.

    `rows` are all facts of the person. Nothing is asked of somebody without a stay but who they are.
    """
    held = _Held(_counting(rows, booking_id, known_at))
    return [Gap(item) for item in _unmet(_required(held), held)]


def missing_of_rule_7(piles: Mapping[str, Pile], booking_id: int) -> tuple[str, ...]:
    """Codes of what `missing` names of Rule 7; read in bulk, with at least the kinds of KINDS_OF_RULE_7."""
    held = _Held({kind: _counting_of(piles[kind], booking_id) for kind in KINDS_OF_RULE_7 & piles.keys()})
    return tuple(item.code for item in _unmet(_ALWAYS_OF_RULE_7, held))


def _unmet(wanted: Iterable[Item], held: _Held) -> list[Item]:
    asked = {value.get("about") for value in held.values("asked")}
    return [item for item in wanted if item.asked not in asked and not _TESTS[item.code](held)]


def _required(held: _Held) -> list[Item]:
    wanted = [item for item in ITEMS if item.always]
    status = {str(value.get("status", "")) for value in held.values("legal_status")}
    if status & _BEFORE_COURT and not held.any("release"):
        wanted.append(_ITEM["hearings"])
    if any(value.get("reason") == "died" for value in held.values("release")):
        wanted += [_ITEM["death"], _ITEM["remains"]]
    return sorted(wanted, key=lambda item: _PLACE[item.code])


class _Held:
    """What counts of a file by kind, as plain values: read without the forms, and when they are asked for."""

    def __init__(self, rows: Mapping[str, Sequence[Fact]]) -> None:
        self._rows = rows
        self._read: dict[str, Sequence[Value]] = {}
        self._filled: dict[str, Collection[str]] = {}

    def any(self, kind: str) -> bool:
        return bool(self._rows.get(kind))

    def values(self, kind: str) -> Sequence[Value]:
        """Those of a kind by the time they took effect: the newest of a kind with one value holds."""
        found = self._read.get(kind)
        if found is None:
            found = self._read[kind] = [_plain(row.value) for row in self._rows.get(kind, ())]
        return found

    def filled(self, kind: str) -> Collection[str]:
        """Fields of a kind with one value that are filled in."""
        found = self._filled.get(kind)
        if found is None:
            values = self.values(kind)
            newest = values[-1] if values else {}
            found = self._filled[kind] = {name for name, value in newest.items() if _filled(value)}
        return found


def _counting(
    rows: Iterable[Fact], booking_id: int | None, known_at: datetime | None
) -> dict[str, list[Fact]]:
    """Rows that count by kind: of the person, and of the stay alone where a row belongs to one."""
    latest: dict[tuple[str, int], Fact] = {}
    for step in steps(rows, known_at=known_at):
        row = step.row
        if step.overtaken_by is not None or row.act == Act.WITHDRAWS:
            continue
        if row.booking_id is not None and row.booking_id != booking_id:
            continue
        key = (row.kind, row.id if row.item is None else row.item)
        before = latest.get(key)
        if before is None or (before.effective_at, before.id) < (row.effective_at, row.id):
            latest[key] = row
    held: dict[str, list[Fact]] = {}
    for row in sorted(latest.values(), key=_effective):
        if row.act == Act.STATES:
            held.setdefault(row.kind, []).append(row)
    return held


def _counting_of(pile: Pile, booking_id: int) -> Sequence[Fact]:
    if not pile.plain:
        counting = _counting(pile.rows, booking_id, None)
        return next(iter(counting.values()), ())
    rows = [row for row in pile.rows if row.booking_id is None or row.booking_id == booking_id]
    return sorted(rows, key=_effective) if len(rows) > 1 else rows


_effective: Final = attrgetter("effective_at", "id")


_Test = Callable[["_Held"], bool]


def _test_of(item: Item) -> _Test:
    """Says whether a file has an item: made once, because a prison is gone through with it."""
    special = _SPECIAL.get(item.code)
    if special is not None:
        return special
    if item.field:
        filled, others = _field_filled(item.kinds[0], item.field), _any_of(item.kinds[1:])
        return (lambda held: filled(held) or others(held)) if item.kinds[1:] else filled
    return _any_of(item.kinds)


def _any_of(kinds: tuple[str, ...]) -> _Test:
    if len(kinds) == 1:
        (only,) = kinds
        return lambda held: held.any(only)
    return lambda held: any(held.any(kind) for kind in kinds)


def _field_filled(kind: str, field: str) -> _Test:
    return lambda held: field in held.filled(kind)


def _filled(value: object) -> bool:
    return value is not None and bool(str(value).strip())


def _any_true(kind: str, field: str) -> _Test:
    return lambda held: any(value.get(field) is True for value in held.values(kind))


def _sex_known(held: _Held) -> bool:
    identity = held.values("identity")
    return bool(identity) and identity[-1].get("sex", "U") != "U"


_SPECIAL: Final[dict[str, _Test]] = {
    "sex": _sex_known,
    "emergency": _any_true("family_contact", "emergency"),
    "next_of_kin": _any_true("family_contact", "next_of_kin"),
}
_TESTS: Final = {item.code: _test_of(item) for item in ITEMS}
_ITEM: Final = {item.code: item for item in ITEMS}
_ALWAYS_OF_RULE_7: Final = tuple(item for item in ITEMS if item.always and item.rule.startswith("7"))
KINDS_OF_RULE_7: Final = frozenset({"asked", *(kind for item in _ALWAYS_OF_RULE_7 for kind in item.kinds)})
"""Kinds of facts that `missing_of_rule_7` looks into."""
