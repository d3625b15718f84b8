"""What a file would change of a site, shown before it does; and bringing it in. The caller has the transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.movements.cells.importing import import_cells
from hub.movements.cells.reading import cells
from hub.movements.site.editing import in_order, put
from hub.movements.site.files import (
    CellEntry,
    CheckpointDraft,
    CurfewDraft,
    SiteError,
    SiteFile,
    ZoneDraft,
)
from hub.movements.site.forms import (
    CheckpointForm,
    CurfewForm,
    Everything,
    Form,
    Kind,
    SiteForm,
    ZoneForm,
    kind_of,
)
from hub.movements.site.holding import everything
from hub.movements.site.records import SiteChange
from hub.movements.site.rules import new_faults
from hub.movements.site.touched import Grade, Touch, touches
from hub.movements.site.words import THINGS
from hub.sentences import Sentence

T = TypeVar("T")
REASON: Final = "site file"
STEP: Final = 10
"""Between the places of two zones of a file, so that one can be put between them later."""
Places = Mapping[tuple[Kind, str], Sentence]
"""Where in its file each thing stands: "row 7"."""
NAMED: Final = 5
"""So many places of one and the same trouble are named; of the others only how many they are."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and where in the file."""

    where: Sentence
    words: Sentence


@dataclass(frozen=True)
class Preview:
    """What a file would do. `touched` is what its changes touch; with `troubles` nothing can be brought in.

    `stamp` is the newest change of the site when this was reckoned.
    """

    added: Sequence[Form]
    changed: Sequence[tuple[Form, Form]]
    same: int
    cells: Sequence[CellEntry]
    new_cells: int
    troubles: Sequence[Trouble]
    touched: Sequence[tuple[Form, Touch]]
    stamp: int

    @property
    def nothing(self) -> bool:
        """Whether the site is already as the file says."""
        return not (self.added or self.changed or self.cells)


@dataclass
class _Judged:
    added: list[Form] = field(default_factory=list)
    changed: list[tuple[Form, Form]] = field(default_factory=list)
    same: int = 0


def preview(
    session: Session,
    file: SiteFile,
    at: datetime,
    places: Places | None = None,
    troubles: Sequence[Trouble] = (),
    unread: Collection[str] = (),
) -> Preview:
    """What `file` would change; `troubles` are those that were found when it was read, `unread` codes in them."""
    before = everything(session)
    forms = forms_of(file, before)
    judged, after = _Judged(), before
    for form in in_order(forms):
        held = before.get(kind_of(form), form.code)
        after = after.with_form(form)
        if held is None:
            judged.added.append(form)
        elif held != form:
            judged.changed.append((held, form))
        else:
            judged.same += 1
    found = [
        Trouble(_where(places, one.kind, one.code), one.words)
        for one in new_faults(before, after)
        if one.words.values.get("zone") not in unread
    ]
    found += _cell_troubles(file.cell, after)
    touched = [
        (form, touch) for held, form in judged.changed for touch in touches(session, held, form, at, forms)
    ]
    found += [
        Trouble(_where(places, kind_of(form), form.code), touch.words)
        for form, touch in touched
        if touch.grade is Grade.STOP
    ]
    known = cells(session) if file.cell else {}
    return Preview(
        judged.added,
        judged.changed,
        judged.same,
        file.cell,
        sum(1 for one in file.cell if one.code not in known),
        _together([*troubles, *found]),
        touched,
        stamp(session),
    )


def bring_in(session: Session, found: Preview, *, actor: Actor, at: datetime, reason: str = REASON) -> int:
    """Carry a preview out as one act, cells included. Gives how many things it added or changed.

    SiteError when the preview has troubles; FaultyError when the site changed since so that it does not fit.
    """
    if found.troubles:
        first = found.troubles[0]
        raise SiteError(Sentence("%(where)s: %(why)s", {"where": first.where, "why": first.words}))
    count = put(
        session,
        [*found.added, *(after for _, after in found.changed)],
        reason=reason,
        actor=actor,
        at=at,
        imported=True,
    )
    import_cells(session, found.cells, actor=actor, at=at)
    return count


def import_site(session: Session, file: SiteFile, *, actor: Actor, at: datetime) -> int:
    """Add what is new and bring what is known up to date, by code. Nothing is taken away. Gives how much changed.

    SiteError says what is wrong, and where.
    """
    return bring_in(session, preview(session, file, at), actor=actor, at=at)


