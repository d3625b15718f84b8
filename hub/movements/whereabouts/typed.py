"""The form of location rules: spans as people write them, and what was typed back into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final

import msgspec

from hub.movements.records import ZoneKind
from hub.movements.whereabouts.limits import DEFAULTS, KindLimit, Limits, SourceLimit
from hub.movements.whereabouts.proofs import Source
from hub.movements.whereabouts.rules import fault_of
from hub.sentences import Sentence

_UNITS: Final = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_SPAN: Final = re.compile(
    r"\s*(?:(\d{1,4})\s*d)?\s*(?:(\d{1,5})\s*h)?\s*(?:(\d{1,6})\s*min)?\s*(?:(\d{1,8})\s*s)?\s*"
)
SPANS: Final = {
    "proven_s": Sentence("proves for"),
    "likely_s": Sentence("makes likely for"),
    "locked_proven_s": Sentence("locked at night, proves for"),
    "locked_likely_s": Sentence("locked at night, makes likely for"),
}
"""Of a sort of zone, in the order of the form."""
OF_SOURCE: Final = {
    "percent": Sentence("holds for so many hundredths of that time"),
    "proves": Sentence("Can prove"),
}
PLAIN: Final = {
    "clock_slack_s": Sentence("Two sure clocks may differ by"),
    "paper_slack_s": Sentence("The time in a book may be wrong by"),
    "least_step_s": Sentence("Least time of one checkpoint where nobody was timed"),
    "unknown_step_s": Sentence("Expected time of one checkpoint where nobody was timed"),
    "rings_for_s": Sentence("A contradiction rings when it is not older than"),
    "learn_every_s": Sentence("Ways are learnt again every"),
}
"""Single spans."""
NUMBERS: Final = {
    "fast_percent": Sentence("Faster than so many hundredths of the fastest known time is impossible"),
    "learn_days": Sentence("Days that ways are learnt from"),
    "enough": Sentence("Times measured before they count"),
}
HOURS: Final = {"night_from": Sentence("Night begins"), "night_until": Sentence("Night ends")}

_NO_SPAN: Final = Sentence("Write a time as in 90 s, 15 min, 2 h or 1 d.")
_NO_NUMBER: Final = Sentence("Write a whole number.")
_NO_HOUR: Final = Sentence("Write an hour of the day as in 19:00.")
_SHORTER: Final = Sentence("A proof must make likely for at least as long as it proves.")
_OUT_OF_RANGE: Final = Sentence("Write a number between the two that are possible.")


@dataclass
class Typed:
    """What a form said: rules when all of it can be used, else what is wrong with which field."""

    limits: Limits | None
    faults: dict[str, Sentence] = field(default_factory=dict)


def read_span(text: str) -> int | None:
    """Seconds of a span as in "1 h 30 min", None for anything else; a number alone counts seconds."""
    if text.strip().isdigit() and len(text.strip()) < 9:
        return int(text)
    found = _SPAN.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    return sum(int(part) * size for part, size in zip(found.groups(), _UNITS.values(), strict=True) if part)


def span_text(seconds: int) -> str:
    """The span as one writes it: 5400 is "1 h 30 min"."""
    parts = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"


def written(limits: Limits) -> dict[str, str]:
    """The fields of the form with these rules in them."""
    fields = {name: span_text(getattr(limits, name)) for name in PLAIN}
    fields |= {name: str(getattr(limits, name)) for name in NUMBERS}
    fields |= {name: getattr(limits, name).strftime("%H:%M") for name in HOURS}
    for kind in ZoneKind:
        limit = limits.kinds.get(kind, DEFAULTS.kinds[kind])
        fields |= {f"{kind.value}.{name}": span_text(getattr(limit, name)) for name in SPANS}
    for source in Source:
        by = limits.sources.get(source, DEFAULTS.sources[source])
        fields[f"{source.value}.percent"] = str(by.percent)
        fields[f"{source.value}.proves"] = "yes" if by.proves else ""
    return fields


def read_form(form: Mapping[str, str]) -> Typed:
    """Rules of a form."""
    typed = Typed(None)
    spans = {name: _span(form, name, typed) for name in PLAIN}
    numbers = {name: _number(form, name, typed) for name in NUMBERS}
    hours = {name: _hour(form, name, typed) for name in HOURS}
    kinds = {
        kind: KindLimit(**{name: _span(form, f"{kind.value}.{name}", typed) for name in SPANS})
        for kind in ZoneKind
    }
    sources = {
        source: SourceLimit(
            _number(form, f"{source.value}.percent", typed), bool(form.get(f"{source.value}.proves"))
        )
        for source in Source
    }
    values: dict[str, Any] = {**hours, **spans, **numbers}
    limits = Limits(kinds=kinds, sources=sources, **values)
    if not typed.faults:
        _check(limits, typed)
    return typed


def _check(limits: Limits, typed: Typed) -> None:
    for kind in fault_of(limits):
        typed.faults[f"{kind}.likely_s"] = _SHORTER
    if typed.faults:
        return
    try:
        typed.limits = msgspec.json.decode(msgspec.json.encode(limits), type=Limits)
    except msgspec.ValidationError as error:
        place = str(error).rpartition("$")[2].strip("`.")
        typed.faults[next((name for name in (*PLAIN, *NUMBERS) if name == place), "")] = _OUT_OF_RANGE


def _span(form: Mapping[str, str], name: str, typed: Typed) -> int:
    seconds = read_span(form.get(name, ""))
    if seconds is None:
        typed.faults[name] = _NO_SPAN
    return seconds or 0


def _number(form: Mapping[str, str], name: str, typed: Typed) -> int:
    text = form.get(name, "").strip()
    if not text.isdigit() or len(text) > 6:
        typed.faults[name] = _NO_NUMBER
        return 0
    return int(text)


def _hour(form: Mapping[str, str], name: str, typed: Typed) -> time:
    try:
        return time.fromisoformat(form.get(name, "").strip())
    except ValueError:
        typed.faults[name] = _NO_HOUR
        return time()
