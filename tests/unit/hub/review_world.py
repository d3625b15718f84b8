"""A register of a year for the review: files, delays, corrections, sharing, messages and agreements, all counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.catalogue import Way
from hub.sharing.gate import share
from hub.statistics.review.actions import make, sign
from hub.statistics.review.blocks import Table, Text
from hub.statistics.review.content import Content, Section
from hub.statistics.review.freezing import freeze, prepare
from hub.statistics.review.making import Maker
from hub.statistics.review.paper.words import Speaker
from hub.statistics.review.reading.kept import Standing, standing_of
from hub.statistics.review.records import Review, ReviewSeal
from hub.web.door import service

from .sharing_world import KINDS, POLICE, agree, grants_of, open_agencies, terms_of
from .site_world import World
from .statistics_world import Register, at

WRITER, DIRECTOR = Actor("rosa", "10.0.0.1"), Actor("dora", "10.0.0.2")
DECEMBER = at("2026-12-15")
HELD = 12
"""People in custody on the reference day."""


@dataclass
class Year:
    """What was made."""

    world: World
    register: Register
    bookings: list[Booking]


def year_world(world: World) -> Year:
    """Twelve people admitted in January, one status recorded nine days late, one corrected, seven notices shared."""
    register = Register(world)
    world.at = at("2026-01-05")
    open_agencies(world)
    agree(world, POLICE, "police-2026", terms_of(world, *grants_of(KINDS[POLICE]), ends_on=date(2027, 1, 31)))
    bookings = [register.admit(at(f"2026-01-{day:02}")) for day in range(6, 6 + HELD)]
    register.state(
        bookings[0], LEGAL_STATUS, Status(status=LegalStatus.SENTENCED), at("2026-03-01"), at("2026-03-10")
    )
    register.correct_admission(bookings[1], at("2026-01-07", 9), at("2026-02-01"))
    world.at = at("2026-05-01")
    for booking in bookings[:7]:
        with session_scope(world.sessions) as session:
            share(
                session, agency=POLICE, exchange="admission_notice", purpose="custody_notice",
                person=booking.person_id, booking=booking.id, at=world.at, actor=WRITER, way=Way.PUSH,
            )  # fmt: skip
    world.at = DECEMBER
    return Year(world, register, bookings)


def made(world: World, why: str = "", actor: Actor = WRITER) -> Review:
    """A review of 2026, made at the world's time."""
    with session_scope(world.sessions) as session:
        return make(session, 2026, why, actor=actor, at=world.at)


def frozen(world: World, row: Review, writer: Actor, director: Actor) -> ReviewSeal:
    """Sign it as the one, freeze it as the other."""
    with session_scope(world.sessions) as session:
        sign(session, row.id, _standing(session, row).digest, actor=writer, at=world.at)
    with session_scope(world.sessions) as session:
        one = _standing(session, row)
        prepared = prepare(session, world.vault, one, one.digest, actor=director, at=world.at)
        return freeze(session, world.vault, row.id, prepared, actor=director)


def _standing(session: Session, row: Review) -> Standing:
    return standing_of(session, session.get_one(Review, row.id))


def section_of(content: Content, code: str) -> Section:
    return next(one for one in content.sections if one.code == code)


def english(text: Text) -> str:
    return Speaker("en").text(text)


def rows_of(content: Content, code: str, place: int = 0) -> list[list[str]]:
    """The rows of a table of a section, in English."""
    tables = [one for one in section_of(content, code).blocks if isinstance(one, Table)]
    return [[english(cell) for cell in row] for row in tables[place].rows]


def maker_of(browser: FlaskClient) -> Maker:
    """Who makes reviews beside the pages that this browser is at."""
    with browser.application.app_context():
        return service(Maker)


def sign_in(world: World):  # type: ignore[no-untyped-def]
    """Browsers of the writer and of the director."""
    return world.browser("rosa", Role.RECORDS_OFFICER), world.browser("dora", Role.DIRECTOR)


DAY = timedelta(days=1)
