"""Somebody goes out and comes back: the record of law, the movement and the place, each from the same act.

A stay is never ended here: who is at court is on the roll, and counted out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import Statement, end, state
from hub.custody.facts.reading import current
from hub.custody.facts.records import Fact
from hub.custody.records import Person
from hub.movements import feed
from hub.movements.alarms.raising import over
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.external.rules import Consent, Going, going_of, movement_type
from hub.movements.external.steps import OCCURRENCE, write_step
from hub.movements.move_limits import limits
from hub.movements.records import Movement, ZoneKind
from hub.movements.site.tree import load
from hub.movements.site.ways import graph
from hub.movements.whereabouts.places import places
from hub.movements.whereabouts.proofs import Key, NewProof, Source
from hub.movements.whereabouts.prove import prove
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

HUB: Final = "hub"
OVERDUE: Final = "absence_overdue"
LOST: Final = "absence_unaccounted"
NOT_LEFT: Final = "absence_not_left"
_OUT: Final = 1
_IN: Final = 2


@dataclass(frozen=True)
class Seen:
    """What proves it: an officer's word, or the scan of a terminal."""

    at: datetime
    terminal: str = ""

    @property
    def text(self) -> str:
        return f"scan at {self.terminal}" if self.terminal else ""


def leave(session: Session, number: int, seen: Seen, *, actor: Actor, at: datetime) -> None:
    """Somebody has left on this occurrence at `seen.at`; RefusedError when nobody allowed it, or it is over."""
    row, held = _open(session, number)
    if row.left_at is not None:
        raise RefusedError("left_already", Sentence("The person has left already. Load the page again."))
    if held.state != Consent.APPROVED:
        raise RefusedError(
            "not_approved", Sentence("Nobody has approved this. It has to be approved before anybody leaves.")
        )
    if seen.at > at:
        raise RefusedError("to_come", Sentence("This time is still to come. Write when the person left."))
    booking = open_booking_of(session, row.person_id)
    if booking is None:
        raise RefusedError("not_held", Sentence("The person is not in custody here."))
    if _held_facts(session, row.person_id):
        raise RefusedError(
            "out_already", Sentence("By the record the person is out already. Enter the return first.")
        )
    value = Absence(
        why=Why(held.why),
        where=held.where_to,
        due_back_at=row.due_back_at,
        escort=row.escort,
        conditions=held.conditions,
    )
    statement = Statement(ABSENCE, value, seen.at, source=held.reference, booking_id=booking.id)
    fact = state(session, row.person_id, statement, actor=actor, at=at)
    row.fact_item, row.left_at = fact.id, seen.at
    _settle(session, row, at)
    write_step(
        session, OCCURRENCE, row.id, "LEFT", occurred_at=seen.at, at=at, by=actor.login, text=seen.text
    )
    over(session, NOT_LEFT, f"occurrence:{row.id}", at)
    if not seen.terminal:
        _move(session, row, held, seen, _OUT, None, at)
    _audit(session, row, "absence.leave", actor, at)


