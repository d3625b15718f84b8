"""Pages of gates: what each holds and decides by, and saying that an area is to be found out anew."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hub.accounts.audit import OPERATOR, Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.changes import note_change
from hub.custody.records import PersonChange
from hub.database import session_scope
from hub.movements.passes.changing import cancel_pass
from hub.movements.passes.planning import Draft, Override, make_passes
from hub.movements.passes.rules import Reason
from hub.movements.permitting import permit_zones
from hub.movements.records import Zone
from hub.movements.whereabouts.records import AreaReset
from hub.roll.gate_plans.desk import GatePlanDesk
from hub.roll.gate_plans.reaching import zones_reached
from hub.roll.gate_plans.records import GatePlan
from wire.keys import SigningKey

from .site_world import World, post


def give_pass(world: World, person_id: int) -> int:
    with session_scope(world.sessions) as session:
        zones: dict[str, int] = {row.code: row.id for row in session.execute(select(Zone.code, Zone.id))}
        draft = Draft(
            person_id,
            zones["workshop"],
            Reason.WORK,
            world.at,
            world.at + timedelta(minutes=10),
            world.at + timedelta(hours=2),
            from_zone_id=zones["yard"],
        )
        override = Override(Actor("una", ""), "Needed")
        (made,) = make_passes(session, [draft], override=override, actor=OPERATOR, at=world.at)
    return made


def test_the_page_of_a_gate_says_what_it_decides_by_and_whether_it_holds_it(world: World) -> None:
    world.site()
    world.terminal("w-1", "w-in")
    number = give_pass(world, world.person().id)
    desk = GatePlanDesk(world.sessions, SigningKey.generate(), lambda _topic, _payload: True)
    desk.tick(world.at)
    watch = world.browser("cora", Role.CONTROL_ROOM)
    listed = watch.get("/gates").text
    assert "w-1" in listed
    assert "Away: decides by what it held" in listed
    page = watch.get("/gates/w-1").text
    assert f">{number}<" in page
    assert "Passes are known until" in page
    assert watch.get("/gates/none").status_code == 404
    with session_scope(world.sessions, writes=False) as session:
        made = session.scalars(select(GatePlan)).one()
        assert (made.counter, made.passes) == (1, 1)
        looks = session.scalars(select(AuditEntry).where(AuditEntry.act == "gate.look")).all()
        assert [(one.actor, one.subject) for one in looks] == [("cora", "w-1")]


def test_an_area_is_reset_by_who_gives_orders_with_a_reason(world: World) -> None:
    world.site()
    world.terminal("w-1", "w-in")
    officer = world.browser("luz", Role.OFFICER)
    assert "Find out anew" not in officer.get("/gates/w-1").text
    assert post(officer, "/gates/w-1/reset", {"reason": "fire"}, page="/gates").status_code == 403
    watch = world.browser("cora", Role.CONTROL_ROOM)
    refused = post(watch, "/gates/w-1/reset", {"reason": "x"}, page="/gates/w-1")
    assert refused.status_code == 400
    assert 'value="x"' in refused.text
    assert post(watch, "/gates/w-1/reset", {"reason": "After the fire"}, page="/gates/w-1").status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        kept = session.scalars(select(AreaReset)).one()
        assert (kept.by, kept.reason, kept.at) == ("cora", "After the fire", world.at)
    assert "cora: After the fire" in officer.get("/gates/w-1").text, "who and why stand on the page"


def test_a_pass_brings_its_person_onto_the_cards_of_its_gates_and_takes_them_off_again(world: World) -> None:
    world.site()
    world.terminal("w-1", "w-in")
    person = world.person()
    with session_scope(world.sessions) as session:
        permit_zones(session, person.id, ["yard"], world.at)
        note_change(session, person.id, world.at)
    desk = GatePlanDesk(world.sessions, SigningKey.generate(), lambda _topic, _payload: True)
    number = give_pass(world, person.id)

    def reached() -> tuple[dict[int, list[str]], int]:
        world.later(seconds=5)
        desk.tick(world.at)
        with session_scope(world.sessions, writes=False) as session:
            changes = session.scalars(select(PersonChange.id)).all()
            return zones_reached(session, [person.id]), len(changes)

    brought, changes = reached()
    assert brought == {person.id: ["workshop"]}
    assert reached() == (brought, changes), "said once"
    with session_scope(world.sessions) as session:
        cancel_pass(session, number, reason="Ill", actor=OPERATOR, at=world.at)
    assert reached() == ({}, changes + 1)
