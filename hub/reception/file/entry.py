"""One form for any kind of fact: what was typed, what is wrong with it, and what it says once it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Field, Form, Input, Kind, Per, read_value
from hub.custody.facts.reading import Held, item_of
from hub.custody.facts.records import Fact
from hub.custody.iccs import ICCS
from hub.custody.who.countries import countries
from hub.movements.site.tree import choices as zones_to_choose
from hub.reception.file.sections import held_of
from hub.reception.file.subject import Look
from hub.reception.file.values import (
    PREFIX,
    TERM_PARTS,
    clean,
    is_three_way,
    offered,
    read,
    read_moment,
    typed_of,
)
from hub.sentences import Sentence
from hub.web.door import now
from hub.web.formats import SITE_ZONE
from hub.web.language import current_language, say, translated

LONG_AGO: Final = timedelta(days=366)
"""A fact that took effect longer ago than this is asked about once: most often the year is wrong."""
MAX_SOURCE: Final = 200
MAX_REASON: Final = 300
_YES_NO: Final = (("yes", Sentence("Yes")), ("no", Sentence("No")))


class Mode(StrEnum):
    """What is done with a fact."""

    ADD = "add"
    CHANGE = "change"
    CORRECT = "correct"
    END = "end"
    WITHDRAW = "withdraw"


@dataclass
class Entry:
    """A form about one kind of fact. `row` is the fact it is about; None for a new one.

    `typed` holds the fields of the form by name, without prefix; `faults` what is wrong by field.
    """

    kind: Kind[Any]
    mode: Mode
    row: Fact | None
    typed: dict[str, str]
    effective: str
    source: str = ""
    document: str = ""
    reason: str = ""
    seen: int = 0
    sure: str = ""
    faults: dict[str, Sentence] = field(default_factory=dict)
    warning: Sentence | None = None

    @property
    def asks_values(self) -> bool:
        return self.mode in (Mode.ADD, Mode.CHANGE, Mode.CORRECT)

    @property
    def asks_moment(self) -> bool:
        return self.mode is not Mode.WITHDRAW

    @property
    def asks_reason(self) -> bool:
        return self.mode in (Mode.CORRECT, Mode.END, Mode.WITHDRAW)

    @property
    def asks_source(self) -> bool:
        return self.asks_values

    def value(self) -> Form | None:
        """What was typed, as a value; None, with faults, when it cannot be one."""
        base = None if self.row is None else _value_of(self.kind, self.row)
        value, faults = read(self.kind, self.typed, base)
        self.faults |= faults
        return value

    def moment(self) -> datetime | None:
        """When it takes effect; None, with a fault or a warning to be answered, when that is not sure."""
        try:
            at = read_moment(self.effective, whole_day=self.kind.whole_days)
        except ValueError:
            self.faults["effective"] = Sentence("There is no such day. Write it as year-month-day.")
            return None
        if at < datetime(1900, 1, 1, tzinfo=SITE_ZONE) or at > now() + timedelta(days=36_525):
            self.faults["effective"] = Sentence("This date cannot be right. Check the year.")
            return None
        self.warning = None if self.sure == self.effective else self._doubt(at)
        return None if self.warning is not None else at

    def _doubt(self, at: datetime) -> Sentence | None:
        day = at.astimezone(SITE_ZONE).date()
        if self.row is not None and self.mode is Mode.CORRECT and at == self.row.effective_at:
            return None
        if at > now():
            return Sentence(
                "This takes effect on %(day)s, which has not come yet. Until then what holds now goes on to hold.",
                {"day": day},
            )
        if at < now() - LONG_AGO:
            return Sentence(
                "This took effect on %(day)s, more than a year ago. Whatever was reckoned since is reckoned anew.",
                {"day": day},
            )
        return None


def opened(look: Look, kind: Kind[Any], mode: Mode, row: Fact | None, *, seen: int) -> Entry:
    """The form as it is opened: with what stands there already, where there is something."""
    value = None if row is None else _value_of(kind, row)
    at = row.effective_at if row is not None and mode is Mode.CORRECT else now()
    keeps = row is not None and mode is Mode.CORRECT
    return Entry(
        kind=kind,
        mode=mode,
        row=row,
        typed=typed_of(kind, value),
        effective=moment_text(kind, at),
        source=row.source if row is not None and keeps else "",
        document=str(row.document_id or "") if row is not None and keeps else "",
        seen=seen,
    )


def handed_in(kind: Kind[Any], mode: Mode, row: Fact | None, form: Mapping[str, str]) -> Entry:
    """The form as it was sent."""
    names = [name for each in kind.fields for name in _names(each)]
    seen = form.get("seen", "")
    return Entry(
        kind=kind,
        mode=mode,
        row=row,
        typed={name: form.get(PREFIX + name, "") for name in names},
        effective=form.get("effective", "").strip(),
        source=clean(form.get("source", ""))[:MAX_SOURCE],
        document=form.get("document", ""),
        reason=clean(form.get("reason", ""))[:MAX_REASON],
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0,
        sure=form.get("sure", ""),
    )


def moment_text(kind: Kind[Any], at: datetime) -> str:
    """A moment as its field shows it: a day, or a minute at the site."""
    local = at.astimezone(SITE_ZONE)
    return local.date().isoformat() if kind.whole_days else local.strftime("%Y-%m-%dT%H:%M")


def choices(session: Session, look: Look, entry: Entry) -> dict[str, Sequence[tuple[str, str]]]:
    """What can be chosen in each field that offers a list, by the field's name."""
    found: dict[str, Sequence[tuple[str, str]]] = {}
    for each in entry.kind.fields:
        if each.input is Input.CHOICE:
            found[each.name] = translated(each.options)
        elif each.input is Input.COUNTRY:
            found[each.name] = list(countries(current_language()).items())
        elif each.input is Input.OFFENCE:
            found[each.name] = [(code, f"{code} {say(words)}") for code, words in ICCS.items()]
        elif each.input is Input.ITEM:
            found[each.name] = _items(look, each)
        elif each.input is Input.ZONE:
            found[each.name] = [(zone.code, zone.name) for zone in zones_to_choose(session)]
        elif each.offered:
            found[each.name] = [
                (code, say(words)) for code, words in offered(each, entry.typed.get(each.name, ""))
            ]
        elif is_three_way(entry.kind, each):
            found[each.name] = [(code, say(words)) for code, words in _YES_NO]
    return found


