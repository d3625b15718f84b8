"""Admission: everything or nothing, by command and by page."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.accounts.audit import OPERATOR
from hub.accounts.records import AuditEntry
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, prepare_finger
from hub.biometrics.records import Finger
from hub.biometrics.vault_key import open_vault, prepare_vault
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person, PersonChange
from hub.custody.rules import OrderFacts, OrderKind, PersonFacts, Sex
from hub.database import session_scope
from hub.movements.permitting import zones_of
from hub.reception.admission import Admission, Admitted, FaultyError, admit
from hub.reception.commands import register
from hub.reception.manifest import ManifestError, read_manifest
from hub.sentences import RefusedError

from .site_world import World, sign_in

Prints = dict[tuple[int, int], bytes]


@pytest.fixture(scope="session")
def fingers(prints: Prints) -> dict[int, PreparedFinger]:
    return {seed: prepare_finger(2 if seed % 2 else 7, [prints[seed, 1]]) for seed in range(1, 7)}


@pytest.fixture
def admission(world: World, fingers: dict[int, PreparedFinger]) -> Admission:
    world.site()
    return Admission(
        PersonFacts("Novelo", "Ana", date(1990, 5, 1), Sex.FEMALE),
        OrderFacts(OrderKind.WARRANT, "W 1/2026", date(2026, 1, 2)),
        "block-a",
        frozenset({"workshop"}),
        (fingers[1], fingers[2]),
    )


def take_in(world: World, admission: Admission) -> Admitted:
    search = DuplicateSearch(world.vault, world.sessions)
    with session_scope(world.sessions) as session:
        return admit(session, world.vault, search, admission, actor=OPERATOR, at=world.at)


def rows(world: World) -> dict[str, int]:
    with session_scope(world.sessions, writes=False) as session:
        tables = (Person, Booking, Fact, Finger, PersonChange)
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def test_no_order_no_reception(world: World, admission: Admission) -> None:
    with pytest.raises(FaultyError) as refused:
        take_in(world, replace(admission, order=None))
    assert "Without an order nobody is taken in" in str(refused.value.faults["order_reference"])
    assert set(rows(world).values()) == {0}


def test_every_fault_is_told_at_once(world: World, admission: Admission) -> None:
    assert admission.order is not None
    bad = replace(
        admission,
        person=replace(admission.person, surname=""),
        order=replace(admission.order, expires_on=date(2026, 1, 1)),
        home_zone="moon",
        fingers=(),
    )
    with pytest.raises(FaultyError) as refused:
        take_in(world, bad)
    assert set(refused.value.faults) == {"surname", "expires_on", "home_zone", "fingers"}


def test_a_zone_that_is_not_there(world: World, admission: Admission) -> None:
    with pytest.raises(FaultyError) as refused:
        take_in(world, replace(admission, zones=frozenset({"moon"})))
    assert str(refused.value.faults["zones"]) == "There is no zone moon."


def test_a_hub_without_zones_says_so(
    world: World, fingers: dict[int, PreparedFinger], admission: Admission
) -> None:
    from hub.movements.records import Checkpoint, Zone

    with session_scope(world.sessions) as session:
        session.query(Checkpoint).delete()
        session.query(Zone).delete()
    with pytest.raises(FaultyError) as refused:
        take_in(world, admission)
    assert "Import the site first" in str(refused.value.faults["home_zone"])


def test_a_finger_that_is_known_leaves_nothing_of_the_second_admission(
    world: World, admission: Admission, fingers: dict[int, PreparedFinger]
) -> None:
    take_in(world, admission)
    before = rows(world)
    with pytest.raises(RefusedError, match="already enrolled for P-000001"):
        take_in(world, replace(admission, fingers=(fingers[3], replace(fingers[2], position=8))))
    assert rows(world) == before


def test_admission_writes_everything_in_one_go(world: World, admission: Admission) -> None:
    admitted = take_in(world, admission)
    assert (admitted.person_number, admitted.booking_number) == ("P-000001", "B-000001")
    with session_scope(world.sessions, writes=False) as session:
        assert zones_of(session, [admitted.person_id]) == {admitted.person_id: ["block-a", "workshop"]}
        acts = session.scalars(select(AuditEntry.act)).all()
        assert acts == ["site.import", *["fact.states"] * 4, "person.admit"]
        assert session.scalars(select(PersonChange.person_id)).all()[-1] == admitted.person_id


# --- by command


def write_manifest(folder: Path, prints: Prints, people: list[tuple[str, int, int]]) -> Path:
    entries = []
    for surname, one, two in people:
        listed = []
        for position, seed in ((2, one), (7, two)):
            path = folder / f"{seed}.png"
            path.write_bytes(prints[seed, 1])
            listed.append({"position": position, "images": [path.name]})
        entries.append(
            {
                "surname": surname,
                "given": "Ana",
                "born_on": "1990-05-01",
                "sex": "F",
                "home_zone": "block-a",
                "zones": ["workshop"],
                "order_reference": "W 1",
                "fingers": listed,
            }
        )
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({"people": entries}))
    return manifest


def run_enrol(world: World, manifest: Path, *more: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    args = parser.parse_args(["enrol", "--data", str(world.folder), str(manifest), *more])
    status = args.run(args)
    assert isinstance(status, int)
    return status


@pytest.fixture
def hub(world: World) -> World:
    world.settings()
    (world.folder / "keys").mkdir(mode=0o700)
    prepare_vault(world.folder / "keys")
    world.vault = open_vault(world.folder / "keys")
    world.site()
    return world


def test_a_manifest_goes_in_person_by_person_and_says_so(
    hub: World, prints: Prints, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_manifest(hub.folder, prints, [("Novelo", 1, 2), ("Coc", 3, 4)])
    out = hub.folder / "out.json"
    assert run_enrol(hub, manifest, "--json", str(out)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["[1/2] P-000001 B-000001", "[2/2] P-000002 B-000002"]
    assert said[2].startswith("Enrolled 2 of 2 in ")
    assert json.loads(out.read_text()) == {"0": "P-000001", "1": "P-000002"}
    assert "Novelo" not in "".join(said)


def test_one_that_is_refused_does_not_stop_the_others(
    hub: World, prints: Prints, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [("Novelo", 1, 2), ("Double", 1, 3), ("Coc", 5, 6)]
    out = hub.folder / "out.json"
    assert run_enrol(hub, write_manifest(hub.folder, prints, people), "--json", str(out)) == 1
    said = capsys.readouterr().out
    assert "[2/3] refused: The same finger is already enrolled for P-000001." in said
    assert json.loads(out.read_text()) == {"0": "P-000001", "2": "P-000002"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "cannot be used"),
        (b'{"people": [{"surname": "A"}]}', "missing required field"),
        (b'{"people": [], "more": 1}', "unknown field"),
    ],
)
def test_manifests_that_cannot_be_used(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=sentence):
        read_manifest(path)


def test_an_image_that_is_not_there_is_named(
    hub: World, prints: Prints, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_manifest(hub.folder, prints, [("Novelo", 1, 2)])
    (hub.folder / "2.png").unlink()
    assert run_enrol(hub, manifest) == 1
    assert "2.png cannot be read: No such file" in capsys.readouterr().out


# --- the file of somebody who was admitted


@pytest.fixture
def desk(client: FlaskClient, world: World) -> FlaskClient:
    world.site()
    return client


def test_each_look_at_a_file_is_written_down(desk: FlaskClient, world: World) -> None:
    world.person()
    desk.get("/people/P-000001")
    desk.get("/people/P-999999")
    with session_scope(world.sessions, writes=False) as session:
        looks = session.execute(
            select(AuditEntry.actor, AuditEntry.subject, AuditEntry.address).where(
                AuditEntry.act == "person.look"
            )
        ).all()
    assert [tuple(look) for look in looks] == [("ada", "P-000001", "127.0.0.1")]


def test_each_look_at_the_list_is_written_down_without_the_name_looked_for(
    desk: FlaskClient, world: World
) -> None:
    world.person("Novelo", "Ana")
    desk.get("/people?q=nov")
    desk.get(f"/people?page={10**30}")
    with session_scope(world.sessions, writes=False) as session:
        told = session.scalars(select(AuditEntry.detail).where(AuditEntry.act == "people.list")).all()
    assert told == ["searched, 1", "inside, page 1000000, 0 of 1"]


def test_the_file_never_shows_template_or_image(
    client: FlaskClient, world: World, admission: Admission
) -> None:
    page = client.get(f"/people/{take_in(world, admission).person_number}").text
    assert "data:image" not in page
    assert "FMR" not in page


def test_the_file_says_where_and_how_sure(desk: FlaskClient, world: World) -> None:
    person = world.person()
    assert "Not seen yet" in desk.get("/people/P-000001").text
    world.passage(person)
    page = desk.get("/people/P-000001").text
    assert "Block A" in page
    assert "unproven" not in page
    assert "Expected here" in desk.get("/people/P-000001/passages").text
    world.later(minutes=121)
    sign_in(desk, "ada")
    assert "likely" in desk.get("/people/P-000001").text
    world.later(minutes=180)
    sign_in(desk, "ada")
    assert "unproven 5 h" in desk.get("/people/P-000001").text


def test_the_list_of_people_is_never_blank(desk: FlaskClient, world: World) -> None:
    assert "Nobody has been admitted yet" in desk.get("/people").text
    world.person("Novelo", "Ana")
    assert "NOVELO, Ana" in desk.get("/people?q=nov").text
    assert "Nobody found" in desk.get("/people?q=zzz").text
    assert desk.get("/people?q=p-000001").location == "/people/P-000001"
    assert desk.get("/people?page=abc").status_code == 200
