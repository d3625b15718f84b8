"""Which units a count is of, and holding the gates of them. The caller has the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.headcount.loading import units_of
from hub.headcount.records import Headcount, HeadcountUnit
from hub.headcount.states import ENDED, State
from hub.headcount.turning import SCHEDULE
from hub.headcount.values import EVERYTHING
from hub.headcount.words import KINDS
from hub.movements.orders.actions import give, release_hold
from hub.movements.records import Site
from hub.movements.site.tree import Node, Tree
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError, Sentence
from wire.happenings import CountKind
from wire.orders import OrderKind


def units_for(tree: Tree, codes: Sequence[str], site: str, sites: dict[str, int]) -> Sequence[Node]:
    """Units by the codes that were asked for, all of the site without any; RefusedError when that is none."""
    if site and site not in sites:
        raise RefusedError("no_site", Sentence("There is no such site."))
    units = tree.units(sites.get(site))
    if codes:
        units = [unit for unit in units if unit.code in codes]
    if not units:
        raise RefusedError(
            "no_units",
            Sentence("There is no unit to count here. Mark zones as units in the site, or choose others."),
        )
    return units


def sites(session: Session) -> dict[str, int]:
    """Sites by code."""
    return {row.code: row.id for row in session.execute(select(Site.code, Site.id))}


def scope_words(codes: Sequence[str], site: str, units: Sequence[Node]) -> str:
    """What is counted: "*" for everything, a site's code, or the names of units."""
    if not codes:
        return site or EVERYTHING
    return ", ".join(unit.name for unit in units)[:200]


def refuse_overlap(session: Session, codes: Sequence[str]) -> None:
    """RefusedError while another count holds one of these units. What a unit counted by itself holds none."""
    announced = or_(Headcount.announced_by != SCHEDULE.login, Headcount.slot.is_not(None))
    over = [state.value for state in (*ENDED, State.REVISED)]
    held = session.execute(
        select(HeadcountUnit.name, Headcount.id)
        .join(Headcount, Headcount.id == HeadcountUnit.headcount_id)
        .where(Headcount.state.not_in(over), announced, HeadcountUnit.code.in_(codes))
        .limit(1)
    ).first()
    if held is not None:
        raise RefusedError(
            "counted_already",
            Sentence(
                "%(unit)s is being counted in count %(number)s. Clear or cancel that one first.",
                {"unit": held[0], "number": held[1]},
            ),
        )


def hold(session: Session, count: Headcount, actor: Actor, at: datetime) -> int:
    """Gates of every zone in the units. A count of everything holds everything, passages between units as well."""
    tree = load_tree(session)
    whole = count.scope == EVERYTHING
    within = {zone for unit in units_of(session, count) for zone in tree.within(unit.zone_id)}
    if count.scope == count.site and count.site:
        within = {node.id for node in tree.zones(sites(session)[count.site])}
    zones = [] if whole else sorted(tree.zone(zone).code for zone in within if not tree.zone(zone).is_closed)
    reason = f"headcount {count.id} ({KINDS[CountKind(count.kind)]})"
    return give(session, OrderKind.HOLD, reason=reason, actor=actor, now=at, zones=zones)


def release(session: Session, count: Headcount, why: str, actor: Actor, at: datetime) -> None:
    """The gates go by their own rules again."""
    if count.order_number is not None:
        release_hold(session, count.order_number, reason=f"count {why}", actor=actor, now=at)
