"""What tests of referrals share: a site with officers on post, and people whom a terminal sends to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements import feed
from hub.movements.actions import apply_passages
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.permitting import permit_zones
from hub.movements.posts import SITE, set_post
from hub.movements.records import Zone
from hub.movements.referral_records import Referral, ReferralChange
from hub.movements.rules import Proof

from .site_world import World

SAM = Actor("sam", "192.0.2.1")
OLGA = Actor("olga", "192.0.2.2")


def officers(world: World) -> None:
    """Accounts: olga and otto are officers, sam is a shift supervisor, carla watches."""
    for login, role in (
        ("olga", Role.OFFICER),
        ("otto", Role.OFFICER),
        ("sam", Role.SHIFT_SUPERVISOR),
        ("carla", Role.CONTROL_ROOM),
    ):
        world.account(login, role)


def put_on_post(world: World, login: str, checkpoint: str = "a-in", *, hours: float = 8) -> None:
    """From now on for `hours`; SITE gives the shift."""
    with session_scope(world.sessions) as session:
        until = world.at + timedelta(hours=hours)
        set_post(session, login, checkpoint, world.at, until, actor=SAM, at=world.at)


def staffed(world: World) -> None:
    """olga stands at the entry of Block A, sam has the shift."""
    world.site()
    officers(world)
    put_on_post(world, "sam", SITE)
    put_on_post(world, "olga")


def allow(world: World, person: Person, *zones: str) -> None:
    with session_scope(world.sessions) as session:
        permit_zones(session, person.id, zones or ("yard", "block-a"), world.at)


def refer(
    world: World,
    candidates: Sequence[Person] = (),
    rule: str = "not_recognised",
    *,
    person: Person | None = None,
    late: bool = False,
    happened_at: datetime | None = None,
    clock_sure: bool = True,
) -> int:
    """A terminal sends somebody to the officer; gives the number of the referral."""
    world.sequence += 1
    with session_scope(world.sessions) as session:
        zones = {zone.code: zone.id for zone in session.scalars(select(Zone))}
        who = None if person is None else Somebody(person.id, person.number, person.surname)
        proof = Proof("a-1", b"j" * 16, world.sequence, happened_at or world.at, clock_sure, b"l" * 32)
        passage = Passage(
            proof,
            "a-in",
            Place(zones["yard"], "yard"),
            Place(zones["block-a"], "block-a"),
            "REFER",
            rule,
            who,
            late=late,
            score=3.1,
            quality=34,
            attempt=3,
            needed=4.6,
            candidates=tuple(one.number for one in candidates),
        )
        feed.append(session, apply_passages(session, [passage], at=world.at))
        return session.scalars(select(Referral.id).order_by(Referral.id.desc())).first() or 0


def row(world: World, referral: int) -> Referral:
    with session_scope(world.sessions, writes=False) as session:
        return session.get_one(Referral, referral)


def history(world: World, referral: int) -> list[tuple[str, str]]:
    """(what, who) of each change, in order."""

    def read(session: Session) -> list[tuple[str, str]]:
        wanted = select(ReferralChange.what, ReferralChange.login).where(
            ReferralChange.referral_id == referral
        )
        return [(what, login) for what, login in session.execute(wanted.order_by(ReferralChange.id))]

    with session_scope(world.sessions, writes=False) as session:
        return read(session)
