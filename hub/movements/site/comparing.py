"""What differs between two states of a thing of the site, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hub.movements.records import ZoneKind
from hub.movements.site.exporting import clock
from hub.movements.site.words import WEEKDAYS, ZONE_KINDS
from hub.sentences import Sentence

Difference = tuple[str, object, object]
_YES, _NO = Sentence("yes"), Sentence("no")
_LIST: Final = Sentence("%(before)s, %(next)s")


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Difference]:
    """(field, before, after) of each part that is not the same; values are as a page says them, None for nothing."""
    old, new = before or {}, after or {}
    return [
        (name, _said(name, old.get(name)), _said(name, new.get(name)))
        for name in {**new, **old}
        if name != "code" and old.get(name) != new.get(name)
    ]


def _said(name: str, value: Any) -> object:
    if isinstance(value, bool):
        return _YES if value else _NO
    if name == "weekdays" and isinstance(value, list):
        return _joined([WEEKDAYS[day] for day in value])
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if name == "kind" and value in ZoneKind._value2member_map_:
        return ZONE_KINDS[ZoneKind(value)]
    return clock(value) if name.endswith("_minute") and isinstance(value, int) else value


def _joined(parts: list[Sentence]) -> Sentence | None:
    if not parts:
        return None
    found = parts[0]
    for one in parts[1:]:
        found = Sentence(_LIST.text, {"before": found, "next": one})
    return found
