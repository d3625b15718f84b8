"""Orders to the gates: given by those who may, told to the terminals they are for, ended by a new version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from hub.__main__ import main
from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.control_room.needs import facts, needs
from hub.database import session_scope
from hub.movements.orders.actions import KEPT_FOR_EVACUATIONS, MOST_IN_FORCE, end, give, let_through
from hub.movements.orders.desk import FIRST_PATIENCE, OrdersDesk
from hub.movements.orders.in_force import in_force, orders_wanted
from hub.movements.orders.receipts import note_receipt
from hub.movements.orders.records import SiteOrder
from hub.movements.orders.standing import lingering, reaches
from hub.movements.records import FeedItem, Zone
from hub.sentences import RefusedError
from hub.terminals.actions import cut_off, note_state
from hub.terminals.configuration.actions import note_held
from hub.terminals.epochs import HubEpoch
from wire.codec import decode
from wire.envelope import HUB, open_envelope
from wire.happenings import EntryReference
from wire.keys import SigningKey
from wire.orders import KIND, OrderKind, Orders
from wire.state import State
from wire.versions import NOTHING, Version

from ...databases import chosen
from .site_world import World, post, sign_in

ROLE = Role.SHIFT_SUPERVISOR

ADA = Actor("ada", "10.0.0.9")


@dataclass
class Gates:
    """Terminals at the two checkpoints of the site; `heard` is what the desk sent to each."""

    world: World
    key: SigningKey = field(default_factory=SigningKey.generate)
    ids: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    heard: dict[str, list[Orders]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.site()
        self.desk = OrdersDesk(self.world.sessions, self.key, self._send)
        for name, checkpoint in (("a-1", "a-in"), ("w-1", "w-in")):
            self.ids[name] = self.world.terminal(name, checkpoint)
            self.heard[name] = []
            self.say(name)

    def say(self, name: str, version: Version | None = None, *, online: bool = True) -> None:
        """What the ingest does with a state, as far as orders are concerned."""
        self.sessions[name] = self.sessions.get(name, 0) + 1
        state = State(
            session=self.sessions[name],
            online=online,
            software="x",
            boot_id="0" * 32,
            said_at=self.world.at,
            roll_version=NOTHING,
            journal=None,
            health=None,
            orders_version=version,
        )
        with session_scope(self.world.sessions) as session:
            note_state(session, self.ids[name], state, self.world.at)
            if online:
                note_held(session, self.ids[name], state, self.world.at)
                note_receipt(session, self.ids[name], version, self.world.at)

    def obey(self, name: str) -> None:
        self.say(name, self.heard[name][-1].version)

    def tick(self, seconds: float = 1) -> int:
        self.world.later(seconds=seconds)
        return self.desk.tick(self.world.at)

    def give(self, kind: OrderKind, **scope: object) -> int:
        with session_scope(self.world.sessions) as session:
            return give(session, kind, reason="Fire", actor=ADA, now=self.world.at, **scope)  # type: ignore[arg-type]

    def end(self, number: int) -> None:
        with session_scope(self.world.sessions) as session:
            end(session, number, reason="searched", actor=ADA, now=self.world.at)

    def let(self, terminal: str = "a-1") -> int:
        referral = EntryReference(terminal=terminal, journal_id=b"j" * 16, sequence=7)
        with session_scope(self.world.sessions) as session:
            return let_through(
                session,
                terminal=terminal,
                person="P-1",
                referral=referral,
                by="ada",
                reason="known to me",
                now=self.world.at,
            )

    def kinds(self, name: str) -> list[str]:
        return [order.kind.value for order in self.heard[name][-1].in_force]

    def _send(self, topic: str, payload: bytes) -> bool:
        name = topic.split("/")[2]
        body = open_envelope(payload, kind=KIND, sender=HUB, receiver=name, key=self.key.public_key())
        self.heard[name].append(decode(body, Orders))
        return True


@pytest.fixture
def gates(world: World) -> Gates:
    return Gates(world)


def test_without_any_order_nobody_is_told_anything(gates: Gates) -> None:
    assert gates.tick() == 0


def test_an_unknown_place_and_one_order_too_many_are_refused(gates: Gates) -> None:
    with pytest.raises(RefusedError, match="moon"):
        gates.give(OrderKind.LOCKDOWN, zones=["yard", "moon"])
    with pytest.raises(RefusedError, match="x-9"):
        gates.let("x-9")
    with session_scope(gates.world.sessions) as session:
        for _ in range(MOST_IN_FORCE - KEPT_FOR_EVACUATIONS):
            give(session, OrderKind.LOCKDOWN, reason="Fire", actor=ADA, now=gates.world.at)
    with pytest.raises(RefusedError, match="Too many"):
        gates.give(OrderKind.LOCKDOWN)
    gates.give(OrderKind.EVACUATE)


def test_an_order_for_the_site_reaches_every_terminal_at_once(gates: Gates) -> None:
    gates.give(OrderKind.LOCKDOWN)
    assert gates.tick() == 2
    assert gates.kinds("a-1") == gates.kinds("w-1") == ["LOCKDOWN"]
    assert gates.heard["a-1"][0].in_force[0].by == "ada"


def test_it_is_said_again_until_the_terminal_says_that_it_acts_by_it(gates: Gates) -> None:
    gates.give(OrderKind.LOCKDOWN)
    gates.tick()
    gates.obey("a-1")
    assert gates.tick(0.2) == 0
    assert gates.tick(FIRST_PATIENCE.total_seconds()) == 1
    assert len(gates.heard["w-1"]) == 2
    assert gates.tick(FIRST_PATIENCE.total_seconds()) == 0
    gates.say("w-1")
    assert gates.tick(0.2) == 1  # it connected anew: told at once
    gates.obey("w-1")
    assert gates.tick(3600) == 0


def test_an_order_for_a_zone_concerns_the_terminals_that_join_it(gates: Gates) -> None:
    gates.give(OrderKind.EVACUATE, zones=["workshop"])
    assert gates.tick() == 1
    assert gates.heard["a-1"] == []
    gates.give(OrderKind.LOCKDOWN, terminals=["a-1"])
    gates.tick()
    assert (gates.kinds("a-1"), gates.kinds("w-1")) == (["LOCKDOWN"], ["EVACUATE"])


def test_ending_is_a_new_version_without_it(gates: Gates) -> None:
    number = gates.give(OrderKind.LOCKDOWN)
    gates.tick()
    first = gates.heard["a-1"][-1].version
    gates.end(number)
    gates.end(number)
    gates.tick()
    assert gates.kinds("a-1") == []
    assert gates.heard["a-1"][-1].version > first
    with pytest.raises(RefusedError):
        gates.end(99)


def test_one_person_is_let_through_at_one_terminal_for_a_while(gates: Gates) -> None:
    number = gates.let()
    assert gates.tick() == 1
    (order,) = gates.heard["a-1"][-1].in_force
    assert (order.number, order.person, order.kind) == (number, "P-1", OrderKind.LET_THROUGH)
    assert order.referral is not None
    assert order.referral.sequence == 7
    assert order.until_at == gates.world.at + timedelta(seconds=59)
    with session_scope(gates.world.sessions) as session:
        assert in_force(session, gates.world.at) == []
        assert len(in_force(session, gates.world.at, with_let_through=True)) == 1
        later = gates.world.at + timedelta(minutes=2)
        assert in_force(session, later, with_let_through=True) == []
    with pytest.raises(RefusedError):
        gates.end(number)


def test_however_many_are_let_through_a_lockdown_is_not_crowded_out(gates: Gates) -> None:
    gates.give(OrderKind.LOCKDOWN)
    at = gates.world.at
    with session_scope(gates.world.sessions) as session:
        for number in range(MOST_IN_FORCE + 5):
            person = f"P-{number}"
            let_through(session, terminal="a-1", person=person, referral=None, by="ada", reason="", now=at)
    gates.tick()
    assert len(gates.heard["a-1"][-1].in_force) == MOST_IN_FORCE
    assert gates.kinds("a-1")[0] == "LOCKDOWN"
    assert gates.heard["a-1"][-1].in_force[-1].person == f"P-{MOST_IN_FORCE + 4}"


def test_who_was_cut_off_is_told_nothing(gates: Gates) -> None:
    with session_scope(gates.world.sessions) as session:
        cut_off(session, "a-1", gates.world.at, "stolen")
    gates.give(OrderKind.LOCKDOWN)
    assert gates.tick() == 1
    assert gates.heard["a-1"] == []


def test_a_terminal_that_comes_during_a_lockdown_is_told_of_it(gates: Gates) -> None:
    gates.give(OrderKind.LOCKDOWN)
    gates.tick()
    gates.ids["w-2"], gates.heard["w-2"] = gates.world.terminal("w-2", "w-in"), []
    gates.say("w-2")
    gates.tick(11)
    assert gates.kinds("w-2") == ["LOCKDOWN"]


def test_after_a_restore_the_epoch_makes_old_orders_newer_and_until_then_it_is_an_alarm(gates: Gates) -> None:
    gates.say("a-1", Version(1, 9))
    gates.tick()
    gates.tick(60)
    with session_scope(gates.world.sessions) as session:
        items = session.scalars(select(FeedItem)).all()
        assert [item.payload["what"] for item in items] == ["orders_ahead"]
        session.add(HubEpoch(epoch=2, since_at=gates.world.at))
    gates.tick()
    assert gates.heard["a-1"][-1].version == Version(2, 0)
    assert gates.kinds("a-1") == []


def test_who_acts_by_it_who_not_yet_and_who_is_away(gates: Gates) -> None:
    gates.give(OrderKind.EVACUATE)
    gates.tick()
    gates.obey("a-1")
    gates.say("w-1", online=False)
    at = gates.world.at
    with session_scope(gates.world.sessions) as session:
        (reach,) = reaches(session, gates.world.at)
        assert (reach.taken, reach.not_yet, reach.away) == (("a-1",), (), ("w-1",))
        assert orders_wanted(session)["a-1"] == gates.heard["a-1"][-1].version
        found = [need for need in needs(facts(session, at), [], at, "en") if need.kind == "order"]
    assert [(need.rank, need.title, need.panel) for need in found] == [(1, "Evacuation", "/orders/1")]
    assert "1 of 2 terminals NOT CONFIRMED, use the radio" in found[0].detail


def test_each_terminal_confirms_in_its_own_time_and_a_lost_card_takes_the_word_back(gates: Gates) -> None:
    gates.give(OrderKind.LOCKDOWN)
    gates.tick()
    gates.world.later(seconds=0.4)
    gates.obey("a-1")
    assert confirmations(gates) == [("w-1", False, None), ("a-1", True, 1.4)]
    gates.world.later(seconds=30)
    gates.obey("a-1")
    gates.obey("w-1")
    assert confirmations(gates) == [("a-1", True, 1.4), ("w-1", True, 31.4)], "the first word counts"
    gates.world.later(seconds=5)
    gates.say("a-1", None)
    assert confirmations(gates) == [("a-1", False, None), ("w-1", True, 31.4)]


def test_a_gate_that_did_not_hear_of_the_end_still_acts_by_it_and_is_named(gates: Gates) -> None:
    number = gates.give(OrderKind.LOCKDOWN, zones=["block-a"])
    gates.tick()
    gates.obey("a-1")
    gates.say("a-1", gates.heard["a-1"][-1].version, online=False)
    gates.end(number)
    at = gates.world.at
    with session_scope(gates.world.sessions) as session:
        (left,) = lingering(session, at)
        (need,) = [one for one in needs(facts(session, at), [], at, "en") if one.kind == "order_ended"]
    assert (left.away, left.taken, left.ended and left.ended.reason) == (("a-1",), (), "searched")
    assert (need.title, need.detail) == (
        "Ended: Lockdown",
        "Block A. 1 terminals still act by it, use the radio",
    )
    page = browser(gates.world, "sue", ROLE).get(f"/orders/{number}").text
    assert "STILL ACTS BY IT, use the radio" in page
    gates.say("a-1", Version(1, 1))
    gates.tick()
    gates.obey("a-1")
    with session_scope(gates.world.sessions) as session:
        assert lingering(session, at) == []


def confirmations(gates: Gates) -> list[tuple[str, bool, float | None]]:
    with session_scope(gates.world.sessions, writes=False) as session:
        (reach,) = reaches(session, gates.world.at)
        return [(one.terminal, one.confirmed, one.took_s) for one in reach.terminals]


def test_an_evacuation_stands_above_all_and_a_zone_means_what_lies_in_it(gates: Gates) -> None:
    with session_scope(gates.world.sessions) as session:
        block = session.scalar(select(Zone).where(Zone.code == "block-a"))
        assert block is not None
        session.add(Zone(code="north", name="North", kind="BLOCK", site_id=block.site_id, sort=9))
        session.flush()
        block.parent_id = session.scalar(select(Zone.id).where(Zone.code == "north"))
    gates.give(OrderKind.EVACUATE, zones=["workshop"])
    gates.give(OrderKind.LOCKDOWN, zones=["north"], asked_by="The director, by telephone")
    with session_scope(gates.world.sessions, writes=False) as session:
        found = reaches(session, gates.world.at)
    assert [(reach.order.kind.value, [one.terminal for one in reach.terminals]) for reach in found] == [
        ("EVACUATE", ["w-1"]),
        ("LOCKDOWN", ["a-1"]),
    ]
    assert found[1].order.asked_by == "The director, by telephone"


def test_nothing_is_ordered_or_ended_without_a_reason(gates: Gates) -> None:
    with session_scope(gates.world.sessions) as session, pytest.raises(RefusedError, match="Say why"):
        give(session, OrderKind.LOCKDOWN, reason=" ", actor=ADA, now=gates.world.at)
    number = gates.give(OrderKind.LOCKDOWN)
    with session_scope(gates.world.sessions) as session, pytest.raises(RefusedError, match="Say why it ends"):
        end(session, number, reason="", actor=ADA, now=gates.world.at)
    gates.tick()
    assert gates.kinds("a-1") == ["LOCKDOWN"]


def test_an_order_that_was_given_cannot_be_rewritten(gates: Gates) -> None:
    gates.give(OrderKind.LOCKDOWN)
    with session_scope(gates.world.sessions) as session:
        session.scalars(select(SiteOrder)).one().reason = "none"
        with pytest.raises(DatabaseError, match="append-only"):
            session.flush()
        session.rollback()


def browser(world: World, login: str, role: Role) -> FlaskClient:
    world.account(login, role)
    client = world.app().test_client()
    assert sign_in(client, login).status_code == 303
    return client


def test_the_page_gives_and_ends_orders_and_writes_them_down(gates: Gates, client: FlaskClient) -> None:
    assert "No order is in force" in client.get("/orders").text
    form: dict[str, object] = {"kind": "LOCKDOWN", "scope": "site", "reason": "fire", "note": "kitchen"}
    form["asked_by"] = "The warden"
    assert post(client, "/orders", form).location == "/orders"
    standing = client.get("/orders/standing").text
    assert "Lockdown" in standing
    assert "Fire. kitchen" in standing
    assert "The warden" in standing
    assert "<b>0</b> of 2 terminals CONFIRMED" in standing
    refused = post(client, "/orders/1/end", {}, page="/orders")
    assert refused.status_code == 400
    assert "Say why it ends" in refused.text
    assert post(client, "/orders/1/end", {"note": "put out"}, page="/orders").location == "/orders"
    assert "No order is in force" in client.get("/orders").text
    with session_scope(gates.world.sessions) as session:
        acts = [row.act for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts[-2:] == ["order.lockdown", "order.end"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kind": "LET_THROUGH", "scope": "site"}, 400),
        ({"kind": "PARTY"}, 400),
        ({"kind": "LOCKDOWN", "scope": "zones"}, 400),
        ({"kind": "LOCKDOWN", "scope": "zones", "zones": "moon"}, 400),
    ],
)
def test_what_cannot_be_ordered_is_said(
    gates: Gates, client: FlaskClient, form: dict[str, object], status: int
) -> None:
    assert post(client, "/orders", form).status_code == status
    with session_scope(gates.world.sessions) as session:
        assert session.scalars(select(SiteOrder)).all() == []


def test_the_control_room_orders_and_only_a_supervisor_ends(gates: Gates) -> None:
    control_room = browser(gates.world, "carla", Role.CONTROL_ROOM)
    assert post(control_room, "/orders", {"kind": "EVACUATE", "reason": "fire"}).status_code == 303
    assert "Yes, end it now" not in control_room.get("/orders").text
    assert post(control_room, "/orders/1/end", {}, page="/orders").status_code == 403
    supervisor = browser(gates.world, "sam", Role.SHIFT_SUPERVISOR)
    assert "Yes, end it now" in supervisor.get("/orders").text
    part = supervisor.get("/orders/1", headers={"X-Fragment": "1"}).text
    assert "NOT CONFIRMED, use the radio" in part
    assert "<html" not in part
    note = {"note": "Everybody counted"}
    assert post(supervisor, "/orders/1/end", note, page="/orders").status_code == 303
    assert "This order is ended" in supervisor.get("/orders/1").text
    assert post(supervisor, "/orders/x/end", {}, page="/orders").status_code == 404
    officer = browser(gates.world, "otto", Role.OFFICER)
    assert officer.get("/orders").status_code == 403


def test_orders_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--data", str(tmp_path), *chosen(tmp_path)]) == 0
    why = ["--reason", "fire"]
    assert main(["orders", "end", "1", *why, "--data", str(tmp_path)]) == 2
    assert main(["orders", "give", "lockdown", *why, "--zone", "moon", "--data", str(tmp_path)]) == 2
    assert "moon" in capsys.readouterr().err
    assert main(["orders", "give", "evacuate", *why, "--data", str(tmp_path)]) == 0
    assert main(["orders", "list", "--data", str(tmp_path)]) == 0
    assert "1 EVACUATE whole site, by operator" in capsys.readouterr().out
    assert main(["orders", "end", "1", *why, "--data", str(tmp_path)]) == 0
    assert main(["orders", "list", "--data", str(tmp_path)]) == 0
    assert "No order is in force." in capsys.readouterr().out
