"""Requests that no page of ours sends: another's thing by its number, no token, impossible days, half a form."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Permission, Role, permissions_of
from hub.accounts.records import AuditEntry
from hub.custody.facts.records import Fact
from hub.custody.records import Person
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType
from hub.custody.sentencing.terms import Term
from hub.database import session_scope
from hub.web.formats import SITE_ZONE
from hub.web.routes import required_permission

from .site_world import World, post, token_of
from .test_file import record

ONE, OTHER = "P-000001", "P-000002"


@pytest.fixture
def rita(world: World) -> FlaskClient:
    world.site()
    world.person()
    world.person("Cal", "Rosa")
    return world.browser("rita", Role.RECORDS_OFFICER)


def sentence_of(world: World, person_id: int) -> int:
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, person_id)
    day = world.at.astimezone(SITE_ZONE).date() - timedelta(days=30)
    return record(
        world,
        person,
        SENTENCE,
        Imposed(type=SentenceType.TERM, imposed_on=day, term=Term(years=2)),
        source="SO 1",
    )


def sentence_form(after: int) -> dict[str, object]:
    return {
        "effective": "2026-11-02", "source": "SO 2", "f_type": "term", "f_imposed_on": "2026-11-02",
        "f_term_years": "1", "f_consecutive_to": str(after),
    }  # fmt: skip


def test_a_fact_names_no_thing_of_another_s_file(world: World, rita: FlaskClient) -> None:
    own, strange = sentence_of(world, 1), sentence_of(world, 2)
    new = f"/people/{ONE}/facts/new/sentence"
    refused = post(rita, new, sentence_form(strange))
    assert (refused.status_code, "Choose from the list." in refused.text) == (400, True)
    assert post(rita, new, sentence_form(own)).status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        kept = session.scalars(select(Fact).where(Fact.kind == "sentence", Fact.person_id == 1)).all()
    assert len(kept) == 2


def test_a_fact_is_reached_through_its_own_file_alone(world: World, rita: FlaskClient) -> None:
    strange = sentence_of(world, 2)
    for rest in ("", "/correct", "/end", "/withdraw"):
        assert rita.get(f"/people/{ONE}/facts/{strange}{rest}").status_code == 404
        assert rita.get(f"/people/{OTHER}/facts/{strange}{rest}").status_code == 200
    token = token_of(rita.get("/account"))
    for rest in ("/correct", "/end", "/withdraw"):
        form = {"csrf_token": token, "reason": "forged", "effective": "2026-11-22"}
        assert rita.post(f"/people/{ONE}/facts/{strange}{rest}", data=form).status_code == 404


@pytest.mark.parametrize("written", [" p-000001 ", "p-000001"])
def test_a_number_written_otherwise_hides_no_look_from_the_trail(
    world: World, rita: FlaskClient, written: str
) -> None:
    fact = sentence_of(world, 1)
    for rest in (f"/facts/{fact}", "/release-date", "", "/slip", f"/facts/{fact}/correct"):
        assert rita.get(f"/people/{written}{rest}").status_code == 200
    with session_scope(world.sessions, writes=False) as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.actor == "rita")).all()
    about = {line.subject for line in lines if line.subject.strip().upper().startswith("P-")}
    assert about == {ONE}


def test_no_form_is_taken_without_its_token(world: World, rita: FlaskClient) -> None:
    app = rita.application
    allowed = permissions_of(Role.RECORDS_OFFICER) | {Permission.PUBLIC}
    tried = 0
    for rule in app.url_map.iter_rules():
        needed = required_permission(app.view_functions[rule.endpoint])
        # A terminal that asks to be taken in has no cookie, so no token either.
        if "POST" not in (rule.methods or ()) or needed not in allowed or "/provisioning/" in rule.rule:
            continue
        address = re.sub(r"<(?:int:)?\w+>", "1", rule.rule).replace("/people/1", f"/people/{ONE}")
        for token in ({}, {"csrf_token": "x"}, {"csrf_token": ""}):
            answer = rita.post(address, data=token)
            assert (answer.status_code, "This form has expired" in answer.text) == (400, True), address
        tried += 1
    assert tried > 40


def test_a_day_before_all_calendars_is_refused_on_every_page_that_looks_back(
    world: World, rita: FlaskClient
) -> None:
    looks_back = ("/docket", "/docket/board", "/diary", "/cells", f"/people/{ONE}")
    for page in (*looks_back, f"/people/{ONE}/release-date"):
        for day in ("0001-01-01", "1899-12-31"):
            answer = rita.get(page, query_string={"known": day})
            assert (answer.status_code, "cannot be right" in answer.text) == (409, True), page


def test_half_a_list_of_property_is_refused_and_nothing_is_kept(world: World, rita: FlaskClient) -> None:
    form = {
        "act": "take", "signed": "paper", "signature": "A. Novelo",
        "what": ["watch", "belt"], "count": ["1"], "value": [""], "condition": [""], "seal": [""], "kept_at": [""],
    }  # fmt: skip
    answer = post(rita, f"/people/{ONE}/property", form)
    assert answer.status_code == 400
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Fact).where(Fact.kind == "property")).all() == []


def test_nobody_signs_for_an_admission_in_which_nothing_was_asked_yet(
    world: World, rita: FlaskClient
) -> None:
    key = post(rita, "/people/admit", {}).location.split("/")[3]
    sonia = world.browser("sonia", Role.SHIFT_SUPERVISOR)
    form = {"csrf_token": token_of(sonia.get("/account")), "reason": "signed beforehand", "version": "2"}
    answer = sonia.post(f"/receptions/{key}", data=form)
    assert (answer.status_code, "nothing to sign" in answer.text) == (409, True)


def test_a_screen_left_open_signs_for_no_reception(world: World, rita: FlaskClient) -> None:
    key = post(rita, "/people/admit", {}).location.split("/")[3]
    sonia = world.browser("sonia", Role.SHIFT_SUPERVISOR)
    world.later(minutes=11)
    form = {"csrf_token": token_of(sonia.get("/account")), "reason": "somebody else's hand", "version": "2"}
    answer = sonia.post(f"/receptions/{key}", data=form)
    assert (answer.status_code, 'name="password"' in answer.text) == (401, True)


def test_entries_that_cannot_be_reckoned_are_not_shown_as_a_sentence_without_end(
    world: World, rita: FlaskClient
) -> None:
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, 1)
    broken = Imposed(
        type=SentenceType.TERM,
        imposed_on=world.at.astimezone(SITE_ZONE).date(),
        term=Term(years=1),
        consecutive_to=999,
    )
    record(world, person, SENTENCE, broken, source="SO 1")
    page = rita.get(f"/people/{ONE}/release-date").text
    assert "cannot be reckoned" in page
    assert "no end" not in page
