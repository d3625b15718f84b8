"""Officers who read Spanish see no codes: each word that a page of sharing can show has its own in Spanish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec.inspect as shapes
import pytest

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Input
from hub.custody.legal import CHARGE
from hub.custody.who.identifiers import IDENTIFIER
from hub.reception.file.values import shown
from hub.sentences import Sentence
from hub.sharing import deciding
from hub.sharing.catalogue import EXCHANGES, PARTNER_KINDS, PURPOSES, WAYS
from hub.sharing.census import views as census
from hub.sharing.console.reckoning import CHANNELS
from hub.sharing.corrections import views as corrections
from hub.sharing.forensic import words as forensic
from hub.sharing.inbox.clocks import LIBERTY_WORDS
from hub.sharing.inbox.deciding import REASONS
from hub.sharing.inbox.doubts import DOUBT_WORDS
from hub.sharing.inbox.lists import PARTS
from hub.sharing.inbox.messages import MESSAGES
from hub.sharing.inbox.showing import said_of_field
from hub.sharing.inbox.words import ACTS, FIELDS, STATES
from hub.sharing.outbox.answers import OUTCOMES
from hub.sharing.outbox.events import WORDS
from hub.sharing.outbox.records import STATES as DELIVERY_STATES
from hub.web.language import say_in

TABLES: dict[str, Mapping[Any, Sentence]] = {
    "inbox states": STATES, "inbox acts": ACTS, "inbox fields": FIELDS, "liberty": LIBERTY_WORDS, "parts": PARTS,
    "reasons": REASONS, "doubts": DOUBT_WORDS, "refusals": deciding.SHORT, "agencies": PARTNER_KINDS,
    "purposes": PURPOSES, "ways": WAYS, "channels": CHANNELS, "outcomes": OUTCOMES, "events": WORDS,
    "deliveries": DELIVERY_STATES, "forensic kinds": forensic.KINDS, "forensic states": forensic.STATES,
    "forensic steps": forensic.STEPS, "forensic outcomes": forensic.OUTCOMES, "forensic forms": forensic.FORMS,
}  # fmt: skip
PROPOSED = (*(kind for kind in KINDS.values() if kind.legal), IDENTIFIER)
THE_SAME: frozenset[str] = frozenset({"no", "hospital"})
"""Written alike in both languages."""


def spoken(words: Sentence) -> bool:
    return say_in("es", words) != say_in("en", words) or str(words).casefold() in THE_SAME


@pytest.mark.parametrize("name", TABLES)
def test_every_word_of_a_table_has_its_spanish(name: str) -> None:
    assert [str(words) for words in TABLES[name].values() if not spoken(words)] == []


def test_messages_and_their_fields_have_their_spanish() -> None:
    labels = [one.label for exchange in EXCHANGES.values() for one in exchange.fields]
    labels += [exchange.label for exchange in EXCHANGES.values()]
    assert [str(words) for words in labels if not spoken(words)] == []


def codes(shape: shapes.Type, name: str = "") -> Iterator[tuple[str, object]]:
    """Every (field, value) of a message where the values are named one by one."""
    match shape:
        case shapes.StructType(fields=fields):
            for each in fields:
                yield from codes(each.type, each.encode_name)
        case shapes.UnionType(types=types):
            for one in types:
                yield from codes(one, name)
        case shapes.VarTupleType(item_type=item):
            yield from codes(item, name)
        case shapes.EnumType(cls=cls):
            yield from ((name, one) for one in cls)
        case shapes.LiteralType(values=values):
            yield from ((name, one) for one in values)


@pytest.mark.parametrize("exchange", MESSAGES)
def test_every_code_that_a_message_can_hold_is_said_in_words(exchange: str) -> None:
    said = [
        (name, value, said_of_field(name, value))
        for name, value in codes(shapes.type_info(MESSAGES[exchange]))
    ]
    raw = [
        (name, value) for name, value, words in said if not isinstance(words, Sentence) or not spoken(words)
    ]
    assert raw == []


def test_what_would_be_recorded_is_said_in_words() -> None:
    fields = [each for kind in PROPOSED for each in kind.fields if each.options]
    assert CHARGE.fields[-2] in fields
    raw = [(each.name, code) for each in fields for code in each.options if not in_words(shown(each, code))]
    assert raw == []
    labels = [kind.words for kind in KINDS.values()] + [
        each.label for kind in PROPOSED for each in kind.fields
    ]
    assert [str(words) for words in labels if not spoken(words)] == []
    assert {each.input for each in fields} <= {Input.CHOICE, Input.TEXT}


def in_words(said: object) -> bool:
    return isinstance(said, Sentence) and spoken(said)


@pytest.mark.parametrize("module", [census, corrections])
def test_pages_of_lists_and_corrections_have_their_spanish(module: Any) -> None:
    tables: Iterable[Any] = [held for held in vars(module).values() if isinstance(held, Mapping)]
    words = [one for held in tables for one in held.values() if isinstance(one, Sentence)]
    assert words
    assert [str(one) for one in words if not spoken(one)] == []
