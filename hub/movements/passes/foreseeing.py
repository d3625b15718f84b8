"""Looking ahead: passes that are open now and whose ways would bring together two who are kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.movements.move_limits import limits
from hub.movements.passes.apart import Pair, all_pairs, forbidden_zones, meeting_place, numbers_of
from hub.movements.passes.converging import FOR_EVER, Meeting, Stay, Way, meetings, stays_of
from hub.movements.passes.reading import Pass, open_passes
from hub.movements.passes.rules import Leg, PassState
from hub.movements.passes.seen import Known, known_places
from hub.movements.passes.ways import ways_of
from hub.movements.site.tree import load
from hub.sentences import Sentence

NEAR: Final = "keep_apart_near"

Foreseen = dict[tuple[int, int], tuple[Pair, Meeting]]
"""The first meeting of each pair."""


def foresee(session: Session, now: datetime) -> Foreseen:
    """Pairs of whom one is on the way to where the other may be by then, within the limit. Nothing is written."""
    pairs = all_pairs(session, now)
    if not pairs:
        return {}
    people = {one for pair in pairs for one in (pair.one, pair.other)}
    ahead = timedelta(seconds=limits(session).converge_s)
    passes: dict[int, list[Pass]] = {}
    for each in open_passes(session, now, people=people, until=now + ahead):
        passes.setdefault(each.person_id, []).append(each)
    if not passes:
        return {}
    known, travel, tree = known_places(session, people, now), ways_of(session, now), load(session)
    ways = {
        person: [way for one in held if (way := _way(one, known, now))] for person, held in passes.items()
    }
    stays = {
        person: [stay for way in held for stay in stays_of(way, travel, now)] for person, held in ways.items()
    }
    moving = {person for person, held in passes.items() if any(one.trace.moving for one in held)}
    found: Foreseen = {}
    for pair in pairs:
        forbidden = forbidden_zones(tree, pair.restriction)
        place = partial(meeting_place, tree, pair.restriction)
        met = [
            meeting
            for one, other in ((pair.one, pair.other), (pair.other, pair.one))
            if one in moving
            for meeting in meetings(
                stays.get(one, ()), _around(other, stays, known, now), forbidden, ahead, now, place
            )
        ]
        if met:
            found[pair.one, pair.other] = (pair, min(met, key=lambda one: (one.at, one.zone_id)))
    return found


def _way(one: Pass, known: dict[int, Known], now: datetime) -> Way | None:
    """What is still before somebody; None where nothing moves them any more."""
    trace = one.trace
    if one.state == PassState.DUE:
        if now < one.opens_at:
            return Way(one.person_id, one.id, one.route, one.opens_at, one.there_at, one.until_at)
        return Way(one.person_id, one.id, one.route, now, max(now, one.there_at), one.until_at)
    if trace.returned_at is not None or (trace.arrived_at is not None and one.one_way):
        return None
    back = tuple(reversed(one.route))
    if one.leg == Leg.OUT and trace.departed_at is not None:
        return Way(one.person_id, one.id, _rest(one.route, one, known), trace.departed_at, None, one.until_at)
    if trace.left_at is not None:
        return Way(one.person_id, one.id, _rest(back, one, known), trace.left_at, None, now + FOR_EVER)
    if trace.arrived_at is not None and now >= one.until_at:
        return Way(one.person_id, one.id, back, now, max(now, one.back_by_at), now + FOR_EVER)
    return None


def _rest(route: Sequence[int], one: Pass, known: dict[int, Known]) -> tuple[int, ...]:
    """The route from where the person was last seen on it."""
    place = known.get(one.person_id)
    if place is None or place.zone_id not in route:
        return tuple(route)
    return tuple(route[route.index(place.zone_id) :])


def _around(
    person_id: int, stays: dict[int, list[Stay]], known: dict[int, Known], now: datetime
) -> list[Stay]:
    """Where somebody may be: on their own way, and where they are now for as long as they do not set out."""
    found = list(stays.get(person_id, ()))
    place = known.get(person_id)
    if place is not None and not place.unproven:
        found.append(Stay(person_id, 0, place.zone_id, now, now + FOR_EVER))
    return found


def warn(session: Session, foreseen: Foreseen, now: datetime) -> int:
    """An alarm for each meeting that nobody has been told of, and an end for those that will not be; how many rang."""
    numbers = numbers_of(session, {person for pair in foreseen for person in pair})
    keys = {_key(pair): (pair, meeting) for pair, meeting in foreseen.values()}
    for key in _warned(session) - set(keys):
        over(session, NEAR, key, now)
    tree, rang = load(session), 0
    for key, (pair, meeting) in keys.items():
        if _told(session, key, _passes(meeting)):
            continue
        words = Sentence(
            "%(one)s and %(other)s must be kept apart, and may meet in %(zone)s within %(seconds)s s",
            {
                "one": numbers.get(meeting.one.person_id, ""),
                "other": numbers.get(pair.with_whom(meeting.one.person_id), ""),
                "zone": tree.zone(meeting.zone_id).name,
                "seconds": max(0, int((meeting.at - now).total_seconds())),
            },
        )
        evidence = {
            "passes": _passes(meeting),
            "meet_at": meeting.at.isoformat(),
            "restriction": pair.restriction.value,
        }
        cause = Cause(
            NEAR,
            key=key,
            zone_id=meeting.zone_id,
            person_id=meeting.one.person_id,
            evidence=evidence,
            words=words,
        )
        raise_alarm(session, cause, now)
        rang += 1
    return rang


def _key(pair: Pair) -> str:
    return f"pair:{pair.one}-{pair.other}"


def _passes(meeting: Meeting) -> list[int]:
    return sorted({one for one in (meeting.one.pass_id, meeting.other.pass_id) if one})


def anybody_warned(session: Session) -> bool:
    """Whether an alarm stands of two who were about to meet."""
    return bool(_warned(session))


def _warned(session: Session) -> set[str]:
    standing = select(Alarm.key).where(Alarm.code == NEAR, Alarm.closed_at.is_(None), Alarm.over_at.is_(None))
    return set(session.scalars(standing))


def _told(session: Session, key: str, passes: list[int]) -> bool:
    """Whether somebody was told of these two already, on these passes; once closed, it does not ring for them again."""
    wanted = select(Alarm).where(Alarm.code == NEAR, Alarm.key == key).order_by(Alarm.id.desc()).limit(1)
    last = session.scalar(wanted)
    if last is None:
        return False
    if last.closed_at is None and last.over_at is None:
        return True
    return last.closed_at is not None and last.over_at is None and last.evidence.get("passes") == passes
