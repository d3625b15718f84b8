"""A site as values, in codes: what an editor shows, a file says, a change keeps. Codes never change; all else may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from hub.movements.records import ZoneKind
from hub.sentences import Sentence

CODE: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"
Code = Annotated[str, Meta(pattern=CODE)]
Label = Annotated[str, Meta(min_length=1, max_length=80)]
Places = Annotated[int, Meta(ge=0, le=100_000)]
Minute = Annotated[int, Meta(ge=0, le=1439)]
Weekday = Annotated[int, Meta(ge=0, le=6)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class Kind(StrEnum):
    """What a change is about."""

    SITE = "site"
    ZONE = "zone"
    CHECKPOINT = "checkpoint"
    CURFEW = "curfew"


class SiteForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A site."""

    code: Code
    name: Label
    sort: int = 0


class ZoneForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A zone; `site` and `parent` by code. See `hub.movements.records.Zone`."""

    code: Code
    name: Label
    kind: ZoneKind
    site: Code
    parent: Code | None = None
    is_unit: bool = False
    certified: Places | None = None
    working: Places | None = None
    maximum: Places | None = None
    needs_pass: bool = False
    is_locked_at_night: bool = False
    sort: int = 0
    closed: bool = False


class CheckpointForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A checkpoint; zones by code."""

    code: Code
    name: Label
    from_zone: Code
    to_zone: Code
    walk_s: Seconds | None = None
    closed: bool = False


class CurfewForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A curfew; zones by code. See `hub.movements.site.hours.CurfewHours`."""

    code: Code
    name: Label
    site: Code
    zones: Annotated[list[Code], Meta(min_length=1, max_length=200)]
    from_minute: Minute
    until_minute: Minute
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)]
    closed: bool = False


Form = SiteForm | ZoneForm | CheckpointForm | CurfewForm
KIND_OF: Final[dict[type, Kind]] = {
    SiteForm: Kind.SITE,
    ZoneForm: Kind.ZONE,
    CheckpointForm: Kind.CHECKPOINT,
    CurfewForm: Kind.CURFEW,
}
FORM_OF: Final[dict[Kind, type[Form]]] = {kind: form for form, kind in KIND_OF.items()}


def kind_of(form: Form) -> Kind:
    """What a form is of."""
    return KIND_OF[type(form)]


def written(form: Form) -> dict[str, Any]:
    """A form as a change keeps it."""
    found: dict[str, Any] = msgspec.to_builtins(form)
    return found


def read_form(kind: str, value: Mapping[str, Any]) -> Form:
    """A form that a change kept. msgspec.ValidationError for anything else."""
    return msgspec.convert(value, FORM_OF[Kind(kind)])


@dataclass(frozen=True)
class Everything:
    """All sites with all that is in them, by code."""

    sites: Mapping[str, SiteForm] = field(default_factory=dict)
    zones: Mapping[str, ZoneForm] = field(default_factory=dict)
    checkpoints: Mapping[str, CheckpointForm] = field(default_factory=dict)
    curfews: Mapping[str, CurfewForm] = field(default_factory=dict)

    def get(self, kind: Kind, code: str) -> Form | None:
        """What stands under a code."""
        found: Form | None = self._of(kind).get(code)
        return found

    def with_form(self, form: Form) -> Everything:
        """The same with this one put in or put in place of what has its code."""
        kind = kind_of(form)
        return replace(self, **{_FIELDS[kind]: {**self._of(kind), form.code: form}})

    def without(self, kind: Kind, code: str) -> Everything:
        """The same without it."""
        kept = {key: form for key, form in self._of(kind).items() if key != code}
        return replace(self, **{_FIELDS[kind]: kept})

    def __iter__(self) -> Iterator[Form]:
        """In the order in which they can be put in: what others name comes first."""
        yield from self.sites.values()
        yield from self.zones.values()
        yield from self.checkpoints.values()
        yield from self.curfews.values()

    def site_of(self, zone: str) -> str | None:
        """Code of a zone's site, None for an unknown zone."""
        held = self.zones.get(zone)
        return None if held is None else held.site

    def _of(self, kind: Kind) -> Mapping[str, Any]:
        found: Mapping[str, Any] = getattr(self, _FIELDS[kind])
        return found


_FIELDS: Final = {
    Kind.SITE: "sites",
    Kind.ZONE: "zones",
    Kind.CHECKPOINT: "checkpoints",
    Kind.CURFEW: "curfews",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a form; `field` is the name of the part of it that has to be changed."""

    kind: Kind
    code: str
    field: str
    words: Sentence
