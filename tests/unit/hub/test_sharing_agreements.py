"""Pages of agreements: written by one, signed by two others, compared before, suspended by one."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.sharing.agreements.lists import count_to_review, count_to_sign
from hub.sharing.agreements.reading import standings
from hub.sharing.agreements.terms import Grant, Terms
from hub.sharing.agreements.words import differences
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.catalogue.events import EVENTS

from .sharing_world import agree, open_agencies, terms_of
from .site_world import World
from .site_world import post as sent

FORM = {
    "code": "police-2027", "title": "Notices of custody", "our_party": "Director", "their_party": "Commissioner",
    "legal_basis": "Prisons Act, section 9", "starts_on": "2026-11-22", "review_on": "2027-11-22", "ends_on": "",
    "shape": "json", "frequency": "at_once", "retention_days": "90", "breach_hours": "24",
    "correction_route": "records@prison.test", "security": "Mutual TLS", "onward_terms": "", "withheld_basis": "",
    "g.admission_notice.0.purpose": "custody_notice",
    "g.admission_notice.0.field": ["j:SubjectIdentification", "nc:PersonSurName"],
    "g.admission_notice.0.event": "pims.custody.admitted",
}  # fmt: skip


def post(client: FlaskClient, address: str, **form: object) -> TestResponse:
    """Send a form from the page that it stands on."""
    parts = address.split("/")
    writes = parts[2] == "new" or parts[-1] == "write"
    return sent(client, address, form, page=None if writes else "/".join(parts[:3]))


def state(world: World, code: str) -> str:
    with session_scope(world.sessions, writes=False) as session:
        return next(one.state for one in standings(session, world.at) if one.agreement.code == code)


def hidden(client: FlaskClient, code: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(f"/agreements/{code}").text)
    return "" if found is None else found[1]


def sign(client: FlaskClient, code: str, **more: str) -> int:
    digest, version = hidden(client, code, "digest"), hidden(client, code, "version")
    answer = post(client, f"/agreements/{code}/sign", digest=digest, version=version, decision="sign", **more)
    return answer.status_code


def test_an_agreement_is_written_by_one_and_signed_by_two_others(world: World) -> None:
    open_agencies(world)
    rita, dora, abel = (
        world.browser("rita"), world.browser("dora", Role.DIRECTOR), world.browser("abel", Role.AUDITOR)
    )  # fmt: skip
    assert post(rita, "/agreements/new/police", **FORM).status_code == 303
    assert state(world, "police-2027") == "not_signed"
    page = dora.get("/agreements").text
    assert "waits for your signature" in page
    assert sign(dora, "police-2027") == 303
    assert state(world, "police-2027") == "not_signed"
    assert "Two people other than its writer sign it" in dora.get("/agreements/police-2027").text
    world.later(minutes=1)
    assert sign(abel, "police-2027") == 303
    assert state(world, "police-2027") == "in_force"
    page = rita.get("/agreements/police-2027").text
    assert "Prisons Act, section 9" in page
    assert "Knowing who came into custody" in page


def test_its_writer_cannot_sign_it_and_nobody_signs_twice(world: World) -> None:
    open_agencies(world)
    dora, emma = world.browser("dora", Role.DIRECTOR), world.browser("emma", Role.DIRECTOR)
    post(dora, "/agreements/new/police", **FORM)
    digest, version = hidden(emma, "police-2027", "digest"), hidden(emma, "police-2027", "version")
    said = post(dora, "/agreements/police-2027/sign", digest=digest, version=version, decision="sign")
    assert said.status_code == 400
    assert "You wrote this version" in said.text
    assert sign(emma, "police-2027") == 303
    said = post(emma, "/agreements/police-2027/sign", digest=digest, version=version, decision="sign")
    assert "You have signed this version" in said.text
    assert state(world, "police-2027") == "not_signed"


def test_the_next_version_is_compared_before_it_is_signed(world: World) -> None:
    open_agencies(world)
    agree(
        world,
        "police",
        "p-1",
        terms_of(world, Grant("release_notice", "custody_notice", ("nc:PersonSurName",))),
    )
    world.later(minutes=1)
    rita, dora = world.browser("rita"), world.browser("dora", Role.DIRECTOR)
    form = rita.get("/agreements/p-1/write").text
    assert re.search(r'name="g\.release_notice\.0\.field" value="nc:PersonSurName" checked', form)
    changed = {
        **FORM,
        "seen": "1",
        "g.release_notice.0.purpose": "custody_notice",
        "g.release_notice.0.field": "nc:PersonGivenName",
    }
    assert post(rita, "/agreements/p-1/write", **changed).status_code == 303
    page = dora.get("/agreements/p-1").text
    assert "What changes against the version in force" in page
    assert "Given names" in page
    assert state(world, "p-1") == "in_force", "the old version rules until the new one is signed"
    said = post(rita, "/agreements/p-1/write", **changed)
    assert "Somebody wrote another version meanwhile" in said.text


def test_what_cannot_be_is_said_beside_the_field_and_what_was_typed_stays(world: World) -> None:
    open_agencies(world)
    rita = world.browser("rita")
    said = post(rita, "/agreements/new/police", **{**FORM, "legal_basis": "", "review_on": "2026-11-01"})
    assert said.status_code == 400
    assert "an agreement without it cannot be signed" in said.text
    assert "The review comes after the start" in said.text
    assert 'value="Notices of custody"' in said.text
    said = post(rita, "/agreements/new/police", **{**FORM, "starts_on": "soon"})
    assert "Write the day as in" in said.text
    bare = {key: value for key, value in FORM.items() if not key.startswith("g.")}
    assert "Tick at least one field" in post(rita, "/agreements/new/police", **bare).text
    courts = post(rita, "/agreements/new/courts", **FORM)
    assert "Tick at least one field" in courts.text, "a notice to the police is no exchange of the courts"


def test_one_suspends_and_two_lift_on_the_page(world: World) -> None:
    open_agencies(world)
    agree(
        world,
        "police",
        "p-1",
        terms_of(world, Grant("release_notice", "custody_notice", ("nc:PersonSurName",))),
    )
    rita, dora, abel = (
        world.browser("rita"), world.browser("dora", Role.DIRECTOR), world.browser("abel", Role.AUDITOR)
    )  # fmt: skip
    assert post(rita, "/agreements/p-1/suspend", reason="").status_code == 400
    assert post(rita, "/agreements/p-1/suspend", reason="a leak").status_code == 303
    assert state(world, "p-1") == "suspended"
    assert post(rita, "/agreements/p-1/stop", act="lift", reason="well").status_code == 403
    assert post(dora, "/agreements/p-1/stop", act="lift", reason="well").status_code == 303
    assert "signed by dora, a second person is needed" in abel.get("/agreements/p-1").text
    assert post(dora, "/agreements/p-1/stop", act="lift", reason="well").status_code == 400
    assert post(abel, "/agreements/p-1/stop", act="lift", reason="well").status_code == 303
    assert state(world, "p-1") == "in_force"


def test_who_must_review_and_who_can_sign_is_counted(world: World) -> None:
    open_agencies(world)
    agree(
        world,
        "police",
        "p-1",
        terms_of(world, Grant("release_notice", "custody_notice", ("nc:PersonSurName",))),
    )
    with session_scope(world.sessions, writes=False) as session:
        assert count_to_review(session, world.at) == 0
    world.later(days=340)
    with session_scope(world.sessions, writes=False) as session:
        assert count_to_review(session, world.at) == 1
        assert count_to_sign(session, "abel", world.at) == 0
    later = {**FORM, "seen": "1", "review_on": "2028-11-01", "starts_on": "2027-11-01"}
    post(world.browser("rita"), "/agreements/p-1/write", **later)
    with session_scope(world.sessions, writes=False) as session:
        assert count_to_sign(session, "abel", world.at) == 1
        assert count_to_sign(session, "rita", world.at) == 0
    assert "to be reviewed" in world.browser("dora", Role.DIRECTOR).get("/agreements").text


def test_as_known_before_it_was_signed(world: World) -> None:
    world.later(days=-1)
    open_agencies(world)
    world.later(days=1)
    agree(
        world,
        "police",
        "p-1",
        terms_of(world, Grant("release_notice", "custody_notice", ("nc:PersonSurName",))),
    )
    rita = world.browser("rita")
    assert "p-1" in rita.get("/agreements").text
    assert "p-1" not in rita.get("/agreements", query_string={"known": "2026-11-21"}).text


def test_differences_name_fields_and_terms(world: World) -> None:
    def terms(*fields: str, days: int = 30) -> Terms:
        made = terms_of(world, Grant("release_notice", "custody_notice", fields))
        return type(made)(**{**{k: getattr(made, k) for k in made.__struct_fields__}, "retention_days": days})

    found = differences(terms("nc:PersonSurName"), terms("nc:PersonGivenName", days=60))
    assert [str(one.label) for one in found] == ["They may keep it for, in days", "Notice of a release"]
    assert [str(word) for word in (*found[1].before, *found[1].after)] == ["Surname", "Given names"]
    assert differences(None, terms("nc:PersonSurName")) == []


def test_each_event_has_words() -> None:
    assert {event for one in EXCHANGES.values() for event in one.events} <= set(EVENTS)
