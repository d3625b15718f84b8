"""At which sites each line of the screen is, and where on the map: whoever watches one site sees that one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.need import Need
from hub.movements.records import Checkpoint, Site
from hub.movements.site.tree import Tree


@dataclass(frozen=True)
class Sites:
    """Codes of sites: in their order, of each zone, and of the zone behind each checkpoint."""

    codes: tuple[str, ...]
    of_zone: Mapping[str, str]
    of_checkpoint: Mapping[str, str]

    def of(self, zones: Iterable[str]) -> tuple[str, ...]:
        """Of these zones, each once; what is no zone is left out."""
        return tuple(dict.fromkeys(self.of_zone[zone] for zone in zones if zone in self.of_zone))


def read_sites(session: Session, tree: Tree) -> Sites:
    """As the site is now."""
    rows_of_sites = session.execute(select(Site.id, Site.code).order_by(Site.sort, Site.id))
    codes = {row.id: row.code for row in rows_of_sites}
    rows = session.execute(select(Checkpoint.code, Checkpoint.to_zone_id))
    return Sites(
        codes=tuple(codes.values()),
        of_zone={node.code: codes.get(node.site_id, "") for node in tree.zones()},
        of_checkpoint={code: codes.get(tree.zone(zone).site_id, "") for code, zone in rows},
    )


def located(need: Need, sites: Sites, zone_of: Mapping[str, str]) -> Need:
    """The line with its sites; what is about a person and has no place stands where they were seen last.

    `zone_of` is the zone of people by number. A line of no site is one of all.
    """
    zones = tuple(need.zones)
    if not zones and need.person in zone_of:
        zones = (zone_of[need.person],)
    at = sites.of(zones)
    if not at and need.checkpoint in sites.of_checkpoint:
        at = (sites.of_checkpoint[need.checkpoint],)
    return msgspec.structs.replace(need, zones=zones, sites=at)
