"""Out-counts of a unit: what the hub knows of, and what was said here since. Pure."""

from __future__ import annotations

from collections.abc import Callable

from edge.unit.doings import Kept
from edge.unit.forms import OutCountLine
from edge.unit.picture import Known
from wire.happenings import OutCount, OutCountStep
from wire.unit import OutCountShown

OWN_OUT_S = 43_200.0
"""What was declared without a count that the hub knows of holds for one shift, of at most twelve hours."""


def out_lines(known: Known, unit: str, committed: int, name_of: Callable[[str], str]) -> list[OutCountLine]:
    """Those from this unit, and those to it; `committed` is the last entry that the hub has."""
    steps = known.doings.outs()
    held = {(one.session, one.person): one for one in known.picture.out_counts}
    for key, own in known.doings.declared().items():
        if key not in held and not _is_over(known, own):
            held[key] = _declared_here(known, own)
    lines = (_line(known, unit, one, steps.get(key), committed, name_of) for key, one in held.items())
    return [line for line in lines if line is not None]


def _is_over(known: Known, own: Kept[OutCount]) -> bool:
    return own.said.session == 0 and known.now.seconds_since(own.at) > OWN_OUT_S


def _declared_here(known: Known, own: Kept[OutCount]) -> OutCountShown:
    return OutCountShown(
        person=own.said.person,
        session=own.said.session,
        from_unit=own.said.unit,
        place=known.words(own.said.place),
        place_zone=own.said.place,
        declared_by=own.said.officer,
    )


def _line(
    known: Known,
    unit: str,
    one: OutCountShown,
    own: Kept[OutCount] | None,
    committed: int,
    name_of: Callable[[str], str],
) -> OutCountLine | None:
    step = None if own is None else own.said.step
    if step is OutCountStep.WITHDRAWN:
        return None
    zone = known.zone(one.place_zone)
    to_us = one.place_zone == unit or (zone is not None and zone.unit == unit)
    if not to_us and one.from_unit != unit:
        return None
    accepted = one.accepted_by
    if not accepted and own is not None and step is OutCountStep.ACCEPTED:
        accepted = own.said.officer
    return OutCountLine(
        session=one.session,
        person=one.person,
        name=known.name_of(one.person),
        photo=known.photo_of(one.person),
        from_unit=one.from_unit,
        from_name=known.words(one.from_unit),
        place=one.place,
        declared_by=name_of(one.declared_by),
        accepted_by=name_of(accepted) if accepted else "",
        mine=to_us and one.from_unit != unit,
        on_its_way=own is not None and own.sequence > committed,
        declared_login=one.declared_by,
        place_zone=one.place_zone,
    )
