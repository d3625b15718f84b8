"""Admission: everything or nothing, by command and by page."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub import settings
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
from hub.movements.actions import zones_of
from hub.reception.admission import Admission, Admitted, FaultyError, admit
from hub.reception.commands import register
from hub.reception.holding import KEPT_FOR, MOST_FORMS, Holding
from hub.reception.manifest import ManifestError, read_manifest
from hub.sentences import RefusedError

from .site_world import World, sign_in, token_of

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
        assert acts == [*["fact.states"] * 4, "person.admit"]
        assert session.scalars(select(PersonChange.person_id)).all()[-1] == admitted.person_id


def test_forms_are_held_for_their_account_and_an_hour(
    world: World, fingers: dict[int, PreparedFinger]
) -> None:
    holding = Holding()
    token = holding.keep("", "ada", {1: fingers[1]}, world.at)
    assert holding.look(token, "ada", world.at) == {1: fingers[1]}
    assert holding.look(token, "bob", world.at) == {}
    assert holding.keep(token, "bob", {}, world.at) != token
    assert holding.look(token, "ada", world.at + KEPT_FOR) == {}


def test_only_so_many_forms_are_held(world: World, fingers: dict[int, PreparedFinger]) -> None:
    holding = Holding()
    tokens = [
        holding.keep("", "ada", {1: fingers[1]}, world.at + timedelta(seconds=number))
        for number in range(MOST_FORMS + 3)
    ]
    late = world.at + timedelta(minutes=1)
    held = [token for token in tokens if holding.look(token, "ada", late)]
    assert len(held) <= MOST_FORMS
    assert tokens[-1] in held
    assert tokens[0] not in held


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
    settings.write_first(world.folder)
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


# --- by page

FORM = {
    "order_kind": "warrant",
    "order_reference": "W 1/2026",
    "issued_on": "2026-01-02",
    "surname": "Novelo",
    "given": "Ana",
    "sex": "F",
    "finger_1": "2",
    "finger_2": "7",
    "home_zone": "block-a",
    "zones": "workshop",
}


def send(
    client: FlaskClient, files: Mapping[str, bytes | list[bytes]], page: str = "", **changes: str
) -> TestResponse:
    form: dict[str, object] = {**FORM, **changes}
    form["csrf_token"] = token_of(client.get("/people/admit"))
    if page:
        form["token"] = page.split('name="token" value="')[1].split('"', maxsplit=1)[0]
    for name, raw in files.items():
        form[name] = [(io.BytesIO(one), "finger.png") for one in (raw if isinstance(raw, list) else [raw])]
    return client.post("/people/admit", data=form, content_type="multipart/form-data")


@pytest.fixture
def desk(client: FlaskClient, world: World) -> FlaskClient:
    world.site()
    return client


def two(prints: Prints) -> dict[str, bytes]:
    return {"finger_1_images": prints[1, 1], "finger_2_images": prints[2, 1]}


def test_the_page_admits_and_leads_to_the_file(desk: FlaskClient, world: World, prints: Prints) -> None:
    answer = send(desk, two(prints))
    assert answer.location == "/people/P-000001?admitted=1"
    page = desk.get(answer.location).text
    assert "NOVELO, Ana" in page
    assert "Warrant, W 1/2026" in page
    assert "Right index finger" in page
    assert rows(world)["fingers"] == 2


def test_faults_stand_at_their_fields_and_nothing_is_lost(
    desk: FlaskClient, world: World, prints: Prints
) -> None:
    first = send(desk, two(prints), surname="", issued_on="2030-01-01", order_reference="W<9>")
    assert first.status_code == 400
    assert "2 things must be put right. Nothing was lost." in first.text
    assert 'id="surname-fault"' in first.text
    assert "dated in the future" in first.text
    assert 'value="W&lt;9&gt;"' in first.text
    assert "1 image is kept" in first.text
    assert rows(world)["persons"] == 0
    second = send(desk, {}, page=first.text)
    assert second.location == "/people/P-000001?admitted=1"


def test_held_fingers_are_not_given_to_another_account(
    desk: FlaskClient, world: World, prints: Prints
) -> None:
    first = send(desk, two(prints), surname="")
    world.account("eve")
    other = world.app().test_client()
    sign_in(other, "eve")
    answer = send(other, {}, page=first.text)
    assert answer.status_code == 400
    assert "Choose an image of this finger" in answer.text


def test_changing_the_finger_asks_for_its_image_again(desk: FlaskClient, prints: Prints) -> None:
    first = send(desk, two(prints), surname="")
    second = send(desk, {}, page=first.text, finger_2="8")
    assert "Choose an image of this finger" in second.text


def test_no_order_on_the_page(desk: FlaskClient, world: World, prints: Prints) -> None:
    answer = send(desk, two(prints), order_reference="")
    assert answer.status_code == 400
    assert "Without an order nobody is taken in" in answer.text
    assert rows(world)["persons"] == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issued_on": ""}, "Enter the date that stands on the order"),
        ({"issued_on": "2.1.2026"}, "Write the date as year-month-day"),
        ({"order_kind": "wish"}, "Choose what kind of order it is"),
        ({"home_zone": ""}, "Choose the zone where the person will live"),
        ({"zones": "moon"}, "There is no zone moon"),
        ({"finger_2": "2"}, "The same finger is named twice"),
        ({"finger_1": "11"}, "Say which finger it is"),
        ({"born_on": "1850-01-01"}, "The date of birth cannot be right"),
        ({"sex": "?", "surname": " "}, "Write the name"),
    ],
)
def test_each_bad_field_has_its_sentence(
    desk: FlaskClient, world: World, prints: Prints, changes: dict[str, str], sentence: str
) -> None:
    answer = send(desk, two(prints), **changes)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert rows(world)["persons"] == 0


def test_a_finger_that_is_known_leads_to_its_file(desk: FlaskClient, prints: Prints) -> None:
    send(desk, two(prints))
    again = {"finger_1_images": prints[1, 2], "finger_2_images": prints[3, 1]}
    answer = send(desk, again, surname="Other")
    assert answer.status_code == 400
    assert "already enrolled for P-000001" in answer.text
    assert 'href="/people/P-000001"' in answer.text


def test_images_of_two_fingers_given_as_one(desk: FlaskClient, world: World, prints: Prints) -> None:
    answer = send(desk, {"finger_1_images": [prints[1, 1], prints[2, 1]], "finger_2_images": prints[4, 1]})
    assert answer.status_code == 400
    assert "The images of this finger do not match." in answer.text
    assert rows(world)["persons"] == 0
    assert send(desk, {**two(prints), "finger_1_images": [prints[1, 1], prints[1, 2]]}).status_code == 303
    assert rows(world)["fingers"] == 3


def test_a_file_that_is_too_large(desk: FlaskClient, prints: Prints) -> None:
    answer = send(desk, {**two(prints), "finger_1_images": b"x" * (5 * 1024 * 1024 + 1)})
    assert "larger than 5 MB" in answer.text
    assert send(desk, {"finger_1_images": b"x" * (33 * 1024 * 1024)}).status_code == 413


def test_a_script_in_a_name_stays_a_name(desk: FlaskClient, prints: Prints) -> None:
    evil = "<script>alert(1)</script>"
    location = send(desk, two(prints), surname=evil, given='"><img src=x>').location
    for address in (location, "/people", "/people?q=%3Cscript%3E", "/control-room"):
        page = desk.get(address).text
        assert "<script>alert" not in page.lower()
        assert "<img src=x>" not in page
    assert "&lt;SCRIPT&gt;ALERT(1)" in desk.get(location).text


def test_each_look_at_a_file_is_written_down(desk: FlaskClient, world: World, prints: Prints) -> None:
    send(desk, two(prints))
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
    assert told == ["searched, 1", "all, page 1000000, 0 of 1"]


def test_the_file_never_shows_template_or_image(desk: FlaskClient, prints: Prints) -> None:
    page = desk.get(send(desk, two(prints)).location).text
    assert "data:image" not in page
    assert "FMR" not in page


def test_the_file_says_where_and_how_sure(desk: FlaskClient, world: World) -> None:
    person = world.person()
    assert "Not seen yet" in desk.get("/people/P-000001").text
    world.passage(person)
    page = desk.get("/people/P-000001").text
    assert "Block A" in page
    assert "unproven" not in page
    assert "Expected here" in page
    world.later(minutes=121)
    sign_in(desk, "ada")
    assert "unproven 2 h" in desk.get("/people/P-000001").text


def test_the_list_of_people_is_never_blank(desk: FlaskClient, world: World) -> None:
    assert "Nobody has been admitted yet" in desk.get("/people").text
    world.person("Novelo", "Ana")
    assert "NOVELO, Ana" in desk.get("/people?q=nov").text
    assert "Nobody found" in desk.get("/people?q=zzz").text
    assert desk.get("/people?q=p-000001").location == "/people/P-000001"
    assert desk.get("/people?page=abc").status_code == 200
