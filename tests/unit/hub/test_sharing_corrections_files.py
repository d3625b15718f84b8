"""An agency with nothing but files: what was wrong is laid down anew, right, beside the notice that says so."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import select

from hub.custody.facts.actions import Statement, correct
from hub.custody.facts.kinds import read_value
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.records import Person
from hub.database import session_scope
from hub.sharing.outbox.drop_records import Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.signing import Signer

from .outbox_world import RITA, Outbox
from .site_world import World
from .webhook_receiver import Receiver


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    yield made.begin()
    made.close()


def renamed(outbox: Outbox, person: Person, surname: str) -> None:
    outbox.later(hours=1)
    with session_scope(outbox.world.sessions) as session:
        wanted = select(Fact).where(Fact.person_id == person.id, Fact.kind == IDENTITY.name)
        wrong = session.scalars(wanted.order_by(Fact.id.desc())).first()
        assert wrong is not None
        value = structs.replace(read_value(IDENTITY, wrong.value), surname=surname)
        right = Statement(IDENTITY, value, wrong.effective_at, source="card")
        correct(session, wrong, right, reason="misread", actor=RITA, at=outbox.world.at)
    outbox.exchange().gather()


def with_folder(outbox: Outbox) -> None:
    with session_scope(outbox.world.sessions) as session:
        set_drop(session, DropWish("police", Kind.FOLDER, "police"), actor=RITA, at=outbox.world.at)


def turn(outbox: Outbox) -> Path:
    world = outbox.world
    keys = world.folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    signer = Signer("k1", outbox.key)
    Drops(world.sessions, world.folder / "drops", keys, lambda: signer, lambda *_: "").turn(world.at)
    return world.folder / "drops" / "police" / "out"


def rows(place: Path, exchange: str) -> list[dict[str, str]]:
    found = (csv.DictReader(io.StringIO(one.read_text())) for one in sorted(place.glob(f"*-{exchange}.csv")))
    return [row for table in found for row in table]


def test_the_row_that_was_wrong_is_laid_down_right_under_its_own_id(outbox: Outbox) -> None:
    with_folder(outbox)
    person, other = outbox.world.person("Mejai"), outbox.world.person("Cal")
    for one in (person, other):
        outbox.admit(one)
    outbox.exchange().gather()
    turn(outbox)
    renamed(outbox, person, "Mejia")
    place = turn(outbox)
    told = rows(place, "admission_notice")
    assert [row["nc:PersonSurName"] for row in told] == ["Mejai", "Cal", "Mejia"], "and nobody else's"
    first, _, again = told
    assert (first["id"], first["sequence"]) == (again["id"], again["sequence"])
    assert first["disclosure"] != again["disclosure"]
    (notice,) = rows(place, "correction_notice")
    assert json.loads(notice["pims:CorrectedDisclosureID"]) == [first["disclosure"]]
    turn(outbox)
    assert len(rows(place, "admission_notice")) == 3, "once"


def test_a_program_fetches_it_and_is_sent_nothing_twice(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        person = outbox.world.person("Mejai")
        outbox.admit(person)
        outbox.exchange().once()
        renamed(outbox, person, "Mejia")
        outbox.exchange().deliver()
        assert [one["type"].rpartition(".")[2] for one in receiver.got].count("admitted") == 1
