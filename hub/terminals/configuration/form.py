"""The form of settings: one line a key, made from the keys themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.terminals.configuration.models import meanings
from wire.settings_keys import Key, keys

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Line:
    """One key with what the chosen terminals have: one text, or `mixed` when they differ."""

    key: Key
    value: str
    mixed: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.key)

    @property
    def meaning(self) -> str:
        return meanings().get(self.name, "")


@dataclass(frozen=True)
class Difference:
    """A key whose value changes, as texts; `terminals` are those for which it goes from `before`."""

    key: str
    before: str
    after: str
    terminals: tuple[str, ...] = ()


def lines(bases: Sequence[Mapping[str, Any]]) -> list[Line]:
    """A line for each key, from the settings of each chosen terminal."""
    found = []
    for key in keys():
        held = sorted({as_text(value_of(base, key)) for base in bases})
        found.append(Line(key, held[0] if len(held) == 1 else "", tuple(held) if len(held) > 1 else ()))
    return found


def read(shown: Sequence[Line], form: Mapping[str, str]) -> dict[str, Any]:
    """Values that were changed, by key. What cannot be read stays a text, and is refused by its name later.

    A field left empty leaves terminals that differ as they are, and takes an optional key away from those that agree.
    """
    changed: dict[str, Any] = {}
    for line in shown:
        text = form.get(line.name, line.value).strip()
        if text == line.value or (line.mixed and not text):
            continue
        changed[line.name] = _as_value(line.key, text)
    return changed


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changes from one whole settings to another."""
    found = []
    for key in keys():
        old, new = as_text(value_of(before, key)), as_text(value_of(after, key))
        if old != new:
            found.append(Difference(str(key), old, new))
    return found


def grouped(bases: Mapping[str, Mapping[str, Any]], changes: Mapping[str, Any]) -> list[Difference]:
    """What changes for whom, terminals with the same value before in one line."""
    found = []
    for key in (one for one in keys() if str(one) in changes):
        after = as_text(changes[str(key)])
        by_value: dict[str, list[str]] = {}
        for terminal, base in bases.items():
            by_value.setdefault(as_text(value_of(base, key)), []).append(terminal)
        found += [
            Difference(str(key), before, after, tuple(terminals))
            for before, terminals in sorted(by_value.items())
            if before != after
        ]
    return found


def value_of(settings: Mapping[str, Any], key: Key) -> Any:
    """The value of a key in whole settings, None where it is not there."""
    section = settings.get(key.section, {})
    return section.get(key.name) if isinstance(section, Mapping) else None


def as_text(value: Any) -> str:
    """A value as it stands in the form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_value(key: Key, text: str) -> Any:
    if not text and key.optional:
        return None
    if key.kind == "bool":
        return {YES: True, NO: False}.get(text, text)
    if key.kind == "list":
        return [item.strip() for item in text.split(",") if item.strip()]
    if key.kind not in ("int", "float"):
        return text
    try:
        return int(text) if key.kind == "int" else float(text)
    except ValueError:
        return text