def stamp(session: Session) -> int:
    """Number of the newest change of anything, 0 before the first."""
    return session.scalar(select(func.max(SiteChange.id))) or 0


def forms_of(file: SiteFile, held: Everything) -> list[Form]:
    """The file's drafts over what is held: what they leave out stays as it is."""
    first = next(iter(held.sites))
    sites: list[Form] = [
        SiteForm(code=one.code, name=one.name, sort=_sort(held.sites.get(one.code), place))
        for place, one in enumerate(file.site)
    ]
    default = file.site[0].code if file.site else first
    zones = [
        _zone(one, held.zones.get(one.code), default, place * STEP) for place, one in enumerate(file.zone)
    ]
    homes = {zone.code: zone.site for zone in [*held.zones.values(), *zones]}
    return [
        *sites,
        *zones,
        *(_checkpoint(one, held.checkpoints.get(one.code)) for one in file.checkpoint),
        *(_curfew(one, held.curfews.get(one.code), homes, default) for one in file.curfew),
    ]


def _sort(held: SiteForm | None, place: int) -> int:
    return place if held is None else held.sort


def _zone(draft: ZoneDraft, held: ZoneForm | None, site: str, sort: int) -> ZoneForm:
    base = held or ZoneForm(code=draft.code, name=draft.name, kind=draft.kind, site=site, sort=sort)
    return ZoneForm(
        code=draft.code,
        name=draft.name,
        kind=draft.kind,
        site=_or(draft.site, base.site),
        parent=_or(draft.parent, base.parent),
        is_unit=_or(draft.unit, base.is_unit),
        certified=_or(draft.capacity, base.certified),
        working=_or(draft.working, base.working),
        maximum=_or(draft.maximum, base.maximum),
        needs_pass=_or(draft.needs_pass, base.needs_pass),
        is_locked_at_night=_or(draft.locked_at_night, base.is_locked_at_night),
        sort=base.sort,
        closed=_or(draft.closed, base.closed),
    )


def _checkpoint(draft: CheckpointDraft, held: CheckpointForm | None) -> CheckpointForm:
    return CheckpointForm(
        code=draft.code,
        name=draft.name,
        from_zone=draft.from_zone,
        to_zone=draft.to_zone,
        walk_s=_or(draft.walk_s, None if held is None else held.walk_s),
        closed=_or(draft.closed, False if held is None else held.closed),
    )


def _curfew(
    draft: CurfewDraft, held: CurfewForm | None, homes: Mapping[str, str], default: str
) -> CurfewForm:
    site = homes.get(draft.zones[0], default) if held is None else held.site
    return CurfewForm(
        code=draft.code,
        name=draft.name,
        site=_or(draft.site, site),
        zones=draft.zones,
        from_minute=minute_of(draft.between),
        until_minute=minute_of(draft.until),
        weekdays=sorted(set(draft.weekdays)),
        closed=_or(draft.closed, False if held is None else held.closed),
    )


def minute_of(clock: str) -> int:
    """Minute of the day of "21:30"."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _cell_troubles(entries: Sequence[CellEntry], after: Everything) -> list[Trouble]:
    return [
        Trouble(
            Sentence("Cell %(code)s", {"code": one.code}),
            Sentence("There is no zone %(zone)s. Choose another.", {"zone": one.zone}),
        )
        for one in entries
        if one.zone not in after.zones or after.zones[one.zone].closed
    ]


def _where(places: Places | None, kind: Kind, code: str) -> Sentence:
    named = Sentence("%(what)s %(code)s", {"what": THINGS[kind], "code": code})
    return (places or {}).get((kind, code), named)


def _together(troubles: Sequence[Trouble]) -> list[Trouble]:
    """The same trouble of many rows is one, with where it is: sixty zones of a site that is not there need one act."""
    by_words: dict[str, list[Trouble]] = {}
    for one in sorted(troubles, key=lambda one: str(one.where.values.get("number", "")).zfill(6)):
        by_words.setdefault(str(one.words), []).append(one)
    found = []
    for same in by_words.values():
        where = same[0].where
        for one in same[1:NAMED]:
            where = Sentence("%(before)s, %(next)s", {"before": where, "next": one.where})
        if len(same) > NAMED:
            where = Sentence("%(before)s and %(count)s more", {"before": where, "count": len(same) - NAMED})
        found.append(Trouble(where, same[0].words))
    return found


def _or(value: T | UnsetType, otherwise: T) -> T:
    return otherwise if value is UNSET else value
