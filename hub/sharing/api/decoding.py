"""What a client sent, read strictly: an unknown name, a wrong type or a value out of range is never guessed at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from werkzeug.datastructures import MultiDict

from hub.sharing.api.problems import BAD_BODY, BAD_PARAMETERS, BAD_REQUEST, NOT_FOUND, ProblemError

T = TypeVar("T", bound=msgspec.Struct)

_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<where>[^`]*)`)?$", re.S)
_NUL = re.compile(rb"\\u0000|\x00")
_SURROGATE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")

_UNPLAIN = re.compile(r"matching regex .\^\[\^\\+x00-")
_PLAIN = (
    "Expected a text with something to read in it and without control characters, marks that turn it around, and signs "
    "that nobody sees (such as U+202E or U+200B)"
)
"""Said for patterns of texts: what they leave out cannot be read off them."""


def read_body(raw: bytes, kind: type[T]) -> T:
    """The message in a body; ProblemError saying where it does not fit."""
    if _NUL.search(raw) or _SURROGATE.search(raw):
        raise ProblemError(BAD_REQUEST, "The text holds a character that no text may hold.", errors=[])
    try:
        found = _decode(raw, kind)
        json.loads(raw, object_pairs_hook=_named_once, parse_float=str, parse_int=str)
        return found
    except msgspec.ValidationError as error:
        raise ProblemError(BAD_BODY, errors=[fault_of(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProblemError(BAD_REQUEST, "The body is not JSON in UTF-8.") from None
    except RecursionError:
        raise ProblemError(BAD_REQUEST, "The body is nested too deeply.") from None


def read_query(given: MultiDict[str, str], kind: type[T] | None) -> T | None:
    """The parameters of an address; ProblemError for what is unknown, twice or out of range."""
    twice = [name for name, values in given.lists() if len(values) > 1]
    if twice:
        raise _wrong([{"pointer": name[:100], "detail": "given more than once"} for name in twice])
    if any("\x00" in text for pair in given.items() for text in pair):
        raise _wrong([{"pointer": "", "detail": "a character that no text may hold"}])
    if kind is None:
        if given:
            raise _wrong([{"pointer": name[:100], "detail": "no such parameter"} for name in given])
        return None
    try:
        return msgspec.convert(dict(given.items()), kind, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong([fault_of(error)]) from None


def check_path(given: Mapping[str, str], patterns: Mapping[str, str]) -> None:
    """ProblemError for a place in the address that cannot be: nothing stands there."""
    for name, pattern in patterns.items():
        if re.fullmatch(pattern, given[name]) is None:
            raise ProblemError(NOT_FOUND)


def _decode(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        if "got `float`" not in str(error):
            raise
    # To JSON Schema 2.0 is an integer; some languages write every number so.
    return msgspec.convert(_whole(msgspec.json.decode(raw)), kind)


def _named_once(pairs: list[tuple[str, Any]]) -> None:
    """Which of two members of one name counts, readers of JSON do not agree on (RFC 8259): so neither does."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ProblemError(BAD_REQUEST, "A member of the JSON stands there twice.")


def _whole(value: Any) -> Any:
    """The same with numbers that are whole as whole numbers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return value


def _wrong(errors: list[dict[str, Any]]) -> ProblemError:
    return ProblemError(BAD_PARAMETERS, errors=errors)


def fault_of(error: msgspec.ValidationError) -> dict[str, str]:
    """Place and reason. The words are msgspec's: of names and types, never of a value that was sent."""
    found = _WHERE.match(str(error))
    assert found is not None
    where = (found["where"] or "$").removeprefix("$").removeprefix(".")
    return {"pointer": where, "detail": _PLAIN if _UNPLAIN.search(found["what"]) else found["what"]}
