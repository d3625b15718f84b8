"""The one way in which anything becomes a place: proofs are kept, folded into what is held, and doubts are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from hub.custody.merging.reading import families_of, leads
from hub.custody.records import Person
from hub.movements.lines import Line
from hub.movements.records import FeedKind, Zone
from hub.movements.whereabouts import holding
from hub.movements.whereabouts.confidence import DoubtCode
from hub.movements.whereabouts.fold import Held, add, fold
from hub.movements.whereabouts.places import Judging
from hub.movements.whereabouts.proofs import NewProof, Proven, proven
from hub.movements.whereabouts.records import ProofRow
from hub.movements.whereabouts.rules import limits_at
from hub.rows import insert_rows

TOLD: Final = (DoubtCode.TWO_PLACES, DoubtCode.IMPOSSIBLE_TRAVEL)
"""Doubts that somebody has to look into; the others are shown where the place is."""


@dataclass
class Proving:
    """What came of some proofs: for each whether it was the latest of its person when it came, and lines that alarm."""

    latest: list[bool] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def prove(session: Session, proofs: Iterable[NewProof], at: datetime) -> list[Line]:
    """Keep proofs heard of at `at`; lines for the feed, where they contradict what was known.

    The same proof of the same person again changes nothing.
    """
    return take(session, _unknown(session, list(proofs)), at).lines


def take(session: Session, proofs: Sequence[NewProof], at: datetime) -> Proving:
    """The same for proofs that are known to be new."""
    found = Proving()
    if not proofs:
        return found
    led = leads(session)
    owners = [led.get(one.person_id, one.person_id) for one in proofs]
    before = holding.locked(session, set(owners))
    held = dict(before)
    for owner, one in zip(owners, proofs, strict=True):
        new = proven(one)
        held[owner] = add(held.get(owner), new)
        found.latest.append(held[owner].last is new)
    insert_rows(session, ProofRow, [_row(one, at) for one in proofs])
    changed = {owner: one for owner, one in held.items() if one is not before.get(owner)}
    holding.store(session, changed, before)
    found.lines = _contradictions(session, before, changed, at)
    return found


def withdraw(
    session: Session,
    people: Collection[int],
    terminal: str,
    journal_id: bytes,
    sequences: Collection[int] | None,
    at: datetime,
    why: str,
    *,
    link: bytes | None = None,
) -> int:
    """Take back proofs of these people from one journal, all or some; how many. Places are as if they had not been.

    `link` takes back those of one branch of the journal alone.
    """
    wanted = (
        update(ProofRow)
        .where(
            ProofRow.person_id.in_(sorted(people)),
            ProofRow.terminal == terminal,
            ProofRow.journal_id == journal_id,
            ProofRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at, withdrawn_why=why[:300])
        .execution_options(synchronize_session=False)
        .returning(ProofRow.person_id)
    )
    if sequences is not None:
        wanted = wanted.where(ProofRow.sequence.in_(sorted(sequences)))
    if link is not None:
        wanted = wanted.where(ProofRow.link == link)
    touched = session.scalars(wanted).all()
    refold(session, set(touched))
    return len(touched)


def refold(session: Session, people: Collection[int]) -> None:
    """Fold everything that still stands of these people anew, and of those who are one with them."""
    families = {family[0]: family for family in families_of(session, people).values()}
    everyone = {one for family in families.values() for one in family} | set(people)
    present = holding.locked(session, everyone)
    helds = {lead: fold(standing(session, family)) for lead, family in families.items()}
    holding.store(session, {lead: held for lead, held in helds.items() if held is not None}, present)
    holding.forget(session, [one for one in present if helds.get(one) is None])


def standing(session: Session, people: Collection[int]) -> list[Proven]:
    """Every proof of these people that was not taken back."""
    rows = session.execute(
        select(*PROVEN).where(ProofRow.person_id.in_(sorted(people)), ProofRow.withdrawn_at.is_(None))
    )
    return [proven_row(row) for row in rows]


PROVEN: Final = (
    *(ProofRow.at, ProofRow.sure, ProofRow.terminal, ProofRow.journal_id, ProofRow.sequence, ProofRow.link),
    *(ProofRow.zone_id, ProofRow.source, ProofRow.earliest_at, ProofRow.latest_at),
    *(ProofRow.other_zone_id, ProofRow.decision),
)
"""What `proven_row` reads."""


def proven_row(row: Iterable[Any]) -> Proven:
    """A proof from the columns `PROVEN`."""
    *values, decision = row
    if decision != "ADMIT":
        values[-1] = None
    return Proven(*values)


def proven_row_of(row: ProofRow) -> Proven:
    """The same of a whole row."""
    return proven_row(getattr(row, column.key) for column in PROVEN)


def _unknown(session: Session, proofs: Sequence[NewProof]) -> list[NewProof]:
    """Those that are not kept yet, each once."""
    if not proofs:
        return []
    first = {(one.person_id, *one.key): one for one in reversed(proofs)}
    key = tuple_(ProofRow.person_id, ProofRow.terminal, ProofRow.journal_id, ProofRow.sequence)
    known: set[tuple[Any, ...]] = set()
    keys = sorted(first)
    for start in range(0, len(keys), _AT_ONCE):
        wanted = select(ProofRow.person_id, ProofRow.terminal, ProofRow.journal_id, ProofRow.sequence)
        rows = session.execute(wanted.where(key.in_(keys[start : start + _AT_ONCE]), ~ProofRow.by_entry))
        known.update(tuple(row) for row in rows)
    return [one for place, one in reversed(first.items()) if place not in known]


_AT_ONCE: Final = 500


def _row(one: NewProof, at: datetime) -> dict[str, object]:
    return {
        "person_id": one.person_id,
        "zone_id": one.zone_id,
        "other_zone_id": one.other_zone_id,
        "source": one.source.value,
        "at": one.at,
        "earliest_at": one.at if one.earliest_at is None else min(one.earliest_at, one.at),
        "latest_at": one.at if one.latest_at is None else max(one.latest_at, one.at),
        "sure": one.sure,
        "terminal": one.key.terminal,
        "journal_id": one.key.journal_id,
        "sequence": one.key.sequence,
        "link": one.link,
        "checkpoint": one.checkpoint,
        "decision": one.decision,
        "rule": one.rule,
        "by": one.by,
        "evidence": one.evidence[:80],
        "late": one.late,
        "by_entry": one.by_entry,
        "recorded_at": at,
    }


def _contradictions(
    session: Session, before: Mapping[int, Held], changed: Mapping[int, Held], at: datetime
) -> list[Line]:
    """An alarm for each person whose place came into doubt by what was added.

    What was long over when the hub heard of it stands in the trail, and rings for nobody.
    """
    suspect = {owner: held for owner, held in changed.items() if _may_contradict(held)}
    if not suspect:
        return []
    since = at - timedelta(seconds=limits_at(session, at).rings_for_s)
    suspect = {owner: held for owner, held in suspect.items() if held.last.latest_at >= since}
    if not suspect:
        return []
    judging, lines = Judging(session, at), list[Line]()
    for owner, held in sorted(suspect.items()):
        known = before.get(owner)
        old = set() if known is None else {(doubt.code, doubt.other) for doubt in judging.doubts(known)}
        for doubt in judging.doubts(held):
            if doubt.code in TOLD and (doubt.code, doubt.other) not in old and doubt.other is not None:
                lines.append(_alarm(session, owner, held.last, doubt.code, doubt.other, at))
                break
    return lines


_SOON_S: Final = 900


def _may_contradict(held: Held) -> bool:
    """Cheap and never wrong the wrong way but for ways of more than a quarter of an hour, which the screens show."""
    last, before = held.last, held.basis.before
    if len(held.basis.open) > 1:
        return True
    if before is None or before.zone_id in (last.from_zone_id, last.zone_id):
        return False
    return (last.latest_at - before.earliest_at).total_seconds() < _SOON_S


def _alarm(
    session: Session, person_id: int, last: Proven, code: DoubtCode, other: Proven, at: datetime
) -> Line:
    person = session.get_one(Person, person_id)
    wanted = select(Zone.id, Zone.code).where(Zone.id.in_([last.zone_id, other.zone_id]))
    zones: dict[int, str] = dict(session.execute(wanted).all())
    return Line(
        at,
        FeedKind.ALARM,
        {
            "what": code.value,
            "key": f"person:{person_id}",
            "at": last.at.isoformat(),
            "terminal": last.terminal,
            "person": person.number,
            "name": f"{person.surname.upper()}, {person.given}",
            "zone": zones.get(last.zone_id),
            "other_zone": zones.get(other.zone_id),
            "other_at": other.at.isoformat(),
            "other_terminal": other.terminal,
        },
    )
