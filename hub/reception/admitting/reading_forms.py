"""What a browser sent for one step, put into the content of an admission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from hub.custody.records import Person
from hub.reception.admitting.content import FIELDS, Content, Signed, Step, longest
from hub.web.formats import SITE_ZONE

_AS_TYPED: Final = 16
"""Characters of a date and time as browsers type it: 2026-11-22T14:05."""


def local_time(at: datetime) -> str:
    """As an input for date and time shows it, at the site."""
    return at.astimezone(SITE_ZONE).replace(tzinfo=None).isoformat()[:_AS_TYPED]


def first_content(at: datetime) -> Content:
    """What is known before anything was asked."""
    return Content(values={"admitted_at": local_time(at), "finger_1": "2", "finger_2": "7"})


def with_answers(content: Content, step: Step, form: Mapping[str, str], zones: Sequence[str]) -> Content:
    """The content with what was typed on one page; what another page asked stays."""
    values = {name: kept for name, kept in content.values.items() if name not in FIELDS[step]}
    values |= {
        name: form[name].strip()[: longest(name)] for name in FIELDS[step] if form.get(name, "").strip()
    }
    asked = [*content.asked, *([] if step in content.asked else [step.value])]
    changed = replace(content, values=values, asked=asked)
    if step is Step.CELL:
        changed = replace(changed, zones=[zone[:64] for zone in zones[:50]])
        if values.get("cell") != content.values.get("cell"):
            changed = replace(changed, cell_override=None)  # it was signed for another cell
    if step is Step.ORDER and content.of(step) != changed.of(step):
        changed = replace(changed, override=None)  # it was signed for what the order said then
    if step is Step.KNOWN and values.get("known") != content.values.get("known"):
        changed = replace(changed, asked=[one for one in changed.asked if one != Step.WHO])
    return changed


def prefilled(content: Content, known: Person | None) -> Content:
    """Who it is, from the file that was chosen, or from the order: nothing is asked twice."""
    if Step.WHO in content.asked:
        return content
    values = dict(content.values)
    if known is not None:
        values |= {"surname": known.surname, "given": known.given, "sex": known.sex}
        values["born_on"] = "" if known.born_on is None else known.born_on.isoformat()
    else:
        values |= {"surname": values.get("named_surname", ""), "given": values.get("named_given", "")}
        values.pop("born_on", None)
    return replace(content, values={name: value for name, value in values.items() if value})


def signed(login: str, reason: str, at: datetime) -> Signed:
    """A second officer's word."""
    return Signed(by=login, at=at.isoformat(), reason=" ".join(reason.split())[:300])
