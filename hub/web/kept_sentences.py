"""Sentences kept in records, so that they can be read in any language when the code that said them was edited."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from hub.sentences import Sentence

_DAY = "day:"
"""Before a date: it is said as a date, in the reader's language."""


def write_sentence(sentence: Sentence) -> str:
    """JSON of a sentence whose values are words, numbers, dates or sentences."""
    return msgspec.json.encode(_plain(sentence)).decode()


def read_sentence(raw: str) -> Sentence:
    """The sentence of `write_sentence`."""
    found: dict[str, Any] = msgspec.json.decode(raw)
    return _sentence(found)


def _plain(sentence: Sentence) -> dict[str, object]:
    values = {name: _plain_value(value) for name, value in sentence.values.items()}
    return {"text": sentence.text, "values": values} if values else {"text": sentence.text}


def _plain_value(value: object) -> object:
    if isinstance(value, Sentence):
        return _plain(value)
    if isinstance(value, date):
        return f"{_DAY}{value.isoformat()}"
    return value if isinstance(value, int) else str(value)


def _sentence(plain: dict[str, Any]) -> Sentence:
    text: str = plain["text"]
    return Sentence(text, {name: _value(value) for name, value in plain.get("values", {}).items()})


def _value(value: Any) -> object:
    if isinstance(value, dict):
        return _sentence(value)
    if isinstance(value, str) and value.startswith(_DAY):
        return date.fromisoformat(value[len(_DAY) : len(_DAY) + 10])
    return value