def refuse_strange_items(look: Look, entry: Entry) -> None:
    """Note a fault for each field that names a thing which is not in this very file."""
    for each in entry.kind.fields:
        typed = entry.typed.get(each.name, "")
        if each.input is not Input.ITEM or each.of not in KINDS or not typed:
            continue
        if typed not in {str(item_of(row)) for row in look.rows if row.kind == each.of}:
            entry.faults[each.name] = Sentence("Choose from the list.")


def booking_for(look: Look, kind: Kind[Any]) -> int | None:
    """The stay that a new fact of this kind belongs to."""
    return look.stay.id if kind.per is Per.BOOKING and look.stay is not None else None


def _items(look: Look, each: Field) -> list[tuple[str, str]]:
    kind = KINDS.get(each.of)
    if kind is None:
        return []
    return [(str(held.item), _told(kind, held)) for held in held_of(look, kind)]


def _told(kind: Kind[Any], held: Held[Any]) -> str:
    """What it says and on which paper: two sentences of three months are told apart by their orders."""
    said = say(kind.say(held.value))
    return f"{said} ({held.row.source})" if held.row.source else said


def _names(each: Field) -> list[str]:
    return [f"{each.name}_{part}" for part in TERM_PARTS] if each.input is Input.TERM else [each.name]


def _value_of(kind: Kind[Any], row: Fact) -> Form:
    value: Form = read_value(kind, row.value)
    return value
