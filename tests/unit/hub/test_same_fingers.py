"""The same finger in two persons: found among all that are enrolled, put before officers, and on the docket."""

from __future__ import annotations

from datetime import timedelta

from hub.accounts.permissions import Role
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_finger
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
