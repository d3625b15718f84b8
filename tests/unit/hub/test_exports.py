"""Taking the whole register out at the page: two persons, a passphrase shown once, a file fetched once."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.vault import Vault
from hub.custody.legal import ReleaseReason
from hub.database import Sessions, session_scope
from hub.keeping.export.actions import begin_fetch, end_fetch
from hub.keeping.export.age import unlocked
from hub.keeping.export.making import Exporter, sent
from hub.keeping.export.records import Export
from hub.keeping.retention.things import Thing
from hub.web.door import provide

from .site_world import PASSWORD, World, post, sign_in
from .test_retention import apply, approve, confirmed, left

DORA = Actor("dora", "10.0.0.7")
WISH = {"recipient": "Supreme Court, the registrar", "reason": "Ordered on 20 November in claim 12 of 2026"}


def exporter_parts(world: World) -> tuple[Sessions, Vault, Callable[[], datetime], Path]:
    return world.sessions, world.vault, lambda: world.at, world.folder / "exports"


@pytest.fixture
def exporter(world: World) -> Exporter:
    return Exporter(*exporter_parts(world))


@pytest.fixture
def app(world: World, exporter: Exporter) -> Flask:
    made = world.app()
    provide(made, exporter)
    return made


def enter(world: World, app: Flask, login: str, role: Role) -> FlaskClient:
    world.account(login, role)
    client = app.test_client()
    assert sign_in(client, login).status_code == 303
    return client


@pytest.fixture
def dora(world: World, app: Flask) -> FlaskClient:
    return enter(world, app, "dora", Role.DIRECTOR)


@pytest.fixture
def otto(world: World, app: Flask) -> FlaskClient:
    return enter(world, app, "otto", Role.AUDITOR)


def ask(client: FlaskClient, **wish: object) -> TestResponse:
    return post(client, "/exports", {**WISH, **wish})


def passphrase(page: TestResponse) -> str:
    found = re.search(r'class="passphrase"><code>([^<]+)</code>', page.text)
    assert found is not None
    return found[1]


def row(world: World) -> Export:
    with session_scope(world.sessions, writes=False) as session:
        return session.scalars(select(Export).order_by(Export.id.desc())).first() or Export()


def acts(world: World) -> list[str]:
    with session_scope(world.sessions, writes=False) as session:
        return list(
            session.scalars(
                select(AuditEntry.act).where(AuditEntry.act.startswith("export.")).order_by(AuditEntry.id)
            )
        )


def sign(client: FlaskClient, decision: str = "sign") -> TestResponse:
    return post(client, "/exports/1/sign", {"decision": decision}, page="/exports/1")


def fetch(client: FlaskClient) -> TestResponse:
    return post(client, "/exports/1/fetch", {}, page="/exports/1")


# What is refused.


def test_exports_are_for_the_director_and_the_auditor(world: World, app: Flask) -> None:
    for login, role in (("rita", Role.RECORDS_OFFICER), ("ada", Role.ADMINISTRATOR)):
        assert enter(world, app, login, role).get("/exports").status_code == 403


def test_the_auditor_signs_and_asks_for_none(otto: FlaskClient) -> None:
    page = otto.get("/exports")
    assert "Ask for an export" not in page.text
    assert post(otto, "/exports", WISH, page="/account").status_code == 403


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"recipient": " "}, "Write who gets the register"),
        ({"reason": "because"}, "in a sentence of its own"),
        ({"reason": "x" * 201}, "at most 200 letters"),
    ],
)
def test_without_a_recipient_and_a_reason_there_is_none_and_what_was_typed_stays(
    world: World, dora: FlaskClient, wish: dict[str, object], said: str
) -> None:
    page = ask(dora, **wish)
    assert page.status_code == 409
    assert said in page.text
    kept = {**WISH, **wish}
    assert f'value="{kept["reason"]}"' in page.text
    assert acts(world) == []


def test_whoever_signed_in_long_ago_shows_again_who_they_are(world: World, dora: FlaskClient) -> None:
    world.later(minutes=14)
    page = ask(dora)
    assert page.status_code == 401
    assert "Is it you?" in page.text
    assert WISH["recipient"] in page.text
    page = post(dora, "/exports", {**WISH, "proof": "password", "password": PASSWORD})
    assert passphrase(page)


def test_nobody_signs_their_own(world: World, dora: FlaskClient) -> None:
    ask(dora)
    for decision in ("sign", "turn_down"):
        page = sign(dora, decision)
        assert page.status_code == 409
        assert "Another person has to sign" in page.text
    assert row(world).state == "asked"


def test_one_at_a_time(dora: FlaskClient) -> None:
    ask(dora)
    page = ask(dora)
    assert page.status_code == 409
    assert "An export is open already" in page.text


def test_nobody_but_whoever_asked_fetches_it(
    world: World, app: Flask, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    ask(dora)
    sign(otto)
    exporter.wait(1)
    dan = enter(world, app, "dan", Role.DIRECTOR)
    page = fetch(dan)
    assert page.status_code == 409
    assert "Only who asked" in page.text
    assert fetch(otto).status_code == 403
    assert row(world).state == "ready"


def test_before_it_is_signed_there_is_nothing_to_fetch(dora: FlaskClient) -> None:
    ask(dora)
    page = fetch(dora)
    assert page.status_code == 409
    assert "There is no file to fetch" in page.text


def test_what_is_not_there_is_not_found(dora: FlaskClient) -> None:
    assert dora.get("/exports/7").status_code == 404
    assert post(dora, "/exports/7/give-up", {}, page="/exports").status_code == 404


# What happens.


def test_two_persons_take_the_register_out_once(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    world.site()
    world.person("Núñez", "Ana")
    key = passphrase(ask(dora))
    page = otto.get("/exports/1")
    assert WISH["reason"] in page.text
    assert key not in page.text
    assert key not in dora.get("/exports/1").text
    assert sign(otto).status_code == 303
    exporter.wait(1)
    assert row(world).locked == b"", "the hub forgets the passphrase"
    (path,) = exporter.path(1).parent.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert "Núñez".encode() not in path.read_bytes()
    answer = fetch(dora)
    assert answer.headers["Content-Disposition"].endswith('.zip.age"')
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(unlocked(io.BytesIO(answer.data), key)))) as packed:
        assert "Núñez" in packed.read("people.csv").decode()
        assert "facts.jsonl" in packed.namelist()
    assert list(path.parent.iterdir()) == []
    assert row(world).state == "fetched"
    assert fetch(dora).status_code == 409
    assert acts(world) == ["export.ask", "export.sign", "export.made", "export.fetch", "export.fetched"]
    with session_scope(world.sessions, writes=False) as session:
        why = session.scalar(select(AuditEntry.why).where(AuditEntry.act == "export.ask"))
    assert why == WISH["reason"]


def test_a_download_that_breaks_off_may_be_begun_again(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    ask(dora)
    sign(otto)
    exporter.wait(1)
    with session_scope(world.sessions) as session:
        begin_fetch(session, 1, actor=DORA, at=world.at)
    assert fetch(dora).status_code == 409, "it is on its way"

    def ended(whole: bool) -> None:
        with session_scope(world.sessions) as session:
            end_fetch(session, 1, whole=whole, actor=DORA, at=world.at)

    pieces = sent(io.BytesIO(b"x" * 1_000_000), ended)
    next(pieces)
    pieces.close()
    assert row(world).state == "ready"
    assert fetch(dora).data
    assert row(world).state == "fetched"


def test_a_download_that_ended_with_its_process_holds_nothing_up_for_long(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    ask(dora)
    sign(otto)
    exporter.wait(1)
    with session_scope(world.sessions) as session:
        begin_fetch(session, 1, actor=DORA, at=world.at)
    world.later(minutes=31)
    assert fetch(enter_again(dora)).status_code == 200


def test_who_is_asked_to_sign_can_turn_it_down(world: World, dora: FlaskClient, otto: FlaskClient) -> None:
    ask(dora)
    assert sign(otto, "turn_down").status_code == 303
    assert (row(world).state, row(world).locked) == ("turned_down", b"")
    assert "turned down" in dora.get("/exports").text
    assert passphrase(ask(dora))


def test_what_nobody_signs_or_fetches_in_time_is_gone(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    ask(dora)
    world.later(hours=73)
    exporter.tidy()
    assert row(world).state == "lapsed"
    again = enter_again(dora)
    ask(again)
    again = enter_again(otto, "otto")
    post(again, "/exports/2/sign", {"decision": "sign"}, page="/exports/2")
    exporter.wait(2)
    assert exporter.path(2).exists()
    world.later(hours=25)
    exporter.tidy()
    assert not exporter.path(2).exists()
    assert row(world).state == "lapsed"
    assert acts(world).count("export.lapse") == 2


def test_what_holds_people_deleted_since_is_not_fetched(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    left(world, ReleaseReason.ACQUITTED)
    ask(dora)
    sign(otto)
    exporter.wait(1)
    assert exporter.path(1).exists()
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    confirmed(world)
    assert apply(world) == 1
    page = fetch(dora)
    assert page.status_code == 409
    assert "was deleted by law" in page.text
    assert not exporter.path(1).exists()
    assert row(world).state == "overtaken"


def test_what_is_on_its_way_when_its_time_ends_is_written_down_as_fetched(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    ask(dora)
    sign(otto)
    exporter.wait(1)
    world.later(hours=23, minutes=50)
    with session_scope(world.sessions) as session:
        begin_fetch(session, 1, actor=DORA, at=world.at)
    world.later(minutes=20)
    exporter.tidy()
    assert row(world).state == "fetching"
    world.later(minutes=20)
    exporter.tidy()
    assert row(world).state == "lapsed"
    with session_scope(world.sessions) as session:
        end_fetch(session, 1, whole=True, actor=DORA, at=world.at)
    assert acts(world)[-1] == "export.fetched"


def test_of_two_who_make_one_export_neither_touches_what_the_other_made(
    world: World, exporter: Exporter, dora: FlaskClient, otto: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first was taken for dead while it wrote something large; the second was faster."""
    from hub.keeping.export import everything, making

    plain, second = everything.export_everything, Exporter(*exporter_parts(world))

    def slow(*args: object, **more: object) -> None:
        plain(*args, **more)  # type: ignore[arg-type]
        monkeypatch.setattr(making, "export_everything", plain)
        second.go(1)
        second.wait(1)
        second.tidy()

    monkeypatch.setattr(making, "export_everything", slow)
    ask(dora)
    sign(otto)
    exporter.wait(1)
    made = row(world)
    assert made.state == "ready"
    assert hashlib.sha256(exporter.path(1).read_bytes()).hexdigest() == made.digest
    assert [path.name for path in (world.folder / "exports").iterdir()] == ["1.zip.age"]


