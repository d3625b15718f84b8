"""Every way on which bytes leave, for every field of every exchange: what is not agreed is in none of them.

Each reader of a field is replaced by one that gives a word of its own. A word that leaves without its field being
agreed went past the gate's decision, and a real name or number that leaves at all went past the gate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.agreements.terms import Shape
from hub.sharing.catalogue import EXCHANGES, About, Direction
from hub.sharing.catalogue.custody import BOOKING_NUMBER
from hub.sharing.outbox.drop_records import Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.records import SharingEvent
from hub.sharing.outbox.signing import Signer
from hub.sharing.outbox.spreading import enqueue
from hub.sharing.partners.records import Webhook

from .agency_api_world import ApiWorld, Program, api_world
from .outbox_world import RITA, Outbox
from .sharing_world import COURTS, FORENSIC, POLICE, PURPOSE, narrow
from .site_world import World
from .webhook_receiver import Receiver

AGENCIES = (POLICE, COURTS, FORENSIC)
WALKED = {
    one.name: min(one.partners).value
    for one in EXCHANGES.values()
    if one.direction is Direction.OUT and one.about is not About.FIGURES
}
"""Exchange and the agency that it is tried with."""
LISTS = {"remand_ageing": "/v1/lists/remand-ageing", "census_list": "/v1/lists/census"}
BESIDE = "never-read"
"""What an event holds for a field of its exchange: whoever looks past the field's reader finds it."""
ROUNDS = 4
"""Each field is left out of the agreement in one of the rounds, with every fourth one of its exchange."""


def word(exchange: str, name: str) -> str:
    return f"zz-{exchange}-{EXCHANGES[exchange].names.index(name)}-zz"


def left_out(exchange: str, number: int) -> frozenset[str]:
    """The fields that are not agreed in this round."""
    return frozenset(EXCHANGES[exchange].names[number % ROUNDS :: ROUNDS])


@dataclass
class Ways:
    """A hub with three agencies, and everything that left in a round: by exchange and way, as text."""

    made: ApiWorld
    outbox: Outbox
    receiver: Receiver
    drops: Drops
    programs: Mapping[str, Program]
    left: dict[tuple[str, str], str] = field(default_factory=dict)
    drawn: int = 0
    reference: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What is really on file of the person: whoever finds it in what left has found a way past the gate."""
        return ("NOVELO", "CHICA", "ROBBERY", "BELIZE CITY", BESIDE.upper(), self.made.about.number)

    def agree_without(self, number: int) -> None:
        for agency in AGENCIES:
            own = {one: left_out(one, number) for one, whose in WALKED.items() if whose == agency}
            # Files are tables under one agreement and documents under the next.
            narrow(self.made.world, agency, own, Shape.CSV if number % 2 else Shape.JSON)

    def tell(self) -> dict[str, str]:
        """An event of each exchange about the person's stay; its id by exchange."""
        about, ids = self.made.about, {}
        with session_scope(self.made.world.sessions) as session:
            reference = session.get_one(Booking, about.booking).number
            for exchange, agency in WALKED.items():
                enqueue(
                    session, agency=agency, type=EventType.STATUS_CHANGED, exchange=exchange,
                    purpose=PURPOSE[exchange], reference=reference, person=about.person,
                    booking=about.booking, at=self.made.world.at, data={"pims:MessageID": BESIDE},
                )  # fmt: skip
                newest = select(SharingEvent.uid).order_by(SharingEvent.id.desc()).limit(1)
                ids[exchange] = session.scalars(newest).one()
        self.reference = reference
        return ids

    def push(self, ids: Mapping[str, str]) -> None:
        self.receiver.got.clear()
        self.outbox.exchange().deliver()
        by_id = {event["id"]: json.dumps(event) for event in self.receiver.got}
        for exchange, uid in ids.items():
            self.left["push", exchange] = by_id[uid]

    def pull(self, ids: Mapping[str, str]) -> None:
        for exchange, agency in WALKED.items():
            program, uid = self.programs[agency], ids[exchange]
            self.left["pull", exchange] = said(program, f"/v1/events/{uid}")
            beyond = sorted(left_out(exchange, self.drawn))
            refused = program.get(f"/v1/events/{uid}?fields={','.join(EXCHANGES[exchange].names)}")
            assert (refused.status_code, refused.get_json()["fields"]) == (403, beyond)
            self.left["problem", exchange] = refused.text + str(refused.headers)
            if exchange in LISTS:
                self.left["list", exchange] = said(program, LISTS[exchange])
        self.left["pull", "custody_status by number"] = said(
            self.programs[COURTS], f"/v1/custody/{self.reference}"
        )
        for agency in AGENCIES:
            newest = self.programs[agency].get("/v1/events?limit=200").get_json()["events"]
            for event in newest:
                for exchange, uid in ids.items():
                    if event["id"] == uid:
                        self.left["poll", exchange] = json.dumps(event)

    def lay_down(self) -> None:
        with session_scope(self.made.world.sessions) as session:
            session.execute(update(Webhook).values(ended_at=self.made.world.at, ended_by="ada"))
        self.tell()
        self.drops.turn(self.made.world.at)
        for exchange, agency in WALKED.items():
            place = self.made.world.folder / "drops" / agency / "out"
            files = sorted(place.glob(f"*-{exchange}.*"))
            self.left["drop", exchange] = "".join(one.read_text() for one in files)
            for one in files:
                one.unlink()

    def walk(self, number: int) -> None:
        self.drawn = number
        self.left.clear()
        self.agree_without(number)
        for agency in AGENCIES:
            self.outbox.hook(agency, self.receiver)
        ids = self.tell()
        self.push(ids)
        self.pull(ids)
        self.lay_down()


