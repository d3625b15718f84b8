"""The keys of a model's settings one by one: what each may be, what is wrong with a value, and what a file says of it.

A model's file, the hub's form and the reference in docs/ are all made from these.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from wire.settings import ModelSettings

_COMMENTED = re.compile(r"(?:# )?(?P<key>[a-z0-9_]+) = (?P<rest>.*)\Z")
_SECTION = re.compile(r"\[(?P<name>[a-z0-9_]+)\]\s*\Z")


@dataclass(frozen=True)
class Key:
    """`section.name`. `kind` is int, float, bool, text, choice or list; `least` and `most` bound figures.

    `optional` keys may be left out of a file, and are None then. `choices` are those of a choice or of a list's items.
    """

    section: str
    name: str
    kind: str
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"

    def must_be(self) -> str:
        """What a value of it has to be, to go after «must be»."""
        bounds = (
            ""
            if self.least is None or self.most is None
            else f" from {as_figure(self.least)} to {as_figure(self.most)}"
        )
        if self.kind in ("int", "float"):
            return f"a {'whole ' if self.kind == 'int' else ''}number{bounds}"
        if self.kind == "bool":
            return "true or false"
        return f"{'some of' if self.kind == 'list' else 'one of'} {', '.join(self.choices)}"


def as_figure(value: float) -> str:
    """A figure as people write it: 31536000, 0.3, 1e-06."""
    return str(int(value)) if value == int(value) else f"{value:g}"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one key, or with a section as a whole when its keys do not go together."""

    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what}"


@lru_cache
def keys() -> tuple[Key, ...]:
    """Every key of a model's settings, in the order of the structs."""
    found = []
    for section in _fields(ModelSettings):
        assert isinstance(section.type, inspect.StructType)
        found += [_key(section.encode_name, field) for field in section.type.fields]
    return tuple(found)


def faults_of(content: Mapping[str, Any], *, whole: bool = True) -> list[Fault]:
    """Everything wrong with the settings in `content`, by key, none when they are good.

    With `whole` every key that is not optional must be there, also one that has a default.
    """
    found = [_unknown(str(name)) for name in content if name not in _sections()]
    for name, form in _sections().items():
        held = content.get(name, {})
        if not isinstance(held, Mapping):
            found.append(Fault(name, "must be a section, [" + name + "]"))
            continue
        section = list(_section_faults(name, form, held, whole=whole))
        found += section or _together(name, form, held)
    return found


def read_settings(content: Mapping[str, Any]) -> ModelSettings:
    """Settings of good `content`; msgspec.ValidationError, which names the key, otherwise."""
    return msgspec.convert(content, ModelSettings)


def comments_of(text: str) -> dict[str, str]:
    """What a model's file says of each of its keys, also of optional ones that are commented out."""
    found: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        if heading := _SECTION.match(line.strip()):
            section = heading["name"]
        elif section and (pair := _COMMENTED.match(line.strip())):
            _value, mark, comment = pair["rest"].rpartition("#")
            if mark:
                found[f"{section}.{pair['key']}"] = comment.strip()
    return found


def read_toml(text: str) -> dict[str, Any]:
    """Content of a model's file; tomllib.TOMLDecodeError when it is none."""
    return tomllib.loads(text)


@lru_cache
def _sections() -> dict[str, type[msgspec.Struct]]:
    return {
        field.encode_name: field.type.cls
        for field in _fields(ModelSettings)
        if isinstance(field.type, inspect.StructType)
    }


def _fields(form: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    told = inspect.type_info(form)
    assert isinstance(told, inspect.StructType)
    return told.fields


@lru_cache
def _known(section: str, form: type[msgspec.Struct]) -> dict[str, tuple[Key, Any, bool]]:
    """Each key of a section with its type, and whether even the form asks for it."""
    told = {field.encode_name: field for field in _fields(form)}
    return {
        hint.encode_name: (_key(section, told[hint.encode_name]), hint.type, hint.required)
        for hint in msgspec.structs.fields(form)
    }


def _section_faults(
    section: str, form: type[msgspec.Struct], held: Mapping[str, Any], *, whole: bool
) -> Iterator[Fault]:
    known = _known(section, form)
    yield from (_unknown(f"{section}.{name}") for name in held if name not in known)
    for name, (key, kind, required) in known.items():
        if name not in held:
            if required or (whole and not key.optional):
                yield Fault(str(key), "is missing")
            continue
        try:
            msgspec.convert(held[name], kind)
        except msgspec.ValidationError:
            yield Fault(str(key), f"must be {key.must_be()}")


def _together(section: str, form: type[msgspec.Struct], held: Mapping[str, Any]) -> list[Fault]:
    try:
        msgspec.convert(dict(held), form)
    except msgspec.ValidationError as error:
        return [Fault(section, str(error).partition(" - at ")[0])]
    return []


def _unknown(name: str) -> Fault:
    return Fault(name, "is not known; check how it is written")


def _key(section: str, field: inspect.Field) -> Key:
    told, optional = field.type, False
    if isinstance(told, inspect.UnionType):
        optional = any(isinstance(one, inspect.NoneType) for one in told.types)
        told = next(one for one in told.types if not isinstance(one, inspect.NoneType))
    kind, choices = _kind(told)
    return Key(
        section,
        field.encode_name,
        kind,
        least=getattr(told, "ge", None),
        most=getattr(told, "le", None),
        choices=choices,
        optional=optional,
    )


def _kind(told: inspect.Type) -> tuple[str, tuple[str, ...]]:
    if isinstance(told, inspect.BoolType):
        return "bool", ()
    if isinstance(told, inspect.IntType):
        return "int", ()
    if isinstance(told, inspect.FloatType):
        return "float", ()
    if isinstance(told, inspect.LiteralType):
        return "choice", tuple(str(value) for value in told.values)
    if isinstance(told, inspect.ListType):
        return "list", _kind(told.item_type)[1]
    return "text", ()
