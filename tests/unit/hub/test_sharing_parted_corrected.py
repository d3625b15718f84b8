"""What was told of two files while they were one, and proves wrong after they were parted: who holds it hears of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.custody.facts.actions import Statement, correct
from hub.custody.facts.records import Fact
from hub.custody.records import Person
from hub.custody.who.naming import ALIAS, Alias
from hub.database import session_scope

from .outbox_world import RITA, Outbox
from .sharing_world import SharingWorld, sharing_world, somebody
from .site_world import World
from .test_merging import merge, out, part
from .test_sharing_corrections import hearers, newest, told


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    yield made
    made.close()


@pytest.fixture
def who(outbox: Outbox) -> SharingWorld:
    made = sharing_world(outbox.world)
    outbox.begin()
    return made


def alias_put_right(outbox: Outbox, who: SharingWorld) -> None:
    """An hour later; `hearers` holds then who heard of it."""
    outbox.later(hours=1)
    with session_scope(outbox.world.sessions) as session:
        wrong = session.get_one(Fact, newest(outbox, who, "alias").id)
        said = Statement(ALIAS, Alias(surname="Chico"), wrong.effective_at, "Card")
        correct(session, wrong, said, reason="misheard", actor=RITA, at=outbox.world.at)
    outbox.exchange().gather()


def joined(outbox: Outbox, who: SharingWorld) -> int:
    """Somebody else's file leads theirs; the case."""
    other = somebody(outbox.world, "Nobelo", "Ana")
    with session_scope(outbox.world.sessions, writes=False) as session:
        lead, led = session.get_one(Person, other.person), session.get_one(Person, who.person)
    out(outbox.world, led)
    outbox.later(minutes=1)
    return merge(outbox.world, lead, led)


def test_it_stands_under_the_other_number_and_is_found(outbox: Outbox, who: SharingWorld) -> None:
    case = joined(outbox, who)
    told(outbox, who, "police", "escape_notice", "nc:PersonAlternateName")
    outbox.later(minutes=1)
    part(outbox.world, case, {})
    outbox.exchange().gather()
    before = len(hearers(outbox))
    alias_put_right(outbox, who)
    assert hearers(outbox)[before:] == [("police", "escape_notice", "nc:PersonAlternateName", "notice")]


def test_what_the_other_was_told_of_after_the_parting_was_not_of_this_file(
    outbox: Outbox, who: SharingWorld
) -> None:
    case = joined(outbox, who)
    outbox.later(minutes=1)
    part(outbox.world, case, {})
    with session_scope(outbox.world.sessions, writes=False) as session:
        other = max(session.query(Person.id).all())[0]
    told(outbox, SharingWorld(other, "", 0), "police", "escape_notice")
    outbox.exchange().gather()
    before = len(hearers(outbox))
    alias_put_right(outbox, who)
    assert hearers(outbox)[before:] == []
