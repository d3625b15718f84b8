"""What somebody typed about a zone, a checkpoint, a curfew or a site, as a form; with every field that cannot be so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from werkzeug.datastructures import MultiDict

from hub.movements.records import ZoneKind
from hub.movements.site.exporting import clock
from hub.movements.site.forms import CODE, CheckpointForm, CurfewForm, Form, Kind, SiteForm, ZoneForm
from hub.movements.site.importing import minute_of
from hub.sentences import RefusedError, Sentence

_CLOCK: Final = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


Typed = MultiDict[str, str]
"""A form as a browser sends it."""


class TypedError(RefusedError):
    """Fields that cannot be so, by name."""

    def __init__(self, faults: Mapping[str, Sentence]) -> None:
        super().__init__("typed", Sentence("Something is missing or cannot be so. See below."))
        self.faults = dict(faults)


class _Reader:
    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self.faults: dict[str, Sentence] = {}

    def text(self, name: str) -> str:
        said = self._typed.get(name, "").strip()
        if not 0 < len(said) <= 80:
            self.faults[name] = Sentence("A name has 1 to 80 letters.")
        return said or "-"

    def code(self, name: str) -> str:
        said = self._typed.get(name, "").strip().lower()
        if re.match(CODE, said) is None:
            self.faults[name] = Sentence("A code has small letters, digits and hyphens: a-1-03.")
            return "-"
        return said

    def chosen(self, name: str) -> str:
        """The code of something that was chosen from a list; the rules say whether it is there."""
        said = self._typed.get(name, "").strip()
        if re.match(CODE, said) is None:
            self.faults[name] = Sentence("Choose one from the list.")
            return "-"
        return said

    def number(self, name: str, most: int) -> int | None:
        said = self._typed.get(name, "").strip()
        if not said:
            return None
        if not (said.isascii() and said.isdigit() and len(said) < 8 and int(said) <= most):
            self.faults[name] = Sentence("Write a whole number from 0 to %(most)s.", {"most": most})
            return None
        return int(said)

    def minute(self, name: str) -> int:
        said = self._typed.get(name, "").strip()
        if _CLOCK.match(said) is None:
            self.faults[name] = Sentence("Write the time as in 21:30.")
            return 0
        return minute_of(said)

    def flag(self, name: str) -> bool:
        return self._typed.get(name, "") == "yes"


def read_typed(kind: Kind, typed: Typed, code: str | None) -> Form:
    """The form that was typed, of the thing called `code`, or of a new one. TypedError with what cannot be so."""
    reader = _Reader(typed)
    own = reader.code("code") if code is None else code
    found: Form
    if kind is Kind.SITE:
        found = SiteForm(code=own, name=reader.text("name"), sort=reader.number("sort", 9999) or 0)
    elif kind is Kind.ZONE:
        found = _zone(reader, own, typed)
    elif kind is Kind.CHECKPOINT:
        found = CheckpointForm(
            code=own,
            name=reader.text("name"),
            from_zone=reader.chosen("from_zone"),
            to_zone=reader.chosen("to_zone"),
            walk_s=reader.number("walk_s", 86_400),
            closed=reader.flag("closed"),
        )
    else:
        found = _curfew(reader, own, typed)
    if reader.faults:
        raise TypedError(reader.faults)
    return found


def _zone(reader: _Reader, code: str, typed: Typed) -> ZoneForm:
    kind = typed.get("kind", "")
    if kind not in ZoneKind._value2member_map_:
        reader.faults["kind"] = Sentence("Choose one from the list.")
    return ZoneForm(
        code=code,
        name=reader.text("name"),
        kind=ZoneKind(kind) if kind in ZoneKind._value2member_map_ else ZoneKind.MOVEMENT_AREA,
        site=reader.chosen("site"),
        parent=reader.chosen("parent") if typed.get("parent", "") else None,
        is_unit=reader.flag("is_unit"),
        certified=reader.number("certified", 100_000),
        working=reader.number("working", 100_000),
        maximum=reader.number("maximum", 100_000),
        needs_pass=reader.flag("needs_pass"),
        is_locked_at_night=reader.flag("is_locked_at_night"),
        sort=reader.number("sort", 99_999) or 0,
        closed=reader.flag("closed"),
    )


def _curfew(reader: _Reader, code: str, typed: Typed) -> CurfewForm:
    zones = [one for one in typed.getlist("zones") if re.match(CODE, one)]
    days = sorted({int(day) for day in typed.getlist("weekdays") if re.match("^[0-6]$", day)})
    if not zones:
        reader.faults["zones"] = Sentence("Choose at least one zone.")
    if not days:
        reader.faults["weekdays"] = Sentence("Choose at least one day.")
    return CurfewForm(
        code=code,
        name=reader.text("name"),
        site=reader.chosen("site"),
        zones=zones,
        from_minute=reader.minute("from_minute"),
        until_minute=reader.minute("until_minute"),
        weekdays=days,
        closed=reader.flag("closed"),
    )


def as_typed(form: Form) -> dict[str, str | Sequence[str]]:
    """A form as somebody would type it."""
    found: dict[str, str | Sequence[str]] = {}
    for name in form.__struct_fields__:
        value = getattr(form, name)
        if isinstance(value, bool):
            found[name] = "yes" if value else ""
        elif isinstance(value, list):
            found[name] = [str(one) for one in value]
        elif name.endswith("_minute"):
            found[name] = clock(value)
        else:
            found[name] = "" if value is None else str(value)
    return found
