"""The trail as an auditor reads it, and what a person may know of who used their file."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.__main__ import main
from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.records import Finger
from hub.database import session_scope
from hub.keeping.backup.records import Backup
from hub.keeping.oversight.access import access_report
from hub.keeping.oversight.printing import plain_report

from ...databases import chosen
from .site_world import World, post
from .test_retention import ReleaseReason, apply, count, left

RITA = Actor("rita", "10.0.0.4")


def write(
    world: World, act: str, subject: str, *, detail: str = "", why: str = "", who: Actor = RITA
) -> None:
    with session_scope(world.sessions) as session:
        write_down(session, at=world.at, actor=who, act=act, subject=subject, detail=detail, why=why)


@pytest.fixture
def auditor(world: World) -> FlaskClient:
    return world.browser("otto", Role.AUDITOR)


def test_the_trail_is_for_those_who_watch_over_it(world: World) -> None:
    for login, role in (("rita", Role.RECORDS_OFFICER), ("dora", Role.DIRECTOR), ("ada", Role.ADMINISTRATOR)):
        assert world.browser(login, role).get("/audit").status_code == 403


def test_a_day_that_cannot_be_is_said_and_what_was_typed_stays(auditor: FlaskClient) -> None:
    page = auditor.get("/audit?first_on=yesterday&actor=rita")
    assert page.status_code == 400
    assert "Write the day as in 2026-11-22" in page.text
    assert 'value="rita"' in page.text


def test_a_script_typed_into_a_filter_is_text(auditor: FlaskClient) -> None:
    page = auditor.get("/audit?actor=<script>alert(1)</script>")
    assert "<script>alert" not in page.text


def test_looking_at_the_trail_is_itself_in_it(world: World, auditor: FlaskClient) -> None:
    assert auditor.get("/audit?subject=P-000009").status_code == 200
    with session_scope(world.sessions, writes=False) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.actor, last.act, last.role, last.detail) == (
        "otto",
        "audit.look",
        "auditor",
        "subject P-000009",
    )
    auditor.get("/audit?subject=Ana+Novelo")
    with session_scope(world.sessions, writes=False) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.detail == "subject as typed", "a name that somebody typed is not kept for ever"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("subject=p-000001", {"fact.states", "person.look"}),
        ("actor=rita&subject=P-000002", {"person.photo"}),
        ("actor=rita&act=person.", {"person.look", "person.photo"}),
        ("actor=rita&act=person%25", set()),
        ("actor=rita&first_on=2026-11-23", {"person.photo"}),
        ("actor=rita&last_on=2026-11-22", {"person.look"}),
        ("actor=rita&first_on=0001-01-01&last_on=9999-12-31", {"person.look", "person.photo"}),
    ],
)
def test_it_is_looked_through_by_person_actor_act_and_day(
    world: World, question: str, found: set[str]
) -> None:
    world.person("Novelo")
    write(world, "person.look", "P-000001")
    world.later(hours=12)  # midnight at the site
    write(world, "person.photo", "P-000002")
    page = world.browser("otto", Role.AUDITOR).get(f"/audit?{question}")
    body = page.text.partition("<tbody>")[2]
    acts = set(re.findall(r'class="quiet">((?:fact|person|order)\.[a-z]+)', body))
    assert acts - {"person.register"} == found, body


def test_a_long_trail_is_read_page_by_page_without_a_gap(world: World, auditor: FlaskClient) -> None:
    for number in range(205):
        write(world, "person.look", "P-1", detail=f"n{number:03d}")
    seen: list[str] = []
    address: str | None = "/audit?subject=P-1"
    while address is not None:
        page = auditor.get(address).text
        seen += re.findall(r"n\d{3}", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = None if found is None else found[1].replace("&amp;", "&")
    assert seen == [f"n{number:03d}" for number in reversed(range(205))]


def test_a_hub_without_a_recent_backup_is_told_so(world: World, auditor: FlaskClient) -> None:
    assert "has no backup" in auditor.get("/audit").text
    with session_scope(world.sessions) as session:
        began = world.at - timedelta(hours=3)
        session.add(
            Backup(
                began_at=began, ended_at=began, name="b", size_bytes=1, digest="", restored=False, journals=[]
            )
        )
    assert "backup" not in auditor.get("/audit").text.partition("<h1>")[2].partition("</dl>")[0].replace(
        "Last backup", ""
    )


# A person's own report.


def test_the_report_is_printed_by_records_officers_and_auditors(world: World) -> None:
    person = world.person()
    for login, role in (("mia", Role.SHIFT_SUPERVISOR), ("ada", Role.ADMINISTRATOR), ("dora", Role.DIRECTOR)):
        assert world.browser(login, role).get(f"/people/{person.number}/access").status_code == 403
    assert world.browser("rita", Role.RECORDS_OFFICER).get("/people/P-999999/access").status_code == 404
    assert world.browser("otto", Role.AUDITOR).get(f"/people/{person.number}/access").status_code == 200


def test_it_says_in_plain_words_who_used_the_file_when_and_why(world: World) -> None:
    person = world.person()
    rita = world.browser("rita", Role.RECORDS_OFFICER)
    write(world, "person.look", person.number)
    write(world, "person.look", person.number)
    write(world, "person.look", person.number, why="The lawyer asked for the next court date")
    page = rita.get(f"/people/{person.number}/access").text
    assert "Looked at the file" in page
    assert "2 times that day" in page
    assert "Keeping the file" in page
    assert "The lawyer asked for the next court date" in page
    assert "Records officer" in page
    assert "Printed who looked at the file" in page, "its own making stands in it"


def test_it_names_no_officer_and_no_address(world: World) -> None:
    person = world.person()
    world.account("wendy", Role.OFFICER)
    write(world, "person.look", person.number, who=Actor("wendy", "10.9.8.7"))
    page = world.browser("rita", Role.RECORDS_OFFICER).get(f"/people/{person.number}/access").text
    report = page.partition("<article")[2].partition("</article>")[0]
    assert "Officer" in report
    for hidden in ("wendy", "10.9.8.7", "rita"):
        assert hidden not in report


@pytest.mark.parametrize(
    ("act", "detail"),
    [
        ("fact.states", "alert 17 item 17 0123456789abcdef"),
        ("fact.ends", "keep_apart 17 item 17 0123456789abcdef"),
        ("fact.states", "hold 17 item 17 0123456789abcdef"),
        ("agency.enquiry", "police"),
    ],
)
def test_what_would_endanger_somebody_is_left_out_without_a_trace(
    world: World, act: str, detail: str
) -> None:
    person = world.person()
    with session_scope(world.sessions, writes=False) as session:
        before = access_report(session, person, world.at).uses
    write(world, act, person.number, detail=detail)
    with session_scope(world.sessions, writes=False) as session:
        report = access_report(session, person, world.at)
    assert report.uses == before
    assert any("may be missing" in line for line in plain_report(report, "en"))


def test_another_persons_looks_are_not_in_it(world: World) -> None:
    person, other = world.person(), world.person("Other")
    write(world, "person.photo", other.number)
    with session_scope(world.sessions, writes=False) as session:
        report = access_report(session, person, world.at)
    assert not any("photo" in str(use.what) for use in report.uses)


def test_on_paper_it_says_the_same_in_spanish(world: World) -> None:
    person = world.person()
    write(world, "person.look", person.number)
    write(world, "person.look", person.number)
    with session_scope(world.sessions, writes=False) as session:
        lines = list(plain_report(access_report(session, person, world.at), "es"))
    assert lines[0] == "Quién miró o cambió el expediente de P-000001"
    assert lines[1] == "Hecho el 22 nov 2026 a las 12:00."
    assert any("Miró el expediente (2 veces). Llevar el expediente." in line for line in lines)
    assert not any("%(" in line for line in lines)


def test_a_report_on_nobody_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "hub"
    words = ["init", "--data", str(data), "--admin-password-file", str(tmp_path / "password")]
    assert main([*words, *chosen(data)]) == 0
    assert main(["audit", "report", "--data", str(data), "P-000001"]) == 2
    assert "There is no file P-000001" in capsys.readouterr().err


def test_commands_seal_verify_and_export_a_trail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "hub"
    words = ["init", "--data", str(data), "--admin-password-file", str(tmp_path / "password")]
    assert main([*words, *chosen(data)]) == 0
    assert main(["audit", "seal", "--data", str(data)]) == 0
    assert main(["audit", "verify", "--data", str(data)]) == 0
    out = tmp_path / "trail.jsonl"
    assert main(["audit", "export", "--data", str(data), str(out)]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert main(["audit", "verify", "--data", str(data), "--export", str(out)]) == 0
    assert "The trail is whole" in capsys.readouterr().out
    out.write_text(out.read_text().replace('"operator"', '"nobody"', 1))
    assert main(["audit", "verify", "--data", str(data), "--export", str(out)]) == 1
    (data / "audit-head.json").unlink()
    assert main(["audit", "verify", "--data", str(data)]) == 2
    assert "audit-head.json" in capsys.readouterr().err
    assert main(["audit", "export", "--data", str(data), str(tmp_path / "missing" / "x")]) == 2


# The page of retention.


def test_retention_is_for_the_director_and_records_officers(world: World) -> None:
    for login, role in (("mia", Role.SHIFT_SUPERVISOR), ("ada", Role.ADMINISTRATOR), ("otto", Role.AUDITOR)):
        assert world.browser(login, role).get("/retention").status_code == 403


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"keep_days": "soon", "authority": "Act", "effective_on": "2026-01-01"}, "how many days"),
        ({"keep_days": "30", "authority": "", "effective_on": "2026-01-01"}, "which law or decision"),
        ({"keep_days": "30", "authority": "Act 45", "effective_on": "31 June"}, "Write the day as in"),
        (
            {"keep_days": "30", "authority": "Act 45", "effective_on": "2026-01-01", "thing": "x"},
            "Choose how",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_said_and_nothing_typed_is_lost(
    world: World, form: dict[str, object], said: str
) -> None:
    rita = world.browser("rita", Role.RECORDS_OFFICER)
    page = post(
        rita, "/retention/rules", {"outcome": "acquitted", "thing": "biometrics", **form}, page="/retention"
    )
    assert page.status_code == 409
    assert said in page.text
    assert f'value="{form["keep_days"]}"' in page.text


def test_two_people_agree_on_a_rule_and_then_on_a_deletion(world: World) -> None:

    person = left(world, ReleaseReason.ACQUITTED)
    rita, dora = world.browser("rita", Role.RECORDS_OFFICER), world.browser("dora", Role.DIRECTOR)
    rule = {
        "outcome": "acquitted", "thing": "biometrics", "keep_days": "30",
        "authority": "Act 45 of 2021", "effective_on": "2026-01-01",
    }  # fmt: skip
    assert post(rita, "/retention/rules", rule, page="/retention").status_code == 303
    assert "another person approves it" in rita.get("/retention").text
    own = post(rita, "/retention/rules/1", {"decision": "approve"}, page="/retention")
    assert own.status_code == 409
    assert post(dora, "/retention/rules/1", {"decision": "approve"}, page="/retention").status_code == 303
    page = rita.get("/retention").text
    assert person.number in page
    assert "1 person. Acquitted, Act 45 of 2021" in page
    assert post(rita, "/retention/deletions", {}, page="/retention").status_code == 303
    assert "Confirm and delete" not in rita.get("/retention").text
    assert post(rita, "/retention/deletions/1", {"decision": "confirm"}, page="/retention").status_code == 409
    assert apply(world) == 0
    assert "cannot be brought back" in dora.get("/retention").text
    assert post(dora, "/retention/deletions/1", {"decision": "confirm"}, page="/retention").status_code == 303
    assert "Confirmed by dora" in rita.get("/retention").text
    assert apply(world) == 1
    assert count(world, Finger, person) == 0
    assert post(dora, "/retention/deletions/1", {"decision": "give_up"}, page="/retention").status_code == 409
    assert post(dora, "/retention/deletions/1", {"decision": "x"}, page="/retention").status_code == 400
