"""Several who travel together. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.life.keep_aparts import keep_aparts_of
from hub.custody.records import Person
from hub.movements.external.leaving import Seen, come_back, leave
from hub.movements.external.records import Convoy, Occurrence
from hub.movements.external.steps import CONVOY, OCCURRENCE, write_step
from hub.sentences import RefusedError, Sentence

MOST: Final = 60


@dataclass(frozen=True)
class Vehicle:
    """What they travel in, who drives, and who goes along."""

    name: str
    vehicle: str
    driver: str
    escorts: str


@dataclass(frozen=True)
class Signed:
    """The second officer, who signs for people who must be kept apart, and why."""

    actor: Actor
    reason: str


class KeptApartError(RefusedError):
    """People who must be kept apart would travel together."""


def make_convoy(
    session: Session,
    trips: Collection[int],
    about: Vehicle,
    *,
    signed: Signed | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Let these planned occurrences travel together; the convoy's number.

    KeptApartError for people who must not be together, unless a second officer signs. RefusedError for whoever has
    left, or travels in another one.
    """
    _check(about)
    if not 1 <= len(trips) <= MOST:
        raise RefusedError("convoy_people", Sentence("Choose who travels, from 1 to 60 people."))
    rows = _free(session, trips)
    _refuse_apart(session, rows, signed, at)
    row = Convoy(
        name=about.name.strip()[:80] or "Convoy",
        leave_at=min(one.leave_at for one in rows),
        due_back_at=max(one.due_back_at for one in rows),
        vehicle=about.vehicle.strip()[:40],
        driver=about.driver.strip()[:80],
        escorts=about.escorts.strip()[:200],
        made_at=at,
        made_by=actor.login[:64],
        signed_by="" if signed is None else signed.actor.login[:64],
    )
    session.add(row)
    session.flush()
    _board(session, row, rows, actor, at)
    write_step(session, CONVOY, row.id, "PLANNED", occurred_at=at, at=at, by=actor.login, text=row.name)
    if signed is not None:
        _sign(session, row, signed, at)
    write_down(
        session, at=at, actor=actor, act="convoy.plan", subject=str(row.id), detail=f"{len(rows)} people"
    )
    session.flush()
    return row.id


