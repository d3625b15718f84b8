"""A site is changed as a whole: nothing that could not be used gets in, everything says why, and can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from hub.accounts.audit import Actor
from hub.accounts.records import AuditEntry
from hub.custody.actions import assign_home, open_booking_of
from hub.database import session_scope
from hub.movements.cells.defining import CellDraft, define_cell
from hub.movements.cells.reading import cells
from hub.movements.records import Position, Zone, ZoneKind
from hub.movements.site.editing import FaultyError, put, undo
from hub.movements.site.forms import (
    CheckpointForm,
    CurfewForm,
    Everything,
    Form,
    Kind,
    SiteForm,
    ZoneForm,
)
from hub.movements.site.holding import everything, newest_change
from hub.movements.site.hours import curfews
from hub.movements.site.records import SiteChange
from hub.movements.site.rules import faults
from hub.movements.site.then import site_at
from hub.movements.site.touched import Grade, touches
from hub.sentences import RefusedError
from hub.terminals.actions import granted_elsewhere, note_grant
from wire.provisioning import CheckpointSettings

from .site_world import World

DORA = Actor("dora", "test")
FARM = SiteForm(code="farm", name="Farm", sort=1)
WING = ZoneForm(code="wing", name="Wing", kind=ZoneKind.TIER, site="main", parent="block-a", is_unit=True)
BACK = CheckpointForm(code="wing-in", name="Wing, entry", from_zone="yard", to_zone="wing")


@pytest.fixture
def site(world: World) -> World:
    world.site()
    world.later(hours=1)
    return world


def held(world: World) -> Everything:
    with session_scope(world.sessions, writes=False) as session:
        return everything(session)


def record(world: World, *forms: Form, reason: str = "as built", stamps: Any = None) -> int:
    with session_scope(world.sessions) as session:
        return put(session, forms, reason=reason, actor=DORA, at=world.at, stamps=stamps)


def take_back(world: World, number: int) -> int:
    with session_scope(world.sessions) as session:
        return undo(session, number, reason="a slip", actor=DORA, at=world.at)


def last_change(world: World) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return session.scalars(select(SiteChange.id).order_by(SiteChange.id.desc())).first() or 0


def grades(world: World, after: Form) -> dict[Grade, str]:
    with session_scope(world.sessions, writes=False) as session:
        kind = {ZoneForm: Kind.ZONE, CheckpointForm: Kind.CHECKPOINT, CurfewForm: Kind.CURFEW}[type(after)]  # type: ignore[index]
        found = touches(session, everything(session).get(kind, after.code), after, world.at)
    return {one.grade: str(one.words) for one in reversed(found)}


CASES: list[tuple[str, Form, str]] = [
    ("no zone", replace(WING, parent="moon"), "parent"),
    ("in itself", replace(WING, parent="wing"), "parent"),
    ("a block in a block", replace(WING, kind=ZoneKind.BLOCK), "parent"),
    ("a tier in another site", replace(WING, site="farm"), "parent"),
    ("a site that is not there", replace(WING, site="moon", parent=None), "site"),
    ("less than certified at the most", replace(WING, certified=5, maximum=4), "maximum"),
    ("less than working at the most", replace(WING, working=5, maximum=4), "maximum"),
    ("round and round", CheckpointForm(code="x", name="X", from_zone="yard", to_zone="yard"), "to_zone"),
    ("nowhere", CheckpointForm(code="x", name="X", from_zone="yard", to_zone="moon"), "to_zone"),
    ("from site to site", CheckpointForm(code="x", name="X", from_zone="yard", to_zone="field"), "to_zone"),
    (
        "never",
        CurfewForm(
            code="n", name="N", site="main", zones=["yard"], from_minute=60, until_minute=60, weekdays=[0]
        ),
        "until_minute",
    ),
    (
        "elsewhere",
        CurfewForm(
            code="n", name="N", site="farm", zones=["yard"], from_minute=60, until_minute=90, weekdays=[0]
        ),
        "zones",
    ),
]


@pytest.mark.parametrize(("form", "field"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_could_not_be_used_is_named_by_its_field(form: Form, field: str) -> None:
    ground = Everything(sites={"main": SiteForm(code="main", name="Main")})
    for one in (
        FARM,
        ZoneForm(code="yard", name="Yard", kind=ZoneKind.MOVEMENT_AREA, site="main"),
        ZoneForm(code="block-a", name="Block A", kind=ZoneKind.BLOCK, site="main"),
        ZoneForm(code="field", name="Field", kind=ZoneKind.WORKSHOP, site="farm"),
    ):
        ground = ground.with_form(one)
    assert faults(ground) == []
    assert {one.field for one in faults(ground.with_form(form))} == {field}


def test_nobody_is_counted_twice(site: World) -> None:
    record(site, replace(held(site).zones["block-a"], is_unit=True))
    with pytest.raises(FaultyError, match="counted twice") as refused:
        record(site, WING)
    assert [(one.code, one.field) for one in refused.value.faults] == [("wing", "is_unit")]
    assert "wing" not in held(site).zones


def test_a_change_is_kept_with_its_reason_and_none_without(site: World) -> None:
    yard = held(site).zones["yard"]
    with pytest.raises(RefusedError, match="Write why"):
        record(site, replace(yard, name="Great yard"), reason=" ")
    assert record(site, replace(yard, name="Great yard"), reason="two yards now") == 1
    assert record(site, replace(yard, name="Great yard")) == 0  # nothing differs
    with session_scope(site.sessions, writes=False) as session:
        kept = session.scalars(select(SiteChange).order_by(SiteChange.id.desc())).first()
        trail = session.scalars(select(AuditEntry).where(AuditEntry.act == "site.zone.change")).one()
    assert kept is not None
    assert (kept.by, kept.reason, kept.before["name"], kept.after["name"]) == (  # type: ignore[index]
        "dora", "two yards now", "Yard", "Great yard",
    )  # fmt: skip
    assert (trail.actor, trail.subject, trail.why) == ("dora", "yard", "two yards now")


def test_of_two_who_change_the_same_the_second_is_told(site: World) -> None:
    yard = held(site).zones["yard"]
    with session_scope(site.sessions, writes=False) as session:
        seen = {(Kind.ZONE, "yard"): newest_change(session, Kind.ZONE, "yard")}
    record(site, replace(yard, name="North yard"), stamps=seen)
    with pytest.raises(RefusedError, match="Somebody else changed this"):
        record(site, replace(yard, name="South yard"), stamps=seen)


def test_what_was_done_is_taken_back_once_and_only_while_it_stands(site: World) -> None:
    before = held(site)
    record(site, replace(before.zones["yard"], name="Great yard"), WING)
    act = last_change(site)
    assert take_back(site, act) == 2
    after = held(site)
    assert after.zones["yard"] == before.zones["yard"]
    assert after.zones["wing"].closed
    for number, words in ((act, "taken back already"), (999, "no such change")):
        with pytest.raises(RefusedError, match=words):
            take_back(site, number)
    record(site, replace(after.zones["yard"], name="Yard 1"))
    first = last_change(site)
    record(site, replace(after.zones["yard"], name="Yard 2"))
    with pytest.raises(RefusedError, match="changed again since"):
        take_back(site, first)


def test_what_somebody_is_in_or_lives_in_is_not_closed_by_taking_an_act_back(site: World) -> None:
    record(site, WING, BACK)
    act = last_change(site)
    ana = site.person()
    site.passage(ana, to_zone="wing")
    with pytest.raises(RefusedError, match="wing: People last seen here: 1"):
        take_back(site, act)
    with session_scope(site.sessions) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        assign_home(session, booking, "wing", effective_at=site.at, recorded_at=site.at, actor=DORA)
    site.later(minutes=1)
    site.passage(ana, to_zone="workshop")
    with pytest.raises(RefusedError, match="People who live here by the record: 1"):
        take_back(site, act)
    with session_scope(site.sessions) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        booking.released_at = site.at
    assert take_back(site, act) == 2  # checkpoint and zone close together
    closed = replace(held(site).zones["workshop"], closed=True)
    # Whoever was released does not keep the last place they were seen in open for ever.
    assert "People last seen here" not in grades(site, closed).get(Grade.STOP, "")


def test_a_site_that_was_added_goes_again_while_it_is_empty(site: World) -> None:
    record(site, FARM)
    take_back(site, last_change(site))
    assert "farm" not in held(site).sites
    record(site, FARM)
    added = last_change(site)
    record(site, replace(WING, site="farm", parent=None))
    with pytest.raises(RefusedError):
        take_back(site, added)


def test_the_site_of_an_earlier_hour_is_known(site: World) -> None:
    noon = site.at
    site.later(hours=1)
    record(site, replace(held(site).zones["yard"], name="Great yard"), WING, FARM)
    site.later(hours=1)
    record(site, replace(held(site).zones["yard"], name="Yard 3"))
    with session_scope(site.sessions, writes=False) as session:
        then, between = site_at(session, noon), site_at(session, noon + timedelta(minutes=90))
        assert site_at(session, site.at) == everything(session)
    assert (then.zones["yard"].name, "wing" in then.zones, "farm" in then.sites) == ("Yard", False, False)
    assert (between.zones["yard"].name, "wing" in between.zones) == ("Great yard", True)


def test_no_change_is_ever_changed(site: World) -> None:
    with session_scope(site.sessions) as session, pytest.raises(DatabaseError, match="append-only"):
        session.connection().exec_driver_sql("UPDATE site_changes SET reason = 'another'")


# --- what a change touches


def test_a_zone_is_renamed_while_people_are_in_it(site: World) -> None:
    ana = site.person()
    site.terminal()
    site.passage(ana)
    renamed = replace(held(site).zones["block-a"], name="North block")
    assert "Here by the last proof: 1" in grades(site, renamed)[Grade.NOTE]
    assert set(grades(site, renamed)) == {Grade.NOTE}  # nobody has to be asked: codes stay
    record(site, renamed)
    site.passage(ana, "REFUSE", "no_permission", to_zone="workshop")
    with session_scope(site.sessions, writes=False) as session:
        zones = {zone.id: zone.code for zone in session.scalars(select(Zone))}
        (place,) = session.scalars(select(Position)).all()
    assert zones[place.zone_id] == "yard"


def test_a_zone_with_people_doors_or_others_in_it_is_not_closed(site: World) -> None:
    ana = site.person()
    site.passage(ana)
    closed = replace(held(site).zones["block-a"], closed=True)
    assert "People last seen here: 1" in grades(site, closed)[Grade.STOP]
    record(site, WING)
    words = " ".join(str(one) for one in _stops(site, closed))
    assert "Block A, entry" in words
    assert "Wing" in words
    empty = replace(held(site).zones["workshop"], closed=True)
    assert [str(one) for one in _stops(site, empty)] == [
        "Checkpoints lead here: Workshop, entry. Close them first."
    ]
    record(site, replace(held(site).checkpoints["w-in"], closed=True))
    assert _stops(site, empty) == []
    record(site, empty)
    assert held(site).zones["workshop"].closed


def _stops(world: World, after: Form) -> list[object]:
    with session_scope(world.sessions, writes=False) as session:
        before = everything(session).get(Kind.ZONE, after.code)
        return [one.words for one in touches(session, before, after, world.at) if one.grade is Grade.STOP]


def test_a_checkpoint_is_moved_while_a_terminal_stands_at_it(site: World) -> None:
    site.terminal("a-1", "a-in")
    old = CheckpointSettings(checkpoint="a-in", from_zone="yard", to_zone="block-a")
    with session_scope(site.sessions) as session:
        note_grant(session, "a-1", old, site.at)
    moved = replace(held(site).checkpoints["a-in"], to_zone="workshop")
    assert "a-1" in grades(site, moved)[Grade.ASK]
    assert "a-1" in grades(site, replace(moved, closed=True))[Grade.STOP]
    record(site, moved)
    now = replace_place(old, "workshop")
    with session_scope(site.sessions) as session:
        assert granted_elsewhere(session, {"a-1": now}) == {"a-1"}
        note_grant(session, "a-1", now, site.at)
        assert granted_elsewhere(session, {"a-1": now}) == set()


def replace_place(place: CheckpointSettings, zone: str) -> CheckpointSettings:
    return CheckpointSettings(checkpoint=place.checkpoint, from_zone=place.from_zone, to_zone=zone)


def test_what_else_has_to_be_confirmed(site: World) -> None:
    ana, eva = site.person("Coc", "Ana"), site.person("Bol", "Eva")
    for one in (ana, eva):
        site.passage(one)
    block = held(site).zones["block-a"]
    assert "Here by the last proof: 2" in grades(site, replace(block, maximum=1, certified=1))[Grade.ASK]
    assert "Counts follow" in grades(site, replace(block, is_unit=True))[Grade.ASK]
    assert "without a pass" in grades(site, replace(block, needs_pass=True))[Grade.ASK]
    assert "judged anew: 2" in grades(site, replace(block, kind=ZoneKind.WORKSHOP))[Grade.ASK]
    record(site, FARM)
    assert Grade.STOP in grades(site, replace(block, site="farm"))


def test_cells_follow_the_block_that_their_zone_lies_in(site: World) -> None:
    record(site, WING)
    draft = CellDraft(code="w-1", name="W 1", block="", tier="", zone="wing", certified=2)
    with session_scope(site.sessions) as session:
        made = define_cell(session, draft, reason="", actor=DORA, at=site.at)
    assert (made.block, made.tier) == ("Block A", "Wing")
    record(site, replace(held(site).zones["block-a"], name="North block"), reason="new signs")
    with session_scope(site.sessions, writes=False) as session:
        found = cells(session)["w-1"]
        then = cells(session, site.at - timedelta(minutes=1))
    assert (found.block, found.reason) == ("North block", "new signs")
    assert then == {}


def test_a_curfew_holds_until_it_is_closed(site: World) -> None:
    night = CurfewForm(
        code="night", name="Night", site="main", zones=["workshop"], from_minute=1260, until_minute=300,
        weekdays=[0, 1, 2, 3, 4, 5, 6],
    )  # fmt: skip
    site.terminal("w-1", "w-in")
    record(site, night)
    assert "w-1" in grades(site, replace(night, until_minute=360))[Grade.NOTE]
    with session_scope(site.sessions, writes=False) as session:
        assert [(one.code, one.zones) for one in curfews(session)] == [("night", ("workshop",))]
    record(site, replace(night, closed=True))
    with session_scope(site.sessions, writes=False) as session:
        assert curfews(session) == []