def said(program: Program, address: str) -> str:
    answer = program.get(address)
    assert answer.status_code == 200, answer.text
    return f"{answer.text}{answer.headers}"


@pytest.fixture
def ways(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    made = api_world(world, tmp_path / "keys")
    programs = {agency: made.program(agency).signed_in() for agency in AGENCIES}
    outbox = Outbox(world, Ed25519PrivateKey.generate())
    with session_scope(world.sessions) as session:
        for agency in AGENCIES:
            set_drop(session, DropWish(agency, Kind.FOLDER, agency), actor=RITA, at=world.at)
    signer = Signer("k1", outbox.key)
    drops = Drops(world.sessions, world.folder / "drops", tmp_path / "keys", lambda: signer, no_rows)
    plant(monkeypatch)
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        yield Ways(made, outbox.begin(), receiver, drops, programs)
    outbox.close()


def no_rows(*_given: Any) -> str:
    raise AssertionError("nothing was sent")


def plant(patch: pytest.MonkeyPatch) -> None:
    for name in WALKED:
        exchange = EXCHANGES[name]
        fields = tuple(replace(one, read=_saying(word(name, one.name))) for one in exchange.fields)
        patch.setitem(EXCHANGES, name, replace(exchange, fields=fields))


def _saying(text: str) -> Any:
    return lambda _reading: text


def test_what_is_not_agreed_leaves_on_no_way_and_what_is_agreed_on_each(ways: Ways) -> None:
    for number in range(ROUNDS):
        ways.walk(number)
        for (way, name), text in ways.left.items():
            exchange = name.partition(" ")[0]
            without = left_out(exchange, number)
            words = set(re.findall(r"zz-[a-z_]+-\d+-zz", text))
            agreed = {word(exchange, one) for one in EXCHANGES[exchange].names if one not in without}
            thin = way in ("push", "poll", "problem")
            assert words == (set() if thin else agreed), (number, way, name, without)
            for secret in ways.secrets:
                assert secret not in text.upper(), (number, way, name, secret)
            known = way in ("push", "poll") and BOOKING_NUMBER.name not in without
            assert (ways.reference in text) == known or name.endswith("number"), (number, way, name)
        assert len(ways.left) == 5 * len(WALKED) + len(LISTS) + 1