def join_convoy(
    session: Session,
    convoy_id: int,
    trips: Collection[int],
    *,
    signed: Signed | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Let more planned occurrences travel along; as `make_convoy`, and RefusedError once somebody of it has left."""
    convoy = _waiting(session, convoy_id)
    rows = _free(session, trips)
    if not rows:
        raise RefusedError("convoy_people", Sentence("Choose who travels, from 1 to 60 people."))
    _refuse_apart(session, [*_riders(session, convoy_id), *rows], signed, at)
    _board(session, convoy, rows, actor, at)
    convoy.leave_at = min(convoy.leave_at, *(one.leave_at for one in rows))
    convoy.due_back_at = max(convoy.due_back_at, *(one.due_back_at for one in rows))
    if signed is not None:
        convoy.signed_by = signed.actor.login[:64]
        _sign(session, convoy, signed, at)
    _tell(session, convoy, "JOINED", _numbers(session, rows), actor, at)


def leave_convoy(
    session: Session, convoy_id: int, trips: Collection[int], reason: str, *, actor: Actor, at: datetime
) -> None:
    """These do not travel along; they still go out, and may join another convoy. RefusedError once they have left."""
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    convoy = session.get_one(Convoy, convoy_id, with_for_update=True, populate_existing=True)
    rows = [row for row in _riders(session, convoy_id) if row.id in trips]
    if not rows or any(row.left_at is not None for row in rows):
        raise RefusedError(
            "convoy_changed",
            Sentence("Tick those who do not travel along. Whoever has left is not taken out."),
        )
    for row in rows:
        row.convoy_id, row.escort = None, ""
        write_step(session, OCCURRENCE, row.id, "ALONE", occurred_at=at, at=at, by=actor.login, text=reason)
    _tell(session, convoy, "ALONE", f"{_numbers(session, rows)}: {reason.strip()}", actor, at)


def change_convoy(
    session: Session, convoy_id: int, about: Vehicle, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Another vehicle, driver or officers, before it leaves or on the road; those on board keep their own record."""
    _check(about)
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    row = session.get_one(Convoy, convoy_id, with_for_update=True, populate_existing=True)
    riders = _riders(session, convoy_id)
    if not riders:
        raise RefusedError("trip_over", Sentence("This is over already. Load the page again."))
    was = f"{row.vehicle}, {row.driver}, {row.escorts}"
    row.vehicle, row.driver = about.vehicle.strip()[:40], about.driver.strip()[:80]
    row.escorts = about.escorts.strip()[:200]
    row.name = about.name.strip()[:80] or row.name
    for one in riders:
        if one.left_at is None:
            one.escort = row.escorts[:120]
    _tell(
        session,
        row,
        "CHANGED",
        f"{was} -> {row.vehicle}, {row.driver}, {row.escorts}: {reason.strip()}",
        actor,
        at,
    )


def convoy_leaves(
    session: Session,
    convoy_id: int,
    on_board: Collection[int],
    left_at: datetime,
    *,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Those on board leave, each on the record; numbers of the occurrences of those who stayed behind."""
    rows = _riders(session, convoy_id)
    waiting = [row for row in rows if row.left_at is None]
    going = [row for row in waiting if row.id in on_board]
    if not going:
        raise RefusedError("nobody_leaves", Sentence("Tick who is on board. Nobody was ticked."))
    for row in going:
        leave(session, row.id, Seen(left_at), actor=actor, at=at)
    stayed = [row.id for row in waiting if row.id not in on_board]
    for number in stayed:
        row = session.get_one(Occurrence, number)
        row.convoy_id = None
        row.escort = ""
        write_step(session, OCCURRENCE, number, "ALONE", occurred_at=left_at, at=at, by=actor.login)
    text = f"{len(going)} of {len(waiting)}"
    write_step(session, CONVOY, convoy_id, "LEFT", occurred_at=left_at, at=at, by=actor.login, text=text)
    return stayed


def convoy_back(
    session: Session,
    convoy_id: int,
    on_board: Collection[int],
    back_at: datetime,
    *,
    zone_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Those on board are back; numbers of the occurrences of those who are not."""
    out = [row for row in _riders(session, convoy_id) if row.left_at is not None and row.back_at is None]
    back = [row for row in out if row.id in on_board]
    if not back:
        raise RefusedError("nobody_back", Sentence("Tick who came back. Nobody was ticked."))
    for row in back:
        come_back(session, row.id, Seen(back_at), zone_id=zone_id, actor=actor, at=at)
    text = f"{len(back)} of {len(out)}"
    write_step(session, CONVOY, convoy_id, "BACK", occurred_at=back_at, at=at, by=actor.login, text=text)
    return [row.id for row in out if row.id not in on_board]


def apart_in(session: Session, people: Collection[int], at: datetime) -> list[tuple[str, str]]:
    """Numbers of those among these people who must be kept apart."""
    found = {
        tuple(sorted((one.one_id, one.other_id)))
        for one in keep_aparts_of(session, people, at)
        if one.one_id in people and one.other_id in people
    }
    rows = session.execute(select(Person.id, Person.number).where(Person.id.in_(people)))
    numbers = {row.id: row.number for row in rows}
    return sorted((numbers[one], numbers[other]) for one, other in found)


def _check(about: Vehicle) -> None:
    if not about.vehicle.strip() or not about.driver.strip() or not about.escorts.strip():
        raise RefusedError("convoy", Sentence("Write the vehicle, who drives, and which officers go along."))


def _free(session: Session, trips: Collection[int]) -> Sequence[Occurrence]:
    """Occurrences that may join a convoy."""
    wanted = select(Occurrence).where(Occurrence.id.in_(trips), Occurrence.closed_at.is_(None))
    rows = session.scalars(wanted.order_by(Occurrence.id).with_for_update()).all()
    if len(rows) != len(set(trips)) or any(
        row.left_at is not None or row.convoy_id is not None for row in rows
    ):
        raise RefusedError(
            "convoy_changed",
            Sentence("Somebody of these has left, or travels in another convoy. Choose anew."),
        )
    return rows


def _waiting(session: Session, convoy_id: int) -> Convoy:
    """A convoy of which nobody has left."""
    row = session.get_one(Convoy, convoy_id, with_for_update=True, populate_existing=True)
    riders = _riders(session, convoy_id)
    if not riders or any(one.left_at is not None for one in riders):
        raise RefusedError("convoy_left", Sentence("This convoy has left, or is over. Plan another one."))
    return row


def _board(session: Session, row: Convoy, rows: Sequence[Occurrence], actor: Actor, at: datetime) -> None:
    for one in rows:
        one.convoy_id, one.escort = row.id, row.escorts[:120]
        write_step(
            session, OCCURRENCE, one.id, "JOINED", occurred_at=at, at=at, by=actor.login, text=row.name
        )


def _sign(session: Session, row: Convoy, signed: Signed, at: datetime) -> None:
    by = signed.actor.login
    write_step(session, CONVOY, row.id, "SIGNED", occurred_at=at, at=at, by=by, text=signed.reason)
    write_down(session, at=at, actor=signed.actor, act="convoy.sign", subject=str(row.id))


def _numbers(session: Session, rows: Sequence[Occurrence]) -> str:
    wanted = select(Person.number).where(Person.id.in_([one.person_id for one in rows]))
    return ", ".join(session.scalars(wanted.order_by(Person.number)))


def _tell(session: Session, row: Convoy, what: str, text: str, actor: Actor, at: datetime) -> None:
    write_step(session, CONVOY, row.id, what, occurred_at=at, at=at, by=actor.login, text=text[:300])
    write_down(session, at=at, actor=actor, act="convoy.change", subject=str(row.id), detail=text[:300])
    session.flush()


def _refuse_apart(session: Session, rows: Sequence[Occurrence], signed: Signed | None, at: datetime) -> None:
    pairs = apart_in(session, {row.person_id for row in rows}, at)
    if pairs and (signed is None or not signed.reason.strip()):
        one, other = pairs[0]
        raise KeptApartError(
            "kept_apart",
            Sentence(
                "%(one)s and %(other)s must be kept apart. Take them in two vehicles, or have a second officer sign "
                "and write how they are kept apart.",
                {"one": one, "other": other},
            ),
        )


def _riders(session: Session, convoy_id: int) -> Sequence[Occurrence]:
    wanted = select(Occurrence).where(Occurrence.convoy_id == convoy_id, Occurrence.closed_at.is_(None))
    return session.scalars(wanted.order_by(Occurrence.id).with_for_update()).all()
