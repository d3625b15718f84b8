"""What a site must be to be used: one set of rules for the editor, the importer, and taking back. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.movements.records import ZoneKind
from hub.movements.site.forms import CheckpointForm, CurfewForm, Everything, Fault, Kind, SiteForm, ZoneForm
from hub.movements.site.tree import DEEPEST
from hub.sentences import Sentence

_HOLDS: Final = {
    ZoneKind.CELL: frozenset[ZoneKind](),
    ZoneKind.HOLDING_CELL: frozenset[ZoneKind](),
    ZoneKind.TIER: frozenset({ZoneKind.CELL, ZoneKind.HOLDING_CELL, ZoneKind.MOVEMENT_AREA}),
}
"""What may lie right inside; kinds that are not named hold everything but blocks of another one."""


def faults(everything: Everything) -> list[Fault]:
    """Everything that is wrong, in the order of sites, zones, checkpoints, curfews; empty when nothing is."""
    found = [fault for site in everything.sites.values() for fault in _of_site(site, everything)]
    found += [fault for zone in everything.zones.values() for fault in _of_zone(zone, everything)]
    found += [fault for one in everything.checkpoints.values() for fault in _of_checkpoint(one, everything)]
    return found + [fault for one in everything.curfews.values() for fault in _of_curfew(one, everything)]


def new_faults(before: Everything, after: Everything) -> list[Fault]:
    """What a change makes wrong. What was wrong before stands in nobody's way."""
    known = faults(before)
    return [fault for fault in faults(after) if fault not in known]


def _of_site(site: SiteForm, everything: Everything) -> Iterator[Fault]:
    same = [other.code for other in everything.sites.values() if other.name.strip() == site.name.strip()]
    if len(same) > 1:
        yield Fault(
            Kind.SITE,
            site.code,
            "name",
            Sentence("Two sites are called %(name)s. Give one another name.", {"name": site.name}),
        )


def _of_zone(zone: ZoneForm, everything: Everything) -> Iterator[Fault]:
    def fault(field: str, words: Sentence) -> Fault:
        return Fault(Kind.ZONE, zone.code, field, words)

    if zone.site not in everything.sites:
        yield fault("site", Sentence("There is no site %(site)s. Add it first.", {"site": zone.site}))
    yield from _of_rooms(zone)
    if zone.closed:
        return
    parent = None if zone.parent is None else everything.zones.get(zone.parent)
    if zone.parent is not None and (parent is None or parent.closed):
        yield fault("parent", Sentence("There is no zone %(zone)s to lie in.", {"zone": zone.parent}))
    if parent is not None:
        yield from _of_place(zone, parent, everything)


def _of_place(zone: ZoneForm, parent: ZoneForm, everything: Everything) -> Iterator[Fault]:
    def fault(field: str, words: Sentence) -> Fault:
        return Fault(Kind.ZONE, zone.code, field, words)

    above = _above(zone, everything)
    if above is None:
        yield fault(
            "parent",
            Sentence("The zone would lie in itself, or too deep. Choose another zone for it to lie in."),
        )
        return
    if parent.site != zone.site:
        yield fault("parent", Sentence("A zone lies in a zone of its own site. Choose another."))
    if zone.kind not in _HOLDS.get(parent.kind, frozenset(ZoneKind)) or zone.kind is ZoneKind.BLOCK:
        yield fault(
            "parent",
            Sentence("A zone of this kind cannot lie in %(zone)s. Choose another.", {"zone": parent.name}),
        )
    if zone.is_unit and any(one.is_unit for one in above):
        yield fault(
            "is_unit",
            Sentence(
                "%(zone)s is counted already, and this zone lies in it: nobody may be counted twice.",
                {"zone": next(one.name for one in above if one.is_unit)},
            ),
        )


def _of_rooms(zone: ZoneForm) -> Iterator[Fault]:
    working = zone.certified if zone.working is None else zone.working
    least = max((value for value in (zone.certified, working) if value is not None), default=0)
    if zone.maximum is not None and zone.maximum < least:
        yield Fault(
            Kind.ZONE,
            zone.code,
            "maximum",
            Sentence("The maximum is not below the certified and the working number. Check the numbers."),
        )


def _of_checkpoint(one: CheckpointForm, everything: Everything) -> Iterator[Fault]:
    def fault(field: str, words: Sentence) -> Fault:
        return Fault(Kind.CHECKPOINT, one.code, field, words)

    if one.closed:
        return
    for field, code in (("from_zone", one.from_zone), ("to_zone", one.to_zone)):
        zone = everything.zones.get(code)
        if zone is None or zone.closed:
            yield fault(field, Sentence("There is no zone %(zone)s. Choose another.", {"zone": code}))
    if one.from_zone == one.to_zone:
        yield fault("to_zone", Sentence("A checkpoint leads from one zone into another one."))
    sites = {everything.site_of(code) for code in (one.from_zone, one.to_zone)} - {None}
    if len(sites) > 1:
        yield fault(
            "to_zone",
            Sentence("A checkpoint joins two zones of one site: nobody walks from site to site past it."),
        )


def _of_curfew(one: CurfewForm, everything: Everything) -> Iterator[Fault]:
    def fault(field: str, words: Sentence) -> Fault:
        return Fault(Kind.CURFEW, one.code, field, words)

    if one.site not in everything.sites:
        yield fault("site", Sentence("There is no site %(site)s. Add it first.", {"site": one.site}))
    if one.closed:
        return
    if one.from_minute == one.until_minute:
        yield fault("until_minute", Sentence("A curfew begins and ends at different times."))
    for code in one.zones:
        zone = everything.zones.get(code)
        if zone is None or zone.closed or zone.site != one.site:
            yield fault("zones", Sentence("There is no zone %(zone)s at this site.", {"zone": code}))


def _above(zone: ZoneForm, everything: Everything) -> list[ZoneForm] | None:
    """Zones that it lies in, from the inside out; None for a ring, or when it lies too deep."""
    found: list[ZoneForm] = []
    code = zone.parent
    while code is not None:
        held = everything.zones.get(code)
        if held is None:
            return found
        if code == zone.code or len(found) >= DEEPEST:
            return None
        found.append(held)
        code = held.parent
    return found