def enter_again(client: FlaskClient, login: str = "dora") -> FlaskClient:
    assert sign_in(client, login).status_code == 303
    return client


def test_one_that_stopped_is_made_anew(
    world: World, app: Flask, exporter: Exporter, dora: FlaskClient, otto: FlaskClient
) -> None:
    """A file where the folder belongs stands in for a full disk."""
    (world.folder / "exports").write_text("in the way")
    ask(dora)
    sign(otto)
    exporter.wait(1)
    page = dora.get("/exports/1")
    assert "Make room there, then go on" in page.text
    (world.folder / "exports").unlink()
    post(dora, "/exports/1/make", {}, page="/exports/1")
    exporter.wait(1)
    assert row(world).state == "ready"


def test_a_hub_that_was_stopped_in_the_middle_says_so(
    world: World, dora: FlaskClient, otto: FlaskClient
) -> None:
    ask(dora)
    with session_scope(world.sessions) as session:
        session.execute(update(Export).values(state="making", beat_at=world.at, total=100, done=40))
    assert "40 of 100 rows" in dora.get("/exports/1/standing").text
    world.later(minutes=3)
    assert "the hub was stopped" in dora.get("/exports/1").text


def test_given_up_while_it_is_made_leaves_nothing(
    world: World, exporter: Exporter, dora: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(dora)
    with session_scope(world.sessions) as session:
        session.execute(update(Export).values(state="making", beat_at=world.at))
    from hub.keeping.export import everything, making

    plain = everything.export_everything

    def given_up(*args: object, **more: object) -> None:
        with session_scope(world.sessions) as session:
            session.execute(update(Export).values(state="given_up", ended_at=world.at))
        plain(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "export_everything", given_up)
    exporter.go(1)
    exporter.wait(1)
    assert list((world.folder / "exports").iterdir()) == []
    assert row(world).state == "given_up"


def test_a_site_without_a_folder_names_the_command(world: World) -> None:
    page = ask(world.browser("dora", Role.DIRECTOR))
    assert page.status_code == 409
    assert "pims-hub export everything" in page.text


@pytest.fixture
def leftover(world: World) -> Path:
    folder = world.folder / "exports"
    folder.mkdir()
    (folder / "9.zip.age").write_bytes(b"old")
    (folder / ".8.zip.age.0a1b2c3d.part").write_bytes(b"half")
    return folder


def test_what_an_earlier_life_left_is_deleted(exporter: Exporter, leftover: Path) -> None:
    (leftover / "kept").mkdir()
    exporter.tidy()
    assert [path.name for path in leftover.iterdir()] == ["kept"], "a folder is nobody's export"
