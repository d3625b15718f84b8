"""A referral as an officer sees one: how long it waits, who it may be, and what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.records import Account
from hub.biometrics.photos import people_with_photo
from hub.custody.queries import find_people, ids_in_custody
from hub.custody.records import Person
from hub.movements.permitting import zones_of
from hub.movements.posts import PostLine, on_duty, posts
from hub.movements.records import Checkpoint, Zone
from hub.movements.referral_records import Referral, ReferralChange
from hub.movements.referral_rules import Patience, Status
from hub.movements.referrals import changes_of, open_now, patience, status
from hub.movements.site.tree import load
from hub.movements.standing import attested_people
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import places
from hub.terminals.records import Terminal, TerminalState

MOST_FOUND: Final = 8
"""As many as a search shows: more faces than one looks at is no help at a gate."""


@dataclass(frozen=True)
class Card:
    """One referral in a list. `holder` and `supervisors` are names to read, `with_login` is the holder's login."""

    id: int
    rule: str
    place: str
    checkpoint: str
    terminal: str
    opened_at: datetime
    status: Status
    holder: str
    with_login: str | None
    supervisors: tuple[str, ...]
    number: str | None
    name: str | None


@dataclass(frozen=True)
class Candidate:
    """Somebody it may be. `allowed` tells whether they may enter where the checkpoint leads."""

    person: Person
    has_photo: bool
    allowed: bool
    standing: bool
    place: str | None
    proven_at: datetime | None
    unproven: bool


@dataclass(frozen=True)
class Shown:
    """A referral opened: its card, its row, who it may be, who was searched for, and what became of it so far."""

    card: Card
    row: Referral
    from_zone: str
    to_zone: str
    candidates: Sequence[Candidate]
    found: Sequence[Candidate]
    changes: Sequence[ReferralChange]
    names: Mapping[str, str]
    online: bool


@dataclass(frozen=True)
class _Site:
    """What every card needs, read once."""

    places: Mapping[str, str]
    names: Mapping[str, str]
    lines: Sequence[PostLine]
    waits: Patience
    now: datetime


def cards(session: Session, now: datetime) -> list[Card]:
    """Every open referral, the longest waiting first."""
    rows, site = open_now(session), _site(session, now)
    likely = {row.likely_id for row in rows if row.likely_id is not None}
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(likely)))}
    return [_card(row, site, people.get(row.likely_id or 0)) for row in rows]


def open_referral(session: Session, row: Referral, search: str, now: datetime) -> Shown:
    """Everything about one referral; `search` looks for others in custody by number or name."""
    site = _site(session, now)
    zones = dict(
        session.execute(
            select(Zone.id, Zone.name).where(Zone.id.in_([row.from_zone_id, row.to_zone_id]))
        ).all()
    )
    target = session.get_one(Zone, row.to_zone_id).code
    named = _named(session, row)
    found = _searched(session, search) if search else []
    others = [person for person in named if person not in found]
    likely = next((person for person in named if person.id == row.likely_id), None)
    return Shown(
        card=_card(row, site, likely),
        row=row,
        from_zone=zones[row.from_zone_id],
        to_zone=zones[row.to_zone_id],
        candidates=_candidates(session, others, target, now),
        found=_candidates(session, found, target, now),
        changes=changes_of(session, row.id),
        names=site.names,
        online=_is_online(session, row.terminal),
    )


def _site(session: Session, now: datetime) -> _Site:
    rows = session.execute(select(Account.login, Account.name))
    return _Site(
        places=dict(session.execute(select(Checkpoint.code, Checkpoint.name)).all()),
        names={login: name or login for login, name in rows},
        lines=posts(session, now),
        waits=patience(session),
        now=now,
    )


def _card(row: Referral, site: _Site, likely: Person | None) -> Card:
    return Card(
        id=row.id,
        rule=row.rule,
        place=site.places.get(row.checkpoint, row.checkpoint),
        checkpoint=row.checkpoint,
        terminal=row.terminal,
        opened_at=row.opened_at,
        status=status(row, site.waits, site.now),
        holder="" if row.holder is None else site.names.get(row.holder, row.holder),
        with_login=row.holder,
        supervisors=tuple(site.names.get(login, login) for login in on_duty(site.lines, site.now)),
        number=None if likely is None else likely.number,
        name=None if likely is None else f"{likely.surname.upper()}, {likely.given}",
    )


def _named(session: Session, row: Referral) -> list[Person]:
    """Whom the finger matched, then the candidates in the terminal's order."""
    rows = session.scalars(select(Person).where(Person.number.in_(row.candidates)))
    people = {person.number: person for person in rows}
    ordered = [people[number] for number in row.candidates if number in people]
    if row.person_id is None:
        return ordered
    matched = session.get_one(Person, row.person_id)
    return [matched, *(person for person in ordered if person.id != matched.id)]


def _searched(session: Session, text: str) -> list[Person]:
    inside = ids_in_custody(session)
    return [person for person in find_people(session, text).people if person.id in inside][:MOST_FOUND]


def _candidates(session: Session, people: Sequence[Person], target: str, now: datetime) -> list[Candidate]:
    ids = [person.id for person in people]
    pictured, standing = people_with_photo(session, ids), attested_people(session)
    allowed = zones_of(session, ids)
    where, tree = places(session, now, people=ids), load(session)
    found = []
    for person in people:
        place = where.get(person.id)
        found.append(
            Candidate(
                person=person,
                has_photo=person.id in pictured,
                allowed=target in allowed.get(person.id, []),
                standing=person.id in standing,
                place=None if place is None else tree.zone(place.zone_id).name,
                proven_at=None if place is None else place.proven_at,
                unproven=place is not None and place.confidence is Confidence.UNPROVEN,
            )
        )
    return found


def _is_online(session: Session, terminal: str) -> bool:
    wanted = (
        select(TerminalState.online)
        .join(Terminal, Terminal.id == TerminalState.terminal_id)
        .where(Terminal.name == terminal)
    )
    return bool(session.scalar(wanted))
