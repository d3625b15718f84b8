"""A site from a TOML file, and back into one: sites, zones, checkpoints, curfews and cells."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.legal import LegalStatus
from hub.movements.cells.rules import Ages, Sexes
from hub.movements.records import Checkpoint, ZoneKind
from hub.movements.site.forms import Code, Label, Places, Seconds, Weekday
from hub.sentences import RefusedError, Sentence


class SiteError(RefusedError):
    """The site file cannot be used; the sentence names what is wrong in it."""

    def __init__(self, message: Sentence) -> None:
        super().__init__("site", message)


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


def text_of(raw: bytes) -> tuple[str, bool]:
    """The text of a file and whether it was told by its bytes: what is neither UTF-8 nor UTF-16 is Windows-1252.

    SiteError for what is no text.
    """
    try:
        sure = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        text, told = raw.decode(sure), True
    except UnicodeDecodeError:
        # As spreadsheets of this region save tables unless told otherwise.
        text, told = raw.decode("cp1252", errors="replace"), False
    if "\x00" in text or "\ufffd" in text:
        raise SiteError(Sentence("The file is no text. Save it as CSV or as site.toml, in UTF-8."))
    return text, told


def read_site(raw: bytes) -> SiteFile:
    """Site of a TOML file; SiteError with the field or code that is wrong."""
    try:
        site = msgspec.toml.decode(text_of(raw)[0], type=SiteFile)
    except msgspec.DecodeError as error:
        raise SiteError(_unreadable(str(error))) from error
    if not (site.site or site.zone or site.checkpoint or site.curfew or site.cell):
        raise SiteError(Sentence("The site file is empty. Write at least one [[zone]] into it."))
    twice = [
        f"{what} {code}"
        for what in SiteFile.__struct_fields__
        for code, count in Counter(draft.code for draft in getattr(site, what)).items()
        if count > 1
    ]
    if twice:
        words = Sentence("These stand twice in the file: %(things)s.", {"things": ", ".join(twice)})
        raise SiteError(words)
    return site


_PLACE: Final = re.compile(r" - at `\$\.(\w+)\[(\d+)\](?:\.(\w+))?.*`$")


def _unreadable(error: str) -> Sentence:
    """What the reader says, with the place as somebody finds it in the file: the fourth [[zone]], its kind."""
    found = _PLACE.search(error)
    if found is None:
        return Sentence(
            "The site file cannot be used: %(error)s. Correct it and import it again.", {"error": error}
        )
    what, place, name = found.groups()
    return Sentence(
        "In the [[%(what)s]] number %(place)s of the file, %(name)s: %(error)s. Correct it and import it again.",
        {"what": what, "place": int(place) + 1, "name": name or what, "error": error[: found.start()]},
    )


def all_checkpoints(session: Session) -> list[tuple[str, str]]:
    """(code, name) of every checkpoint that is in use, by name."""
    rows = session.execute(
        select(Checkpoint.code, Checkpoint.name)
        .where(Checkpoint.closed_at.is_(None))
        .order_by(Checkpoint.name)
    )
    return [(code, name) for code, name in rows]
