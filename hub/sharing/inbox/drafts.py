"""What an officer makes of a message: each fact as proposed or as corrected, what is wrong with it, what differs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec

from hub.custody.facts.kinds import Field, Form, Input
from hub.reception.file.values import TERM_PARTS, clean, mean_alike, read, shown, typed_of
from hub.sentences import Sentence
from hub.sharing.inbox.proposing.parts import Proposal

LINK: Final = "@"
"""Before the name of another fact of the same message, where a field names a thing of the file."""


@dataclass
class Draft:
    """A proposal with what was typed. `recorded` says whether it is to be stated; `value` is None while it has faults.

    `typed` and `faults` are by field of the kind's form, as the template of forms wants them.
    """

    proposal: Proposal
    typed: dict[str, str]
    recorded: bool
    value: Form | None = None
    faults: dict[str, Sentence] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.proposal.name

    @property
    def links(self) -> Mapping[str, str]:
        """Other drafts whose item goes into a field, by field."""
        return {name: text.removeprefix(LINK) for name, text in self.typed.items() if text.startswith(LINK)}

    @property
    def differs(self) -> bool:
        """Whether something stands otherwise than the message has it."""
        return self.typed != proposed(self.proposal)

    def __repr__(self) -> str:
        return f"Draft({self.name})"


def prefix_of(name: str) -> str:
    """Before the names of a draft's fields in the form of the page."""
    return f"p-{name}-"


def as_proposed(proposals: Sequence[Proposal], today: date) -> list[Draft]:
    """Everything as the message has it; what changes the legal status waits for the officer's tick."""
    return [_judged(Draft(one, proposed(one), not one.needs_tick), today) for one in proposals]


def as_typed(
    proposals: Sequence[Proposal], form: Mapping[str, str], recorded: Collection[str], today: date
) -> list[Draft]:
    """What a form has; `recorded` names the facts that are ticked. A field that is not in it stands as proposed."""
    found = []
    for one in proposals:
        sent, prefix = proposed(one), prefix_of(one.name)
        corrects = f"{prefix}corrected" in form
        typed = {name: form.get(prefix + name, "" if corrects else held) for name, held in sent.items()}
        # A form writes some values otherwise than they were sent: a class with its words, an empty box for no.
        for each in one.kind.fields:
            if mean_alike(one.kind, each, typed, sent):
                typed |= {name: sent.get(name, "") for name in _names(each)}
        found.append(_judged(Draft(one, typed, one.name in recorded), today))
    return found


def proposed(one: Proposal) -> dict[str, str]:
    """The fields of a proposal as a form shows them, and a browser sends them back."""
    typed = typed_of(one.kind, one.value)
    for each in one.kind.fields:
        if each.input is Input.TEXT:
            typed[each.name] = clean(typed[each.name])
    for name, other in one.links.items():
        typed[name] = LINK + other
    return typed


def differences(drafts: Sequence[Draft]) -> list[str]:
    """What is recorded otherwise than it was sent, in English for the sender: "Sentence, Years: 3 -> 2"."""
    found = []
    for one in drafts:
        if not one.recorded:
            if not one.proposal.needs_tick:
                found.append(f"{one.proposal.kind.words}: not recorded")
            continue
        before = proposed(one.proposal)
        for each in one.proposal.kind.fields:
            for name in _names(each):
                if before.get(name, "") != one.typed.get(name, ""):
                    label = _label(each, name)
                    sent, now = before.get(name, "") or "nothing", one.typed.get(name, "") or "nothing"
                    found.append(f"{one.proposal.kind.words}, {label}: {sent} -> {now}"[:300])
    return found


def told(value: Form | None, each: Field) -> Sentence | str:
    """One field of a value in words; "" for nothing."""
    return "" if value is None else shown(each, getattr(value, each.name, None))


def _judged(draft: Draft, today: date) -> Draft:
    kind = draft.proposal.kind
    plain = {name: "" if text.startswith(LINK) else text for name, text in draft.typed.items()}
    value, faults = read(kind, plain, _without_items(draft.proposal))
    draft.faults |= faults
    if value is not None and kind.check is not None:
        draft.faults |= kind.check(value, today)
    before = proposed(draft.proposal)
    for name, why in draft.proposal.unclear.items():
        if draft.typed.get(name, "") == before.get(name, ""):
            draft.faults[name] = why
    draft.value = None if draft.faults else value
    return draft


def _without_items(one: Proposal) -> Form:
    value: Form = one.value
    items = {each.name: None for each in one.kind.fields if each.input is Input.ITEM}
    kept: Form = msgspec.structs.replace(value, **items) if items else value
    return kept


def _names(each: Field) -> list[str]:
    return [f"{each.name}_{part}" for part in TERM_PARTS] if each.input is Input.TERM else [each.name]


def _label(each: Field, name: str) -> str:
    return f"{each.label}, {name.rpartition('_')[2]}" if each.input is Input.TERM else str(each.label)


def any_faults(drafts: Sequence[Draft]) -> bool:
    """Whether anything that is to be recorded cannot be."""
    return any(one.faults for one in drafts if one.recorded)


def choices_of(drafts: Sequence[Draft], items: Mapping[str, Sequence[tuple[str, Any]]]) -> Mapping[str, Any]:
    """For each kind of thing what a field that names one can be: things on file, and those of this message."""
    found: dict[str, list[tuple[str, Any]]] = {kind: list(known) for kind, known in items.items()}
    for one in drafts:
        said = one.proposal.kind.say(one.value if one.value is not None else one.proposal.value)
        found.setdefault(one.proposal.kind.name, []).append((LINK + one.name, said))
    return found
