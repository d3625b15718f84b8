"""The docket's pages: the list, a finding and what is done about it, the board, figures, owners, the command."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from hub.__main__ import main
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.database import session_scope
from hub.docket.board import Day
from hub.docket.drawing import highest, lines, spots
from hub.docket.records import Finding
from hub.docket.tables import safe

from .docket_world import acts, finding, look, record, remanded, standing
from .site_world import World, post


@pytest.fixture
def rita(world: World) -> FlaskClient:
    """A records officer, with one finding: Ana's court date passed yesterday."""
    world.site()
    world.account("noel", Role.RECORDS_OFFICER)
    remanded(world, next_in_days=1)
    world.later(days=2)
    client = world.browser("rita", Role.RECORDS_OFFICER)
    look(world)
    return client


def number_of(world: World) -> int:
    return standing(world, "no_outcome")[0].id


def do(client: FlaskClient, world: World, act: str, **form: str) -> str:
    """Send an act from the finding's page; gives the page that follows."""
    number = number_of(world)
    version = str(finding(world, number).version)
    answer = post(client, f"/docket/{number}", {"act": act, "version": version, **form})
    return client.get(f"/docket/{number}").text if answer.status_code == 303 else answer.text


def test_a_stranger_a_wrong_role_and_a_number_that_is_none(world: World, rita: FlaskClient) -> None:
    page = f"/docket/{number_of(world)}"
    assert world.app().test_client().get(page).status_code == 302
    assert world.browser("otto", Role.OFFICER).get(page).status_code == 403
    auditor = world.browser("anna", Role.AUDITOR)
    seen = auditor.get(page)
    assert (seen.status_code, "Deal with it" in seen.text, "/people/P-000001" in seen.text) == (
        200,
        False,
        False,
    )
    assert post(auditor, page, {"act": "take"}, page="/docket").status_code == 403
    assert rita.get("/docket/999999").status_code == 404
    assert post(rita, "/docket/999999", {"act": "take", "version": "1"}, page=page).status_code == 404
    assert post(rita, page, {"act": "burn", "version": "1"}).status_code == 400


def test_the_list_counts_people_says_what_whose_since_and_due_and_is_written_down(
    world: World, rita: FlaskClient
) -> None:
    record(world, _ana(world), LEGAL_STATUS, Status(status=LegalStatus.UNKNOWN))
    look(world)
    page = rita.get("/docket").text
    for words in ("Court date passed without outcome", "No legal status", "NOVELO, Ana", "24 Nov 2026"):
        assert words in page
    assert ">1</strong> person whose liberty is in doubt" in page, "one person with two findings"
    with session_scope(world.sessions, writes=False) as session:
        assert session.query(AuditEntry).filter_by(act="docket.list").count() == 1


def test_figures_have_units_and_evidence_leads_to_its_page(world: World, rita: FlaskClient) -> None:
    with session_scope(world.sessions) as session:
        row = session.get_one(Finding, number_of(world))
        row.rule = "1 remand_days=1095 no_next_date_days=1 gone_figure=7"
    page = rita.get(f"/docket/{number_of(world)}").text
    for shown in ("<dd>1095 days</dd>", "<dd>1 day</dd>", "<dd>7</dd>"):
        assert shown in page
    assert re.search(r'href="/people/P-000001/facts/\d+">line \d+ of the record', page)
    spanish = rita.get("/docket/rules", headers={"Accept-Language": "es"}).text
    assert "365 días" in spanish
    assert ">72 horas<" in spanish


def test_filters_and_what_was_known(world: World, rita: FlaskClient) -> None:
    owner = finding(world, number_of(world)).owner
    words = "has passed without a recorded outcome"
    shown = {
        "check=no_outcome": True,
        "check=no_order": False,
        "owner=nobody": False,
        f"owner={owner}": True,
        "overdue=1": False,
        "review=1": False,
        "band=2": False,
        "band=9": True,
        "page=77": False,
        "known=2026-11-23": False,
        "known=2026-11-24": True,
    }
    for query, expected in shown.items():
        assert (words in rita.get(f"/docket?{query}").text) == expected, query
    assert rita.get("/docket?known=never").status_code == 409


