"""The observatory reads published figures through the gate, and nothing else of the prison's."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hub.database import session_scope
from hub.sharing.agreements.actions import sign, write_version
from hub.sharing.agreements.terms import Grant
from hub.sharing.disclosures.records import Disclosure
from hub.statistics.publishing.observations import COLUMNS
from wire.keys import verifying_key

from .agency_api_world import ApiWorld, api_world
from .publishing_world import DECEMBER, drafted, prison_of, published
from .sharing_world import FIRST, OBSERVATORY, SECOND, WRITER, terms_of
from .site_world import World


@pytest.fixture
def interface(world: World, tmp_path: Path) -> ApiWorld:
    prison_of(world)
    return api_world(world, tmp_path / "keys")


def test_the_observatory_lists_reads_and_checks_what_was_published(interface: ApiWorld) -> None:
    number = published(interface.world, DECEMBER)
    drafted(interface.world)
    program = interface.program(OBSERVATORY).signed_in()
    [one] = program.get("/v1/figures").get_json()["publications"]
    assert (one["number"], one["period"], one["revision"]) == (number, "2025-12", 1)
    raw = {file["name"]: program.get(file["href"]).get_data() for file in one["files"]}
    for file in one["files"]:
        assert hashlib.sha256(raw[file["name"]]).hexdigest() == file["sha256"]
        assert len(raw[file["name"]]) == file["bytes"]
    signature = program.get(f"{one['href']}/SHA256SUMS.sig").get_data()
    verifying_key(bytes.fromhex(one["public_key"])).verify(signature, raw["SHA256SUMS"])
    document = program.get(one["href"]).get_json()
    observations = document["data"]["observations"]
    assert len(observations) == raw["figures.csv"].count(b"\r\n") - 1
    assert set(observations[0]) == set(COLUMNS)


def test_a_draft_is_not_there(interface: ApiWorld) -> None:
    number = drafted(interface.world, DECEMBER)
    program = interface.program(OBSERVATORY).signed_in()
    assert program.get("/v1/figures").get_json() == {"publications": []}
    for address in (f"/v1/figures/{number}", f"/v1/figures/{number}/figures.csv", "/v1/figures/99"):
        assert program.get(address).status_code == 404, address


def test_another_agency_gets_none(interface: ApiWorld) -> None:
    number = published(interface.world, DECEMBER)
    program = interface.program("police").signed_in()
    answer = program.get(f"/v1/figures/{number}/figures.csv")
    assert answer.status_code == 403
    assert answer.get_json()["type"] == "/problems/scope"


def test_a_column_that_is_not_agreed_stays_and_so_does_the_file(interface: ApiWorld) -> None:
    number = published(interface.world, DECEMBER)
    world = interface.world
    fewer = tuple(name for name in COLUMNS if name != "SEX")
    with session_scope(world.sessions) as session:
        terms = terms_of(world, Grant("indicators", "crime_statistics", fewer, ()))
        row = write_version(session, code="observatory-2026", terms=terms, seen=1, actor=WRITER, at=world.at)
        for signer in (FIRST, SECOND):
            sign(session, "observatory-2026", row.number, row.digest, actor=signer, at=world.at)
    program = interface.program(OBSERVATORY).signed_in()
    answer = program.get(f"/v1/figures/{number}/figures.csv")
    assert answer.status_code == 403
    assert answer.get_json()["fields"] == ["SEX"]
    observations = program.get(f"/v1/figures/{number}").get_json()["data"]["observations"]
    assert all("SEX" not in one for one in observations)
    keys = [
        tuple(one[name] for name in fewer if not name.startswith(("OBS", "CONF"))) for one in observations
    ]
    assert len(keys) == len(set(keys))


def test_each_look_is_a_disclosure(interface: ApiWorld) -> None:
    number = published(interface.world, DECEMBER)
    program = interface.program(OBSERVATORY).signed_in()
    program.get(f"/v1/figures/{number}/figures.csv")
    program.get(f"/v1/figures/{number}")
    with session_scope(interface.world.sessions, writes=False) as session:
        rows = session.query(Disclosure).filter(Disclosure.exchange == "indicators").all()
        assert [(row.reference, row.person) for row in rows] == [(f"figures {number}", "")] * 2
