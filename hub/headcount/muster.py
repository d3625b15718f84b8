"""A muster: who was in the building when it was left, who has been seen since, and who has not. The caller commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.queries import names
from hub.custody.records import Person
from hub.headcount.loading import roster
from hub.headcount.records import Muster, MusterMark, MusterPerson
from hub.headcount.values import Roster
from hub.movements import feed
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.records import FeedKind
from hub.movements.site.tree import Tree
from hub.movements.site.tree import load as load_tree
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import Place, places
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Was:
    """Somebody who was in the building when the muster began, by that proof. `sure` False: may have been."""

    person: Person
    zone: str
    source: str
    proven_at: datetime | None
    sure: bool


@dataclass(frozen=True)
class Seen:
    """Seen since, where and by what: a scan, an officer at a muster point."""

    was: Was
    place: str
    source: str
    at: datetime
    by: str
    inside: bool = False
    """Seen in the building itself: alive, and not out of it."""


@dataclass(frozen=True)
class Lists:
    """The three lists of a muster; everybody of the first stands in one of the other two."""

    was: tuple[Was, ...]
    seen: tuple[Seen, ...]
    not_seen: tuple[Was, ...]


def begin(session: Session, zones: Collection[str], reason: str, *, actor: Actor, at: datetime) -> Muster:
    """Look for everybody who is in these zones, or may be, from now on; without zones in every one.

    Whoever lives there and whose place nobody has proven, or whose proof has run out, may be inside as well.
    """
    tree = load_tree(session)
    chosen = [node for code in zones if (node := tree.by_code(code)) is not None]
    if len(chosen) != len(set(zones)):
        raise RefusedError("no_zone", Sentence("Choose the building from the list."))
    within = frozenset(zone for node in chosen for zone in tree.within(node.id))
    if not chosen:
        within = frozenset(node.id for node in tree.zones() if node.kind not in ("OUTSIDE", "COURT"))
    muster = Muster(
        reason=reason.strip()[:200],
        scope=(", ".join(tree.path(node.id) for node in chosen) or "*")[:200],
        zones=msgspec.json.encode(sorted(node.code for node in chosen)).decode(),
        began_at=at,
        began_by=actor.login[:64],
        ended_by="",
        end_reason="",
    )
    session.add(muster)
    session.flush()
    rows = _inside(roster(session, at), places(session, at), tree, within)
    insert_rows(session, MusterPerson, [{"muster_id": muster.id, **row} for row in rows])
    write_down(
        session,
        at=at,
        actor=actor,
        act="muster.begin",
        subject=str(muster.id),
        detail=f"{len(rows)} people",
        why=reason,
    )
    told = {"what": "muster", "muster": muster.id, "by": actor.login, "at": at.isoformat()}
    feed.append(session, [feed.Line(at, FeedKind.TERMINAL, told)])
    evidence = {"muster": muster.id, "by": actor.login, "people": len(rows)}
    zone_id = chosen[0].id if len(chosen) == 1 else None
    raise_alarm(session, Cause("muster", _key(muster), zone_id=zone_id, evidence=evidence), at)
    return muster


def see(
    session: Session, muster: Muster, person: Person, place: str, *, back: bool, actor: Actor, at: datetime
) -> None:
    """An officer sees somebody at a muster point, or takes that back. RefusedError once the muster is over."""
    if muster.ended_at is not None:
        raise RefusedError("muster_over", Sentence("This muster is over."))
    if not back and not place.strip():
        raise RefusedError("place", Sentence("Write at which muster point you see them."))
    session.add(
        MusterMark(
            muster_id=muster.id,
            person_id=person.id,
            place=place.strip()[:120],
            by=actor.login[:64],
            at=at,
            taken_back=back,
        )
    )
    write_down(
        session,
        at=at,
        actor=actor,
        act="muster.see",
        subject=person.number,
        detail=f"muster {muster.id}{' taken back' if back else ''}",
    )
    session.flush()


def end(session: Session, muster: Muster, reason: str, *, actor: Actor, at: datetime) -> None:
    """The muster is over: with everybody seen, or with the reason why not."""
    if muster.ended_at is not None:
        raise RefusedError("muster_over", Sentence("This muster is over."))
    left = len(lists(session, muster, at).not_seen)
    if left and len(reason.strip()) < 3:
        raise RefusedError(
            "not_seen",
            Sentence(
                "%(number)s people were not seen. Write why the muster ends all the same.", {"number": left}
            ),
        )
    muster.ended_at, muster.ended_by, muster.end_reason = at, actor.login[:64], reason.strip()[:200]
    write_down(
        session,
        at=at,
        actor=actor,
        act="muster.end",
        subject=str(muster.id),
        detail=f"{left} not seen",
        why=reason,
    )
    session.flush()
    over(session, "muster", _key(muster), at)


def lists(session: Session, muster: Muster, now: datetime) -> Lists:
    """The lists as they stand; of a muster that is over, as they stood at its end."""
    until = muster.ended_at or now
    rows = session.scalars(select(MusterPerson).where(MusterPerson.muster_id == muster.id)).all()
    people, tree = names(session, [row.person_id for row in rows]), load_tree(session)
    was = {row.person_id: _was(row, people, tree) for row in rows}
    marks = session.scalars(
        select(MusterMark)
        .where(MusterMark.muster_id == muster.id, MusterMark.at <= until)
        .order_by(MusterMark.id)
    ).all()
    building = _building(muster, tree)
    seen: dict[int, Seen] = {}
    for person_id, place in places(session, until, people=list(was)).items():
        if muster.began_at < place.earliest_at and place.latest_at <= until:
            where, inside = tree.path(place.zone_id), place.zone_id in building
            seen[person_id] = Seen(was[person_id], where, place.source, place.proven_at, "", inside)
    for mark in marks:
        if mark.person_id not in was:
            continue
        if mark.taken_back:
            seen.pop(mark.person_id, None)
        else:
            seen[mark.person_id] = Seen(was[mark.person_id], mark.place, "attested", mark.at, mark.by)
    ordered = sorted(was.values(), key=lambda one: (one.person.surname, one.person.given, one.person.id))
    return Lists(
        was=tuple(ordered),
        seen=tuple(sorted(seen.values(), key=lambda one: one.at, reverse=True)),
        not_seen=tuple(one for one in ordered if one.person.id not in seen),
    )


def open_musters(session: Session) -> Sequence[Muster]:
    """Those that go on, the oldest first."""
    return session.scalars(select(Muster).where(Muster.ended_at.is_(None)).order_by(Muster.id)).all()


def _key(muster: Muster) -> str:
    return f"muster:{muster.id}"


def _building(muster: Muster, tree: Tree) -> frozenset[int]:
    codes = msgspec.json.decode(muster.zones, type=list[str])
    nodes = [node for code in codes if (node := tree.by_code(code)) is not None]
    return frozenset(zone for node in nodes for zone in tree.within(node.id))


def _inside(
    people: Roster, known: Mapping[int, Place], tree: Tree, within: frozenset[int]
) -> list[dict[str, object]]:
    """Proven inside; or living inside with nothing that proves them elsewhere by now."""
    found: list[dict[str, object]] = []
    units = {unit.code for unit in tree.units() if unit.id in within}
    for unit in people.units.values():
        for person in unit.assigned:
            place = known.get(person)
            unproven = place is None or place.confidence is Confidence.UNPROVEN
            proven_here = place is not None and place.zone_id in within
            if not proven_here and not (unproven and unit.code in units):
                continue
            found.append(_row(person, place, sure=proven_here and not unproven))
    for person in people.no_unit:
        place = known.get(person)
        if place is None or place.zone_id in within:
            found.append(_row(person, place, sure=False))
    return sorted(found, key=lambda row: str(row["person_id"]))


def _row(person: int, place: Place | None, *, sure: bool) -> dict[str, object]:
    return {
        "person_id": person,
        "zone_id": None if place is None else place.zone_id,
        "source": "" if place is None else place.source,
        "proven_at": None if place is None else place.proven_at,
        "sure": sure,
    }


def _was(row: MusterPerson, people: Mapping[int, Person], tree: Tree) -> Was:
    zone = "" if row.zone_id is None else tree.path(row.zone_id)
    return Was(people[row.person_id], zone, row.source, row.proven_at, row.sure)
