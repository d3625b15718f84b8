"""The same finger in two persons: found among all that are enrolled, put before officers, and on the docket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.accounts.permissions import Role
from hub.biometrics.actions import enrol_finger, templates_for
from hub.biometrics.duplicates import DuplicateSearch, Hit
from hub.biometrics.enrolment import prepare_finger
from hub.biometrics.records import Finger
from hub.custody.records import Person
from hub.database import session_scope
from hub.docket.finger_desk import FingerDesk, searched_until

from .docket_world import look, remanded, standing
from .site_world import World

Prints = dict[tuple[int, int], bytes]


def enrol(world: World, person: Person, images: list[bytes]) -> None:
    """Without knowing of anybody else, as a register brought in from elsewhere would be."""
    unaware = DuplicateSearch(world.vault, world.sessions)
    unaware.find = lambda *_args, **_more: None  # type: ignore[method-assign]
    with session_scope(world.sessions) as session:
        finger = prepare_finger(2, images)
        enrol_finger(session, world.vault, unaware, person.id, finger, at=world.at, by="rita")


def test_each_finger_is_looked_for_once_and_a_pair_is_on_the_docket_of_both(
    world: World, prints: Prints
) -> None:
    world.account("rita", Role.RECORDS_OFFICER)
    ana, rosa, luz = remanded(world), remanded(world, "Cal", "Rosa"), remanded(world, "Pop", "Luz")
    enrol(world, ana, [prints[1, 1], prints[1, 2]])
    enrol(world, luz, [prints[2, 1], prints[2, 2]])
    desk = FingerDesk(world.sessions, world.vault)
    assert desk.tick(world.at) == 0, "different fingers"
    enrol(world, rosa, [prints[1, 2]])
    assert desk.tick(world.at + timedelta(seconds=3)) == 1
    assert FingerDesk(world.sessions, world.vault).tick(world.at) == 0, "another desk takes up where it ended"
    with session_scope(world.sessions, writes=False) as session:
        assert searched_until(session) == 5
    look(world)
    assert {row.person_id for row in standing(world, "same_finger")} == {ana.id, rosa.id}


def test_a_damaged_finger_hides_no_other_and_stops_no_search_and_no_roll(
    world: World, prints: Prints, caplog: pytest.LogCaptureFixture
) -> None:
    ana, rosa = remanded(world), remanded(world, "Cal", "Rosa")
    with session_scope(world.sessions) as session:
        world.vault.make_person_key(session, ana.id, at=world.at)
        session.add(
            Finger(
                person_id=ana.id,
                position=2,
                impression=1,
                quality=90,
                sealed_template=b"damaged",
                sealed_image=b"",
                enrolled_at=world.at,
                enrolled_by="rita",
            )
        )
    enrol(world, rosa, [prints[2, 1]])
    search = DuplicateSearch(world.vault, world.sessions)
    (again,) = prepare_finger(2, [prints[2, 2]]).impressions
    assert search.find(again.template) == Hit(rosa.id)
    with session_scope(world.sessions, writes=False) as session:
        assert templates_for(session, world.vault, [ana.id, rosa.id]).keys() == {rosa.id}
    desk = FingerDesk(world.sessions, world.vault)
    desk.tick(world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert searched_until(session) == 2
    assert "template 1 cannot be opened" in caplog.text
    assert "Novelo" not in caplog.text
