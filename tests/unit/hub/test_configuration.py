"""Desired configurations: a change in stages that stops by itself, a desk that tells terminals, and its pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.terminals.actions import note_state
from hub.terminals.configuration.actions import (
    WrongSettingsError,
    desired,
    first_configuration,
    note_held,
    put_back,
)
from hub.terminals.configuration.desk import CONFIRM_EVERY, FIRST_PATIENCE, ConfigurationDesk
from hub.terminals.configuration.records import Act, DesiredConfiguration
from hub.terminals.configuration.rollouts import begin_rollout, go_on, stop, take_back
from hub.terminals.configuration.rules import (
    MOST_ABSENCES,
    UNWELL_FOR,
    Course,
    Member,
    Standing,
    Step,
    course,
    next_step,
    plan,
    standing,
)
from hub.terminals.epochs import HubEpoch
from wire.codec import decode
from wire.configuration import KIND, Configuration
from wire.envelope import HUB, open_envelope
from wire.journal import Clock
from wire.keys import SigningKey
from wire.settings import ModelSettings
from wire.state import Health, State
from wire.versions import NOTHING, Version

from .site_world import NOON, World, post, sign_in

ROLE = Role.TECHNICIAN

ADA = Actor("ada", "10.0.0.9")
SOAK = timedelta(seconds=600)
ONE, TWO = Version(1, 1), Version(1, 2)


# -- The rules, with no database --------------------------------------------------------------------------------------


def member(terminal: str = "a", stage: int = 1, **parts: Any) -> Member:
    """One that was given version 1.2 and stands well with it, unchanged for an hour."""
    fine = {"wanted": TWO, "held": TWO, "since_at": NOON - timedelta(hours=1)}
    return Member(terminal, stage, **{**fine, **parts})


BEGUN = [Step(Act.STAGE, 1, None)]


@pytest.mark.parametrize(
    ("names", "first", "percent", "stages"),
    [
        (10, 1, 10, [1, 1, 8]),
        (100, 1, 10, [1, 10, 89]),
        (3, 1, 10, [1, 1, 1]),
        (1, 1, 10, [1]),
        (4, 4, 10, [4]),
        (5, 2, 100, [2, 3]),
    ],
)
def test_stages_are_one_then_a_part_then_the_rest(
    names: int, first: int, percent: int, stages: list[int]
) -> None:
    chosen = [f"t-{number:03}" for number in range(names)]
    planned = plan(chosen, first, percent)
    assert [len(stage) for stage in planned] == stages
    assert [name for stage in planned for name in stage] == chosen


@pytest.mark.parametrize(
    ("one", "how"),
    [
        (Member("a", 1), Standing.NOT_YET),
        (member(latest=False), Standing.OTHER),
        (member(refused=TWO, held=ONE), Standing.REFUSED),
        (member(refused=ONE), Standing.DONE),
        (member(held=ONE), Standing.SENT),
        (member(held=None), Standing.SENT),
        (member(on_trial=True), Standing.ON_TRIAL),
        (member(since_at=NOON - SOAK + timedelta(seconds=1)), Standing.WATCHED),
        (member(changed_at=NOON - timedelta(seconds=5)), Standing.WATCHED),
        (member(since_at=NOON - SOAK), Standing.DONE),
        (member(well=False, changed_at=NOON - UNWELL_FOR), Standing.UNWELL),
        (member(well=False, changed_at=NOON - UNWELL_FOR + timedelta(seconds=1)), Standing.WATCHED),
        (member(held=ONE, well=False, changed_at=NOON - UNWELL_FOR), Standing.UNWELL),
        (member(well=False, was_well=False, changed_at=NOON - UNWELL_FOR), Standing.WATCHED),
        (member(absences=MOST_ABSENCES), Standing.UNWELL),
    ],
)
def test_how_a_terminal_stands(one: Member, how: Standing) -> None:
    assert standing(one, SOAK, NOON) is how


def test_it_begins_with_the_first_stage() -> None:
    found = next_step([Member("a", 1), Member("b", 2)], [], SOAK, NOON)
    assert found is not None
    assert (found.act, found.stage) == (Act.STAGE, 1)


def test_the_next_stage_waits_until_all_of_the_one_before_are_done() -> None:
    waiting = [member("a"), member("b", held=ONE), Member("c", 2)]
    assert next_step(waiting, BEGUN, SOAK, NOON) is None
    found = next_step([member("a"), member("b"), Member("c", 2)], BEGUN, SOAK, NOON)
    assert found is not None
    assert (found.act, found.stage) == (Act.STAGE, 2)


def test_after_the_last_stage_it_is_finished() -> None:
    found = next_step([member("a")], BEGUN, SOAK, NOON)
    assert found is not None
    assert found.act is Act.FINISHED
    assert next_step([member("a")], [*BEGUN, Step(Act.FINISHED, 1, None)], SOAK, NOON) is None


@pytest.mark.parametrize(
    "harmed",
    [member("b", refused=TWO, held=ONE), member("b", well=False, changed_at=NOON - UNWELL_FOR)],
)
def test_it_stops_by_itself_at_the_first_harm(harmed: Member) -> None:
    found = next_step([member("a"), harmed, Member("c", 2)], BEGUN, SOAK, NOON)
    assert found is not None
    assert (found.act, found.terminal) == (Act.STOPPED, "b")
    stopped = [*BEGUN, Step(Act.STOPPED, 1, "b")]
    assert next_step([member("a"), harmed, Member("c", 2)], stopped, SOAK, NOON) is None


def test_a_terminal_harmed_in_an_earlier_stage_stops_the_later_one() -> None:
    steps = [*BEGUN, Step(Act.STAGE, 2, None)]
    harmed = member("a", well=False, changed_at=NOON - UNWELL_FOR)
    found = next_step([harmed, member("b", 2), Member("c", 3)], steps, SOAK, NOON)
    assert found is not None
    assert (found.act, found.stage, found.terminal) == (Act.STOPPED, 2, "a")


def test_who_was_left_behind_by_a_person_stops_nothing_more() -> None:
    harmed = member("b", refused=TWO, held=ONE)
    steps = [*BEGUN, Step(Act.STOPPED, 1, "b"), Step(Act.WENT_ON, 1, "b")]
    found = next_step([member("a"), harmed, Member("c", 2)], steps, SOAK, NOON)
    assert found is not None
    assert (found.act, found.stage) == (Act.STAGE, 2)
    other = member("a", refused=TWO, held=ONE)
    found = next_step([other, harmed, Member("c", 2)], steps, SOAK, NOON)
    assert found is not None
    assert (found.act, found.terminal) == (Act.STOPPED, "a")


@pytest.mark.parametrize(
    ("acts", "how", "stage"),
    [
        ([], Course.RUNNING, 0),
        ([(Act.STAGE, 1), (Act.STAGE, 2)], Course.RUNNING, 2),
        ([(Act.STAGE, 1), (Act.STOPPED, 1)], Course.STOPPED, 1),
        ([(Act.STAGE, 1), (Act.STOPPED, 1), (Act.WENT_ON, 1)], Course.RUNNING, 1),
        ([(Act.STAGE, 1), (Act.TAKEN_BACK, 1)], Course.TAKEN_BACK, 1),
    ],
)
def test_the_course_is_read_from_what_happened(acts: list[tuple[Act, int]], how: Course, stage: int) -> None:
    assert course([Step(act, number, None) for act, number in acts]) == (how, stage)


# -- The desk over a database, terminals played by hand ---------------------------------------------------------------


@dataclass
class Fleet:
    """Terminals of model gate at a hub, as they would speak; `heard` is what the desk sent to each."""

    world: World
    key: SigningKey = field(default_factory=SigningKey.generate)
    ids: dict[str, int] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    heard: dict[str, list[Configuration]] = field(default_factory=dict)
    alarms: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = ConfigurationDesk(
            self.world.sessions, self.key, self._send, lambda _s, _at, what, facts: self._alarm(what, facts)
        )

    def add(self, name: str) -> None:
        self.ids[name] = self.world.terminal(name)
        with session_scope(self.world.sessions) as session:
            assert first_configuration(session, name, "gate", by="ada", at=self.world.at)
        self.heard[name] = []
        self.say(name, config_version=ONE)

    def say(self, name: str, *, sensor: str = "ok", online: bool = True, **parts: Any) -> None:
        """A state of the terminal reaches the hub; a life after a death is a new session."""
        before = self.states.get(name)
        session_number = 1 if before is None else before.session + (not before.online)
        health = Health(
            sensor=sensor,
            queue_depth=0,
            disk_free_mb=None,
            clock=Clock.SYNCHRONISED,
            roll_age_s=None,
            refused_from_hub=0,
        )
        held = {} if before is None else {"config_version": before.config_version}
        state = State(
            session=session_number,
            online=online,
            software="x",
            boot_id="0" * 32,
            said_at=self.world.at,
            roll_version=NOTHING,
            journal=None,
            health=health if online else None,
            model="gate",
            **{**held, **parts},
        )
        self.states[name] = state
        with session_scope(self.world.sessions) as session:
            assert note_state(session, self.ids[name], state, self.world.at)
            if online:
                note_held(session, self.ids[name], state, self.world.at)

    def take(self, name: str) -> None:
        """The terminal starts anew with what it heard last, and keeps it."""
        self.say(name, online=False)
        self.say(name, config_version=self.heard[name][-1].version)

    def tick(self, seconds: float = 1) -> int:
        self.world.later(seconds=seconds)
        return self.desk.tick(self.world.at)

    def roll_out(self, names: list[str], changes: dict[str, Any], **parts: Any) -> int:
        planned = {"first": 1, "percent": 10, "soak_s": 600, "probation_s": 60, "reason": "better", **parts}
        with session_scope(self.world.sessions) as session:
            return begin_rollout(session, names, changes, actor=ADA, at=self.world.at, **planned)

    def wanted(self, name: str) -> Version:
        with session_scope(self.world.sessions) as session:
            found = desired(session, name)
        assert found is not None
        return found.version

    def tries(self, name: str) -> int:
        with session_scope(self.world.sessions) as session:
            found = desired(session, name)
        assert found is not None
        return found.settings.passage.tries

    def _send(self, topic: str, payload: bytes) -> bool:
        name = topic.split("/")[2]
        body = open_envelope(payload, kind=KIND, sender=HUB, receiver=name, key=self.key.public_key())
        self.heard[name].append(decode(body, Configuration))
        return True

    def _alarm(self, what: str, facts: dict[str, Any]) -> None:
        self.alarms.append((what, facts))


@pytest.fixture
def fleet(world: World) -> Fleet:
    return Fleet(world)


def test_a_terminal_that_runs_by_it_hears_so_now_and_then(fleet: Fleet) -> None:
    fleet.add("a-1")
    assert fleet.tick() == 1
    assert fleet.heard["a-1"][0].settings is None
    assert fleet.tick() == 0
    assert fleet.tick(CONFIRM_EVERY.total_seconds()) == 1


def test_what_is_wanted_is_sent_whole_and_again_with_growing_patience(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.roll_out(["a-1"], {"passage.tries": 2})
    assert fleet.tick() == 1
    said = fleet.heard["a-1"][0]
    assert said.version == TWO
    assert said.probation_s == 60.0
    assert said.settings is not None
    assert msgspec.json.decode(said.settings, type=ModelSettings).passage.tries == 2
    assert fleet.tick() == 0
    assert fleet.tick(FIRST_PATIENCE.total_seconds()) == 1
    assert fleet.tick(FIRST_PATIENCE.total_seconds()) == 0
    assert fleet.tick(FIRST_PATIENCE.total_seconds()) == 1


def test_nothing_is_sent_to_who_is_away_and_all_at_once_when_it_is_back(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.say("a-1", online=False)
    fleet.roll_out(["a-1"], {"passage.tries": 2})
    assert fleet.tick() == 0
    fleet.say("a-1")
    assert fleet.tick() == 1


def test_what_was_refused_is_not_sent_again(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.roll_out(["a-1"], {"passage.tries": 2})
    fleet.tick()
    fleet.say("a-1", config_refused=TWO, config_why="no")
    assert fleet.tick(3600) == 0


def test_a_terminal_ahead_of_the_hub_is_an_alarm_and_is_told_nothing(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.say("a-1", config_version=Version(1, 9))
    fleet.tick()
    fleet.tick(60)
    assert [what for what, _ in fleet.alarms] == ["configuration_ahead"]
    assert fleet.heard["a-1"] == []


def test_a_restored_hub_raises_its_epoch_and_is_newer_again(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.say("a-1", config_version=Version(1, 9))
    with session_scope(fleet.world.sessions) as session:
        session.add(HubEpoch(epoch=2, since_at=fleet.world.at))
    fleet.tick()
    assert fleet.heard["a-1"][-1].version == Version(2, 1)
    assert fleet.heard["a-1"][-1].settings is not None


def test_a_rollout_goes_from_stage_to_stage_and_ends(fleet: Fleet) -> None:
    names = ["a-1", "a-2", "a-3"]
    for name in names:
        fleet.add(name)
    fleet.roll_out(names, {"passage.tries": 2})
    fleet.tick()
    assert [fleet.wanted(name) for name in names] == [TWO, ONE, ONE]
    fleet.tick(30)
    fleet.take("a-1")
    fleet.tick(590)
    assert fleet.wanted("a-2") == ONE
    fleet.tick(11)
    assert [fleet.wanted(name) for name in names] == [TWO, TWO, ONE]
    fleet.take("a-2")
    fleet.tick(601)
    fleet.take("a-3")
    fleet.tick(601)
    assert [fleet.tries(name) for name in names] == [2, 2, 2]
    fleet.tick(3600)
    assert [act for act, _ in fleet.alarms] == []


@pytest.mark.parametrize("harm", ["refused", "offline", "sensor", "restarts"])
def test_a_rollout_stops_itself_when_a_terminal_takes_harm(fleet: Fleet, harm: str) -> None:
    for name in ("a-1", "a-2", "a-3"):
        fleet.add(name)
    fleet.roll_out(["a-1", "a-2", "a-3"], {"passage.tries": 2})
    fleet.tick()
    fleet.world.later(seconds=1)
    if harm == "refused":
        fleet.say("a-1", config_refused=TWO, config_why="The sensor does not answer with it.")
    elif harm == "offline":
        fleet.say("a-1", online=False)
    else:
        fleet.take("a-1")
        for _ in range(MOST_ABSENCES if harm == "restarts" else 0):
            fleet.world.later(seconds=5)
            fleet.say("a-1", online=False)
            fleet.say("a-1")
        if harm == "sensor":
            fleet.say("a-1", sensor="silence")
    fleet.tick(130)
    assert [(what, facts["terminal"]) for what, facts in fleet.alarms] == [("rollout_stopped", "a-1")]
    fleet.tick(7200)
    assert fleet.wanted("a-2") == ONE
    assert len(fleet.alarms) == 1


def test_who_was_not_well_goes_last_and_is_waited_for(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.add("a-2")
    fleet.say("a-1", online=False)
    fleet.roll_out(["a-1", "a-2"], {"passage.tries": 2})
    fleet.tick()
    assert (fleet.wanted("a-1"), fleet.wanted("a-2")) == (ONE, TWO)
    fleet.take("a-2")
    fleet.tick(601)
    fleet.tick(100_000)
    assert fleet.wanted("a-1") == TWO
    assert fleet.alarms == []


def test_a_person_stops_it_lets_it_go_on_and_takes_it_back(fleet: Fleet) -> None:
    for name in ("a-1", "a-2"):
        fleet.add(name)
    number = fleet.roll_out(["a-1", "a-2"], {"passage.tries": 2})
    fleet.tick()
    with session_scope(fleet.world.sessions) as session:
        stop(session, number, actor=ADA, at=fleet.world.at)
    fleet.take("a-1")
    fleet.tick(700)
    assert fleet.wanted("a-2") == ONE
    with session_scope(fleet.world.sessions) as session:
        go_on(session, number, actor=ADA, at=fleet.world.at)
    fleet.tick()
    assert fleet.wanted("a-2") == TWO
    with session_scope(fleet.world.sessions) as session:
        assert take_back(session, number, actor=ADA, at=fleet.world.at) == 2
    assert [fleet.tries(name) for name in ("a-1", "a-2")] == [3, 3]
    assert fleet.wanted("a-1") == Version(1, 3)
    with session_scope(fleet.world.sessions) as session, pytest.raises(RefusedError):
        go_on(session, number, actor=ADA, at=fleet.world.at)
    with session_scope(fleet.world.sessions) as session:
        acts = {row.act for row in session.scalars(select(AuditEntry).where(AuditEntry.actor == "ada"))}
    assert {"rollout.begin", "rollout.stopped", "rollout.went_on", "rollout.taken_back"} <= acts


def test_a_terminal_is_in_one_rollout_at_a_time(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.roll_out(["a-1"], {"passage.tries": 2})
    with pytest.raises(RefusedError, match="Roll-out 1"):
        fleet.roll_out(["a-1"], {"passage.tries": 4})


def test_wrong_settings_are_refused_by_name_before_anything_is_written(fleet: Fleet) -> None:
    fleet.add("a-1")
    with pytest.raises(WrongSettingsError) as refused:
        fleet.roll_out(["a-1"], {"passage.tries": 9, "journal.surprise": 1})
    assert {fault.key for fault in refused.value.faults} == {"passage.tries", "journal.surprise"}
    assert fleet.wanted("a-1") == ONE


def test_nobody_and_strangers_have_no_rollout(fleet: Fleet) -> None:
    with pytest.raises(RefusedError, match="at least one"):
        fleet.roll_out(["nobody"], {"passage.tries": 2})
    fleet.ids["own"] = fleet.world.terminal("own")
    with pytest.raises(RefusedError, match="own"):
        fleet.roll_out(["own"], {"passage.tries": 2})


def test_putting_back_is_a_new_version_with_the_old_content(fleet: Fleet) -> None:
    fleet.add("a-1")
    fleet.roll_out(["a-1"], {"passage.tries": 2})
    fleet.tick()
    with session_scope(fleet.world.sessions) as session:
        assert put_back(session, fleet.ids["a-1"], 1, actor=ADA, at=fleet.world.at) == 3
        with pytest.raises(RefusedError):
            put_back(session, fleet.ids["a-1"], 9, actor=ADA, at=fleet.world.at)
    assert (fleet.wanted("a-1"), fleet.tries("a-1")) == (Version(1, 3), 3)


def test_the_first_configuration_is_the_models_and_only_once(fleet: Fleet) -> None:
    fleet.ids["b-1"] = fleet.world.terminal("b-1")
    with session_scope(fleet.world.sessions) as session:
        assert not first_configuration(session, "b-1", "home-made", by="ada", at=NOON)
        assert first_configuration(session, "b-1", "officer_desk", by="ada", at=NOON)
        assert not first_configuration(session, "b-1", "gate", by="ada", at=NOON)
        assert not first_configuration(session, "stranger", "gate", by="ada", at=NOON)
    assert fleet.tries("b-1") == 4


def test_what_was_desired_cannot_be_changed_afterwards(fleet: Fleet) -> None:
    fleet.add("a-1")
    with session_scope(fleet.world.sessions) as session:
        session.scalars(select(DesiredConfiguration)).one().reason = "another"
        with pytest.raises(DatabaseError, match="append-only"):
            session.flush()
        session.rollback()


# -- The pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(world: World) -> Fleet:
    fleet = Fleet(world)
    for name in ("a-1", "a-2"):
        fleet.add(name)
    return fleet


CHANGE = "/terminals/configuration/change"


def test_the_page_without_terminals_says_so(client: FlaskClient) -> None:
    assert "No terminal has been taken in yet" in client.get("/terminals/configuration").text


def test_a_change_is_looked_at_before_it_goes_out(two: Fleet, client: FlaskClient) -> None:
    page = f"{CHANGE}?terminal=a-1&terminal=a-2"
    form: dict[str, object] = {"terminal": ["a-1", "a-2"], "passage.tries": "2", "reason": "fewer"}
    looked = post(client, CHANGE, {**form, "step": "check"}, page=page)
    assert looked.status_code == 200
    assert "passage.tries" in looked.text
    assert two.wanted("a-1") == ONE
    sent = post(client, CHANGE, {**form, "step": "send"}, page=page)
    assert sent.location == "/terminals/rollouts/1"
    assert "waits for its stage" in client.get("/terminals/rollouts/1").text
    two.tick()
    assert two.wanted("a-1") == TWO
    assert "sent, not taken yet" in client.get("/terminals/rollouts/1/standing").text
    history = client.get("/terminals/configuration/a-1?from=1&to=2").text
    assert "From version 1 to 2" in history
    assert "fewer" in history


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"passage.tries": "9"}, "must be a whole number from 1 to 5"),
        ({"passage.tries": "many"}, "must be a whole number from 1 to 5"),
        ({"journal.low_mb": "2"}, "low_mb must be more than reserve_mb"),
        ({"gate.relay_enabled": "yes"}, "relay_enabled needs relay_pin"),
        ({}, "Nothing is changed yet"),
        ({"passage.tries": "2", "reason": " "}, "Say why"),
        ({"passage.tries": "2", "percent": "900"}, "percent from 1 to 100"),
    ],
)
def test_a_wrong_change_is_said_and_what_was_typed_stays(
    two: Fleet, client: FlaskClient, wrong: dict[str, object], said: str
) -> None:
    form = {"terminal": "a-1", "reason": "why not", "step": "send", **wrong}
    answer = post(client, CHANGE, form, page=f"{CHANGE}?terminal=a-1")
    assert answer.status_code == 400
    assert said in answer.text.replace("&#39;", "'")
    for key, value in wrong.items():
        assert key == "reason" or f'value="{value}"' in answer.text
    assert two.wanted("a-1") == ONE


def test_terminals_that_differ_are_left_alone_where_nothing_is_typed(two: Fleet, client: FlaskClient) -> None:
    two.roll_out(["a-1"], {"passage.tries": 2})
    two.tick()
    two.take("a-1")
    two.tick(700)
    page = f"{CHANGE}?model=gate"
    assert "They differ: 2 | 3" in client.get(page).text
    form: dict[str, object] = {"terminal": ["a-1", "a-2"], "passage.tries": "", "passage.lamp_s": "2"}
    sent = post(client, CHANGE, {**form, "reason": "longer", "step": "send", "first": "2"}, page=page)
    assert sent.status_code == 303
    two.tick()
    assert [two.tries(name) for name in ("a-1", "a-2")] == [2, 3]


def test_pages_act_on_rollouts_and_versions(two: Fleet, client: FlaskClient) -> None:
    two.roll_out(["a-1", "a-2"], {"passage.tries": 2})
    two.tick()
    page = "/terminals/rollouts/1"
    assert post(client, f"{page}/go-on", {}, page=page).location == page
    assert post(client, f"{page}/stop", {}, page=page).location == page
    assert post(client, f"{page}/stop", {}, page=page).status_code == 400
    assert post(client, f"{page}/take-back", {}, page=page).location == page
    assert post(client, f"{page}/dance", {}, page="/terminals/configuration/a-1").status_code == 404
    put = post(
        client,
        "/terminals/configuration/a-1/put-back",
        {"counter": "2"},
        page="/terminals/configuration/a-1",
    )
    assert put.location == "/terminals/configuration/a-1"
    assert two.tries("a-1") == 2
    for address in ("/terminals/rollouts/9", "/terminals/rollouts/x", "/terminals/configuration/nobody"):
        assert client.get(address).status_code == 404


def test_strangers_and_colleagues_see_no_configuration(two: Fleet) -> None:
    stranger = two.world.app().test_client()
    assert stranger.get("/terminals/configuration").status_code == 302
    two.world.account("olga", Role.CONTROL_ROOM)
    colleague = two.world.app().test_client()
    sign_in(colleague, "olga")
    assert colleague.get("/terminals/configuration").status_code == 403
    two.world.account("tom", Role.TECHNICIAN)
    technician = two.world.app().test_client()
    sign_in(technician, "tom")
    assert technician.get("/terminals/configuration").status_code == 200