def test_the_table_for_a_spreadsheet_holds_no_formula(world: World, rita: FlaskClient) -> None:
    answer = rita.get("/docket.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="docket-2026-11-24.csv"'
    assert "no_outcome" not in answer.text.splitlines()[0]
    assert answer.text.splitlines()[1].startswith("1,P-000001")
    assert [safe(text) for text in ("=1+1", "@x", "-2", "\tx", "a=1")] == [
        "'=1+1",
        "'@x",
        "'-2",
        "'\tx",
        "a=1",
    ]
    assert safe(-2) == "-2"


def test_a_finding_shows_its_evidence_and_each_act_is_on_record(world: World, rita: FlaskClient) -> None:
    number = number_of(world)
    page = rita.get(f"/docket/{number}").text
    for words in ("Belize City, 23 Nov 2026: mention", "paper 1", "What to do", "Opened"):
        assert words in page
    assert "Write what was done" in do(rita, world, "note", note=" ")
    assert "the registry is shut" in do(rita, world, "note", note="the registry is shut")
    assert "may not work the docket" in do(rita, world, "offer", to="otto", note="please look at it")
    assert "handed to" in do(rita, world, "offer", to=_other(world), note="you know the registry")
    closed = do(rita, world, "close", kind="done", reason="rang the court, outcome comes tomorrow")
    assert "rang the court" in closed
    assert "Deal with it" in closed
    assert acts(world, number) == ["opened", "noted", "offered", "closed"]
    again = post(rita, f"/docket/{number}", {"act": "take", "version": "1"}, page="/docket")
    assert (again.status_code, "rita has closed this finding meanwhile" in again.text) == (409, True)


def test_what_was_typed_is_not_lost_when_an_act_is_refused(world: World, rita: FlaskClient) -> None:
    page = do(rita, world, "close", kind="held_rightly", reason="appeal is pending", review_on="2027-01-01")
    assert "within a month" in page
    assert "appeal is pending</textarea>" in page
    assert 'value="2027-01-01"' in page
    assert "Choose how it ended" in do(rita, world, "close", kind="forgotten", reason="appeal is pending")


def test_a_script_in_a_note_is_text(world: World, rita: FlaskClient) -> None:
    page = do(rita, world, "note", note="<script>alert(1)</script>")
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_what_closed_by_itself_waits_for_somebody_to_look(world: World, rita: FlaskClient) -> None:
    number = number_of(world)
    with session_scope(world.sessions) as session:
        from hub.custody.records import Booking

        session.query(Booking).update({"released_at": world.at})
    look(world)
    assert "closed" in rita.get("/docket?review=1").text
    answer = post(
        rita, f"/docket/{number}", {"act": "review", "version": str(finding(world, number).version)}
    )
    assert answer.status_code == 303
    assert "No finding like this" in rita.get("/docket?review=1").text
    assert "The person was released on 24 Nov 2026." in rita.get(f"/docket/{number}").text


def test_the_board_says_it_in_numbers_without_a_name(world: World, rita: FlaskClient) -> None:
    page = world.browser("dora", Role.DIRECTOR).get("/docket/board").text
    for words in ("People in doubt", "<dd>1</dd>", "no look yesterday", "Court date passed without outcome"):
        assert words in page
    assert "NOVELO" not in page
    world.later(days=1)
    remanded(world, "Cal", "Rosa", next_in_days=1)
    look(world)
    later = world.browser("dina", Role.DIRECTOR)
    assert "as yesterday" in later.get("/docket/board").text
    then = later.get("/docket/board?known=2026-11-24").text
    assert "24 Nov 2026" in then


def test_days_are_counted_by_the_calendar_of_the_site_as_on_the_board(
    world: World, rita: FlaskClient
) -> None:
    with session_scope(world.sessions) as session:
        row = session.get_one(Finding, number_of(world))
        # Six in the evening at the site, which is the next day in Greenwich.
        row.since_at = datetime(2019, 11, 26, tzinfo=UTC)
    days = (world.at.date() - date(2019, 11, 25)).days
    for page in ("/docket", f"/docket/{number_of(world)}"):
        assert f"{days} days" in rita.get(page).text


def test_the_board_before_the_first_look(world: World) -> None:
    page = world.browser("dora", Role.DIRECTOR).get("/docket/board").text
    assert "No check has been made yet" in page


def test_before_the_first_look_the_list_does_not_say_that_all_is_well(world: World) -> None:
    page = world.browser("rita", Role.RECORDS_OFFICER).get("/docket").text
    assert "No check has been made yet." in page
    assert '<strong class="figure">–</strong>' in page
    assert "liberty is in doubt</p>" in page
    assert "Nobody&#39;s liberty is in doubt" not in page


def test_the_trend_leaves_a_gap_where_nobody_looked() -> None:
    start = date(2026, 11, 20)
    trend = [Day(start + timedelta(days=place), count) for place, count in enumerate([4, None, 2, 0])]
    assert highest(trend) == 4
    runs = spots(trend)
    assert [len(run) for run in runs] == [1, 2]
    assert runs[0] == [(44.0, 20.0)]
    assert runs[1][-1] == (630.0, 180.0)
    assert lines(runs)[0] == "44.0,20.0"


def test_figures_and_owners_are_set_by_the_director_with_an_authority(
    world: World, rita: FlaskClient
) -> None:
    assert "Working figure set at installation" in rita.get("/docket/rules?name=remand_days").text
    form = {
        "name": "remand_days",
        "value": "180",
        "effective_on": "2026-11-24",
        "authority": "Practice Direction 4",
    }
    assert post(rita, "/docket/rules/figure", form, page="/docket/rules").status_code == 403
    dora = world.browser("dora", Role.DIRECTOR)
    page = "/docket/rules?name=remand_days"
    for change in (
        {"value": "0"},
        {"authority": ""},
        {"effective_on": "soon"},
        {"name": "nothing"},
        {"value": "x"},
    ):
        assert post(dora, "/docket/rules/figure", {**form, **change}, page=page).status_code == 400
    assert post(dora, "/docket/rules/figure", form, page=page).status_code == 303
    assert "Practice Direction 4" in dora.get(page).text
    owner = {"check": "no_outcome", "login": "noel"}
    assert post(dora, "/docket/rules/owner", {**owner, "login": "otto"}, page=page).status_code == 400
    assert post(dora, "/docket/rules/owner", owner, page=page).status_code == 303


def test_the_file_shows_what_is_on_the_docket(world: World, rita: FlaskClient) -> None:
    assert "Court date passed without outcome" in rita.get("/people/P-000001").text


def test_the_command_looks_at_everybody_and_lists_without_names(
    world: World, rita: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    at_hub = ["--data", str(world.settings().data)]
    assert main(["docket", "run", *at_hub]) == 0
    assert main(["docket", "list", *at_hub, "--check", "no_outcome"]) == 0
    said = capsys.readouterr().out
    assert "1 people in custody looked at" in said
    assert "P-000001 Court date passed without outcome" in said
    assert "Novelo" not in said


def _other(world: World) -> str:
    return "noel" if finding(world, number_of(world)).owner == "rita" else "rita"


def _ana(world: World):  # type: ignore[no-untyped-def]
    from hub.custody.records import Person

    with session_scope(world.sessions, writes=False) as session:
        return session.query(Person).first()
