"""A site from a TOML file, and back into one: sites, zones, checkpoints, curfews and cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.legal import LegalStatus
from hub.errors import HubError
from hub.movements.cells.rules import Ages, Sexes
from hub.movements.records import Checkpoint, ZoneKind
from hub.movements.site.forms import Code, Label, Places, Seconds, Weekday


class SiteError(HubError):
    """The site file cannot be used; the sentence names what is wrong in it."""

    def __init__(self, sentence: str) -> None:
        super().__init__("site", sentence)


class SiteDraft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[site]]`. Without any, all is of the hub's first site."""

    code: Code
    name: Label


class ZoneDraft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[zone]]`. What is left out stays as it is; `capacity` is the certified number.

    `site` left out is the file's first, and without one the hub's. `sort` of a new zone follows from the file.
    """

    code: Code
    name: Label
    kind: ZoneKind
    site: Code | UnsetType = UNSET
    parent: Code | UnsetType | None = UNSET
    unit: bool | UnsetType = UNSET
    capacity: Places | UnsetType | None = UNSET
    working: Places | UnsetType | None = UNSET
    maximum: Places | UnsetType | None = UNSET
    needs_pass: bool | UnsetType = UNSET
    locked_at_night: bool | UnsetType = UNSET
    closed: bool | UnsetType = UNSET


class CheckpointDraft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[checkpoint]]`; zones by code."""

    code: Code
    name: Label
    from_zone: Code
    to_zone: Code
    walk_s: Seconds | UnsetType | None = UNSET
    closed: bool | UnsetType = UNSET


class CurfewDraft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[curfew]]`: nobody enters `zones` without a pass. Times as "21:30"; no `weekdays` are all."""

    code: Code
    name: Label
    zones: Annotated[list[Code], Meta(min_length=1, max_length=200)]
    between: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    until: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: list(range(7))
    )
    site: Code | UnsetType = UNSET
    closed: bool | UnsetType = UNSET


CellPlaces = Annotated[int, Meta(ge=0, le=500)]


class CellEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `[[cell]]`; the zone by code. `working` and `maximum` left out are as `certified`; no `statuses` are all.

    `block` and `tier` left out are those that the zone lies in.
    """

    code: Code
    name: Label
    block: Annotated[str, Meta(max_length=80)] = ""
    tier: Annotated[str, Meta(max_length=80)] = ""
    zone: Code
    certified: CellPlaces
    working: CellPlaces | None = None
    maximum: CellPlaces | None = None
    sexes: Sexes = Sexes.ANY
    ages: Ages = Ages.ANY
    statuses: list[LegalStatus] = []


class SiteFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole site file."""

    site: list[SiteDraft] = []
    zone: list[ZoneDraft] = []
    checkpoint: list[CheckpointDraft] = []
    curfew: list[CurfewDraft] = []
    cell: list[CellEntry] = []


def read_site(raw: bytes) -> SiteFile:
    """Site of a TOML file; SiteError with the field or code that is wrong."""
    try:
        site = msgspec.toml.decode(raw, type=SiteFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SiteError(f"The site file cannot be used: {error}. Correct it and import it again.") from error
    if not (site.site or site.zone or site.checkpoint or site.curfew or site.cell):
        raise SiteError("The site file is empty. Write at least one [[zone]] into it.")
    for what, drafts in (
        ("site", site.site), ("zone", site.zone), ("checkpoint", site.checkpoint),
        ("curfew", site.curfew), ("cell", site.cell),
    ):  # fmt: skip
        _refuse_twice(what, (draft.code for draft in drafts))
    return site


def _refuse_twice(what: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise SiteError(f"The {what} {code} stands twice in the file.")
        seen.add(code)


def all_checkpoints(session: Session) -> list[tuple[str, str]]:
    """(code, name) of every checkpoint that is in use, by name."""
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.name)
        .where(Checkpoint.closed_at.is_(None))
        .order_by(Checkpoint.name)
    )
    return [(code, name) for code, name in rows]
