"""English in the source, other languages from message files. What has no translation is said in English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from babel.dates import get_month_names
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

from hub.sentences import Sentence

LANGUAGES: Final = {"en": "English", "es": "Español"}
COOKIE: Final = "pims-language"
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"

Messages = dict[str, str | tuple[str, ...]]


@runtime_checkable
class Spoken(Protocol):
    """A value that has its own words in each language."""

    def said_in(self, language: str) -> str: ...


@lru_cache
def messages(language: str) -> Messages:
    """Translations into `language`; plural ones are a tuple of two forms under the singular."""
    path = LOCALE_FOLDER / language / "messages.po"
    if language == "en":
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    found: Messages = {}
    for message in catalogue:
        if message.id and not message.fuzzy and message.string:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return found


def current_language() -> str:
    """Language of this request: the visitor's choice, else what the browser asks for, else English."""
    # Asked some hundred times for a page: what is known already is looked for first.
    try:
        known: str | None = g._get_current_object().get("language")
    except RuntimeError:
        return "en"  # outside of any request
    if known is not None:
        return known
    if not has_request_context():
        return "en"
    chosen = request.cookies.get(COOKIE, "")
    language = chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES), "en")
    g.language = language
    return language


def say(what: str | Sentence, /, **values: object) -> str:
    """The text in this request's language, with its values filled in."""
    if isinstance(what, str) and not values:  # most of a page, and some hundred times
        found = messages(current_language()).get(what, what)
        return found if isinstance(found, str) else found[0]
    if isinstance(what, Sentence):
        return _said(current_language(), what.text, what.values)
    return _said(current_language(), what, values)


def say_in(language: str, what: str | Sentence, /, **values: object) -> str:
    """The text in `language`, with its values filled in."""
    if isinstance(what, Sentence):
        return _said(language, what.text, what.values)
    return _said(language, what, values)


def _said(language: str, what: str, values: Mapping[str, object]) -> str:
    translated = messages(language).get(what, what)
    text = translated if isinstance(translated, str) else translated[0]
    return text % {name: _value_in(language, value) for name, value in values.items()} if values else text


def _value_in(language: str, value: object) -> object:
    """A value of a sentence: other sentences, dates and countries are said in the same language."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, Sentence):
        return _said(language, value.text, value.values)
    if isinstance(value, date):
        return value if isinstance(value, datetime) else day_in(language, value)
    return value.said_in(language) if isinstance(value, Spoken) else value


def day_in(language: str, day: date) -> str:
    """22 Nov 2026."""
    return f"{day.day} {_months(language)[day.month]} {day.year:04}"


@lru_cache
def _months(language: str) -> Mapping[int, str]:
    return dict(get_month_names("abbreviated", locale=language))


def say_count(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of the text for `count`, which is also the value %(num)s."""
    translated = messages(current_language()).get(one)
    forms = translated if isinstance(translated, tuple) else (one, many)
    return forms[0 if count == 1 else 1] % {"num": count, **values}


def translated(words: Mapping[Any, Sentence]) -> list[tuple[str, str]]:
    """Codes with their words in this request's language, for a list to choose from."""
    return [(str(code), say(sentence)) for code, sentence in words.items()]


def install(app: Flask) -> None:
    """Give templates `_`, `ngettext` and the language they speak."""
    app.jinja_env.globals.update(
        _=say,
        say=say,
        ngettext=say_count,
        language=current_language,
        languages=LANGUAGES,
        translated=translated,
    )