def come_back(
    session: Session,
    number: int,
    seen: Seen,
    *,
    zone_id: int | None = None,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Somebody is back, or of a transfer has arrived at the other site; `zone_id` is where they came in."""
    row, held = _open(session, number)
    if row.left_at is None:
        raise RefusedError("not_left", Sentence("By the record the person has not left. Enter that first."))
    if seen.at > at or seen.at < row.left_at:
        raise RefusedError(
            "back_time", Sentence("The time of return is before that of leaving, or still to come.")
        )
    if held.why == Why.TRANSFER and zone_id is None and not seen.terminal:
        raise RefusedError(
            "no_arrival",
            Sentence("Choose where at the other site the person came in: the gate, or reception."),
        )
    words = note.strip() or seen.text or "is back"
    for fact in _held_facts(session, row.person_id):
        end(session, fact, ABSENCE, effective_at=seen.at, reason=words, actor=actor, at=at)
    what = "ARRIVED" if held.why == Why.TRANSFER else "BACK"
    complete(session, row, seen.at, what, by=actor.login, text=note or seen.text, at=at)
    if not seen.terminal:
        _move(session, row, held, seen, _IN, zone_id, at)
    _audit(session, row, "absence.back", actor, at)


def complete(
    session: Session, row: Occurrence, back_at: datetime, what: str, *, by: str, text: str, at: datetime
) -> None:
    """The occurrence is over."""
    row.back_at = back_at
    _settle(session, row, at)
    write_step(session, OCCURRENCE, row.id, what, occurred_at=back_at, at=at, by=by, text=text)
    for code in (OVERDUE, LOST):
        over(session, code, f"absence:{row.person_id}", at)
    over(session, NOT_LEFT, f"occurrence:{row.id}", at)


def expect_later(
    session: Session, number: int, due_back_at: datetime, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Another time of return; the record of law follows. RefusedError for one that is past, and without a reason."""
    row, held = _open(session, number)
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    if due_back_at <= max(at, row.left_at or row.leave_at):
        raise RefusedError(
            "trip_times", Sentence("The time of return comes after that of leaving, and is not past.")
        )
    if held.why not in (Why.COURT, Why.HOSPITAL) and due_back_at.astimezone(SITE_ZONE).date() > held.until_on:
        raise RefusedError(
            "outside_consent",
            Sentence(
                "It was allowed from %(first)s to %(last)s only.",
                {"first": held.from_on, "last": held.until_on},
            ),
        )
    row.due_back_at = due_back_at
    for fact in current(session, ABSENCE, person_id=row.person_id):
        if fact.item == row.fact_item:
            value = Absence(
                why=fact.value.why, where=fact.value.where, due_back_at=due_back_at, escort=fact.value.escort,
                conditions=fact.value.conditions,
            )  # fmt: skip
            statement = Statement(ABSENCE, value, at, source=fact.row.source, booking_id=fact.row.booking_id)
            state(session, row.person_id, statement, actor=actor, at=at, item=fact.item)
    write_step(session, OCCURRENCE, row.id, "CHANGED", occurred_at=at, at=at, by=actor.login, text=reason)
    if row.state == Going.OVERDUE:
        for code in (OVERDUE, LOST):
            over(session, code, f"absence:{row.person_id}", at)
    _settle(session, row, at)
    _audit(session, row, "absence.later", actor, at)


def gate_zone(session: Session, site_id: int | None = None) -> int | None:
    """Where one comes in from outside: the zone beside it, at this site if it has one; None where there is none."""
    tree, ways = load(session), graph(session)
    outside = [node for node in tree.zones() if node.kind == ZoneKind.OUTSIDE]
    beside = {zone for node in outside for zone in ways.beside(node.id)}
    inner = [zone for zone in beside if tree.zone(zone).kind != ZoneKind.COURT]
    return min(inner, key=lambda zone: (tree.site_of(zone) != site_id, zone), default=None)


def outside_zone(session: Session, why: str, site_id: int | None = None) -> int | None:
    """The zone in which somebody is who went out: the court's, else the outside; this site's own if it has one.

    None where there is neither.
    """
    kinds = [ZoneKind.COURT, ZoneKind.OUTSIDE] if why == Why.COURT else [ZoneKind.OUTSIDE]
    nodes = [node for node in load(session).zones() if node.kind in kinds]
    ordered = sorted(nodes, key=lambda node: (kinds.index(ZoneKind(node.kind)), node.site_id != site_id))
    return ordered[0].id if ordered else None


def _open(session: Session, number: int) -> tuple[Occurrence, Authorisation]:
    row = session.get(Occurrence, number, with_for_update=True, populate_existing=True)
    if row is None or row.closed_at is not None:
        raise RefusedError("trip_over", Sentence("This is over already. Load the page again."))
    return row, session.get_one(Authorisation, row.authorisation_id)


def _held_facts(session: Session, person_id: int) -> Sequence[Fact]:
    booking = open_booking_of(session, person_id)
    if booking is None:
        return []
    return [one.row for one in current(session, ABSENCE, person_id=person_id, booking_id=booking.id)]


def _settle(session: Session, row: Occurrence, at: datetime) -> None:
    stand = going_of(
        row.leave_at,
        row.due_back_at,
        row.left_at,
        row.back_at,
        cancelled=False,
        now=at,
        limits=limits(session),
    )
    row.state, row.next_at = stand.state.value, stand.next_at
    if stand.state is Going.OVERDUE and stand.next_at is not None:
        row.state = Going.IN_PROGRESS.value  # the watch says so, with its alarm
        row.next_at = at
    if stand.state is Going.COMPLETED:
        row.closed_at = at


def _move(
    session: Session,
    row: Occurrence,
    held: Authorisation,
    seen: Seen,
    way: int,
    inside: int | None,
    at: datetime,
) -> None:
    """Of an officer's word: the movement, CRT, TAP or TRN, and the place. A scan is both by itself."""
    known = places(session, at, people=[row.person_id]).get(row.person_id)
    site_id = None if known is None else load(session).site_of(known.zone_id)
    outside = outside_zone(session, held.why, site_id)
    # Whom nobody had seen yet went past the gate all the same.
    started = None if way == _IN or known is None else known.zone_id
    within = started or inside or gate_zone(session, site_id)
    if outside is None or within is None or within == outside:
        return
    journal = hashlib.blake2b(f"occurrence {row.id}".encode(), digest_size=16).digest()
    start, to = (within, outside) if way == _OUT else (outside, within)
    insert_rows(
        session,
        Movement,
        [
            {
                "person_id": row.person_id,
                "type": movement_type(Why(held.why)),
                "direction": "OUT" if way == _OUT else "IN",
                "reason": held.why,
                "from_zone_id": start,
                "to_zone_id": to,
                "occurred_at": seen.at,
                "clock_sure": True,
                "recorded_at": at,
                "terminal": HUB,
                "journal_id": journal,
                "sequence": way,
                "link": bytes(32),
                "method": "ATTESTED",
            }
        ],
    )
    source = Source.COURT_LIST if held.why == Why.COURT else Source.ESCORT
    proof = NewProof(
        row.person_id, to, source, seen.at, Key(HUB, journal, way), other_zone_id=start, decision="ADMIT",
        rule=held.why, evidence=f"absence {row.id}",
    )  # fmt: skip
    feed.append(session, prove(session, [proof], at))


def _audit(session: Session, row: Occurrence, act: str, actor: Actor, at: datetime) -> None:
    number = session.scalar(select(Person.number).where(Person.id == row.person_id)) or ""
    write_down(session, at=at, actor=actor, act=act, subject=number, detail=str(row.id))
    session.flush()
