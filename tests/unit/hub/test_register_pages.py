"""The pages of an import, from the file to the list of people, and back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.__main__ import main
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.reception.register.running import Importer

from ...databases import chosen
from .site_world import World, post, sign_in, token_of

ROLE = Role.RECORDS_OFFICER
CSV = b"Number,Surname,Given,DOB,Sex\n7,Coc,Domingo,01/05/1985,Q\n8,<b>Pop</b>,Eva,31/02/1990,F\n9,Novello,Anna,,F\n"


def _hand_in(client: FlaskClient, raw: bytes, name: str = "old.csv") -> TestResponse:
    token = token_of(client.get("/register"))
    return client.post("/register", data={"csrf_token": token, "file": (io.BytesIO(raw), name)})


def test_only_those_who_may_bring_in_see_anything_of_it(world: World, client: FlaskClient) -> None:
    assert _hand_in(client, CSV).status_code == 303
    world.account("olga", Role.OFFICER)
    officer = world.app().test_client()
    sign_in(officer, "olga")
    for address in ("/register", "/register/1", "/register/1/standing"):
        assert officer.get(address).status_code == 403
    assert client.get("/register/99").status_code == 404


def test_a_file_that_cannot_be_read_says_what_to_do(client: FlaskClient) -> None:
    assert "Choose the file" in post(client, "/register", {}).text
    answer = _hand_in(client, b"Surname\x00,Given\nA,B\n")
    assert answer.status_code == 409
    assert "Save the table as CSV UTF-8" in answer.text


def test_from_file_to_people_and_back(world: World, client: FlaskClient) -> None:
    world.person("Novelo", "Ana")
    app = client.application
    assert _hand_in(client, CSV).location == "/register/1"
    page = client.get("/register/1").text
    assert "Which column is what" in page
    mapped = {
        "column-number": 0,
        "column-surname": 1,
        "column-given": 2,
        "column-born_on": 3,
        "column-sex": 4,
    }
    form = {**mapped, "dates": "dmy", "sex~q": "M", "save_as": "Old book"}
    assert post(client, "/register/1/mapping", form, page="/register/1").status_code == 303
    page = client.get("/register/1").text
    assert "is no date" in page
    assert "name sounds alike" in page
    assert "Decide first" in page
    refused = post(client, "/register/1/start", {}, page="/register/1")
    assert refused.status_code == 409
    post(client, "/register/1/decide", {"line-4": "new"}, page="/register/1")
    assert post(client, "/register/1/start", {}, page="/register/1").status_code == 303
    importer = app.extensions["pims.Importer"]
    assert isinstance(importer, Importer)
    importer.wait(1, 30)
    assert "All 3 rows are through" in client.get("/register/1/standing").text
    assert "COC, Domingo" in client.get("/people?q=coc").text
    refused = post(client, "/register/1/undo", {"reason": " "}, page="/register/1")
    assert "Write why" in refused.text
    assert post(client, "/register/1/undo", {"reason": "Wrong book"}, page="/register/1").status_code == 303
    assert "Nobody found" in client.get("/people?q=coc").text
    assert "Old book" in client.get(_hand_in(client, CSV).location or "").text


def test_an_import_given_up_cannot_be_begun(client: FlaskClient) -> None:
    _hand_in(client, CSV)
    post(client, "/register/1/drop", {}, page="/register/1")
    answer = post(client, "/register/1/start", {}, page="/register")
    assert answer.status_code == 409
    assert "begun or ended already" in answer.text


def test_the_command_tries_and_brings_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub, file = tmp_path / "hub", tmp_path / "old.csv"
    assert main(["init", "--data", str(hub), *chosen(hub)]) == 0
    file.write_bytes(CSV)
    assert main(["import", str(file), "--data", str(hub), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "row 2, Sex: It is not said what 'Q' means" in said
    assert "row 3, DOB" in said
    assert "1 rows ready, 0 perhaps known already, 2 cannot be brought in" in said
    assert main(["import", str(file), "--data", str(hub), "--mapping", "none such"]) == 2
    assert main(["import", str(file), "--data", str(hub)]) == 1
    assert "[3/3]" in capsys.readouterr().out
    assert main(["import", str(file), "--data", str(hub)]) == 2
    assert "--known" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "gone.csv"), "--data", str(hub)]) == 2


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "-1", "٣"])
def test_what_is_no_number_in_a_form_breaks_nothing(client: FlaskClient, number: str) -> None:
    _hand_in(client, CSV)
    form = {"column-surname": number, "column-given": 2, "dates": "dmy"}
    assert post(client, "/register/1/mapping", form, page="/register/1").status_code == 409
    line = {f"line-{number}": "new", "all-name": "new"}
    assert post(client, "/register/1/decide", line, page="/register/1").status_code in (303, 409)


def test_who_reads_the_names_of_an_import_stands_in_the_trail(world: World, client: FlaskClient) -> None:
    _hand_in(client, CSV)
    assert "Domingo" in client.get("/register/1").text
    with session_scope(world.sessions, writes=False) as session:
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert line is not None
    assert (line.actor, line.act, line.detail) == ("ada", "register.look", "import 1, 0 files beside it")
