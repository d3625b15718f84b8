"""Lists and single things as they were known on an earlier day: nothing that was recorded since may show."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask.testing import FlaskClient

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.facts.actions import Statement, correct, state, withdraw
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import ReleaseReason
from hub.custody.life import complaints, incidents, queries
from hub.custody.life.complaints import Channel, Complaint, Upheld
from hub.custody.life.incident_forms import IncidentSort, Report
from hub.custody.life.queries import Came, Query, Result
from hub.custody.records import Booking, Person
from hub.custody.sentencing.records import ReckoningRow, Signature
from hub.custody.stays import HOME, RELEASE, Home, Release
from hub.custody.then import open_stays
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort
from hub.database import session_scope
from hub.docket.records import Finding
from hub.movements.cells.reading import dwellers
from hub.reception.releasing.records import CaseState, DoubtAnswer, ReleaseCase, ReleaseDoubt, ReleaseRecord
from hub.web.formats import start_of

from .docket_world import look, record, remanded, standing
from .site_world import World, post

RITA = Actor("rita", "10.0.0.1")
YESTERDAY, TODAY = "2026-11-21", "2026-11-22"


def shown(client: FlaskClient, address: str, **question: str) -> str:
    return client.get(address, query_string={"known": YESTERDAY, **question}).text


def yesterday(world: World) -> None:
    world.at -= timedelta(days=1)


def renamed(world: World, person: Person, given: str) -> None:
    with session_scope(world.sessions) as session:
        row = session.query(Fact).filter_by(person_id=person.id, kind=IDENTITY.name).one()
        right = Identity(surname=person.surname, given=given, born_on=date(1990, 5, 1))
        said = Statement(IDENTITY, right, row.effective_at, "Birth paper")
        correct(session, row, said, reason="misspelt", actor=RITA, at=world.at)


def stay_of(world: World, person: Person) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return session.query(Booking).filter_by(person_id=person.id).one().id


def released(world: World, person: Person) -> int:
    with session_scope(world.sessions) as session:
        stay = session.query(Booking).filter_by(person_id=person.id).one()
        value = Release(
            released_at=world.at,
            reason=ReleaseReason.BAIL,
            reference="BO 7",
            by="rita",
            second="sonia",
            identity="seen",
        )
        said = Statement(RELEASE, value, world.at, "BO 7", booking_id=stay.id)
        return state(session, person.id, said, actor=RITA, at=world.at).id


def test_a_release_entered_later_had_not_been_heard_of_and_one_taken_back_since_still_counted(
    world: World,
) -> None:
    yesterday(world)
    ana, ben = world.person(), world.person("Cal", "Ben")
    row, then = released(world, ana), world.at
    world.later(days=1)
    with session_scope(world.sessions) as session:
        withdraw(session, session.get_one(Fact, row), RELEASE, reason="never went", actor=RITA, at=world.at)
    released(world, ben)
    with session_scope(world.sessions, writes=False) as session:
        assert set(open_stays(session, then).values()) == {ben.id}
        assert set(open_stays(session, world.at).values()) == {ana.id}
        assert set(open_stays(session, None).values()) == {ana.id}


def asked(world: World, person: Person, said: str, about: int | None = None) -> int:
    with session_scope(world.sessions) as session:
        told = Query(
            number="", said=said, came=Came.LETTER, due_on=world.at.date() + timedelta(days=3), about=about
        )
        return queries.open_query(session, person, told, actor=RITA, at=world.at)[0].id


def test_queries_that_waited_then_without_what_was_answered_or_asked_since(world: World) -> None:
    yesterday(world)
    ana = world.person()
    with session_scope(world.sessions, writes=False) as session:
        about = session.query(Fact).filter_by(person_id=ana.id, kind=IDENTITY.name).one().id
    item = asked(world, ana, "My name is wrong", about)
    world.later(days=1)
    renamed(world, ana, "Anabel")
    asked(world, ana, "And my cell")
    with session_scope(world.sessions) as session:
        (held,) = [one for one in queries.queries_of(session, [ana.id]) if one.item == item]
        queries.answer_query(
            session, held, Result.RIGHT_AS_IT_IS, "It is right", None, actor=RITA, at=world.at
        )
    rita = world.browser("rita")
    one = f"/people/{ana.number}/queries/{item}"
    then = shown(rita, "/queries")
    assert "My name is wrong" in then
    assert f"{one}?known={YESTERDAY}" in then
    assert "NOVELO, Ana<" in then
    single = shown(rita, one)
    assert "Answer due" in single
    assert f"/facts/{about}?known={YESTERDAY}" in single
    for later in ("Anabel", "And my cell", "It is right", "I look into it", "not content"):
        assert later not in then, later
        assert later not in single, later
    assert "It is right" in rita.get(one).text
    assert "My name is wrong" not in rita.get("/queries").text


def reckoned(world: World, person: Person, on: date) -> int:
    with session_scope(world.sessions) as session:
        row = ReckoningRow(
            booking_id=session.query(Booking).filter_by(person_id=person.id).one().id,
            digest="d", inputs="{}", result="{}", outcome="release", release_on=on, full_term_on=None,
            reckoned_by="raul", reckoned_at=world.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_dates_that_waited_then_for_their_second_signature(world: World) -> None:
    yesterday(world)
    ana, ben = world.person(), world.person("Cal", "Ben")
    row = reckoned(world, ana, date(2027, 3, 4))
    world.later(days=1)
    reckoned(world, ana, date(2029, 9, 9))
    reckoned(world, ben, date(2028, 1, 1))
    with session_scope(world.sessions) as session:
        session.add(Signature(reckoning_id=row, act="verified", by="rita", at=world.at, reason=""))
    renamed(world, ana, "Anabel")
    rita = world.browser("rita")
    then = shown(rita, "/release-dates")
    assert "4 Mar 2027" in then
    assert "NOVELO, Ana<" in then
    assert f"/release-date?known={YESTERDAY}" in then
    for later in ("2029", ben.number, "Anabel", "/verify"):
        assert later not in then, later
    released(world, ana)
    assert "4 Mar 2027" in shown(rita, "/release-dates")
    assert "No date waited then" in rita.get("/release-dates", query_string={"known": "2026-11-19"}).text


def test_releases_under_way_then_and_doubts_as_they_were(world: World) -> None:
    yesterday(world)
    ana, ben = world.person(), world.person("Cal", "Ben")
    with session_scope(world.sessions) as session:
        for person, key, begun in ((ana, "a" * 32, world.at), (ben, "b" * 32, world.at + timedelta(days=1))):
            session.add(
                ReleaseCase(
                    key=key, booking_id=stay_of(world, person), person_id=person.id, reason="bail",
                    state=CaseState.ABANDONED, started_at=begun, started_by="raul",
                    ended_at=begun + timedelta(days=1), ended_because="Stays",
                )
            )  # fmt: skip
        doubt = ReleaseDoubt(
            booking_id=stay_of(world, ana), person_id=ana.id, what="hold", subject="1", found_at=world.at
        )
        session.add(doubt)
        session.flush()
        session.add(DoubtAnswer(doubt_id=doubt.id, note="No", at=world.at + timedelta(days=1), by="raul"))
    world.later(days=1, hours=1)
    renamed(world, ana, "Anabel")
    rita = world.browser("rita")
    then = shown(rita, "/releases")
    assert "NOVELO, Ana<" in then
    assert "One release is in doubt" in then
    assert f"/people/{ana.number}?known={YESTERDAY}" in then
    for later in ("Anabel", ben.number, "Stays", "a" * 32, "/releases/form"):
        assert later not in then, later
    now = rita.get("/releases").text
    assert "One release is in doubt" not in now
    assert ana.number not in now


def test_a_finding_then_was_whose_it_was_and_open(world: World) -> None:
    """Taken, handed over, noted and closed since: none of it shows, neither on the docket nor on the board."""
    world.site()
    world.at -= timedelta(days=3)
    person = remanded(world, next_in_days=1)
    world.later(days=2)
    world.account("rita")
    look(world)
    row = standing(world, "no_outcome")[0]
    address = f"/docket/{row.id}"
    assert row.owner == "rita"
    world.later(days=1)
    raul = world.browser("raul")
    for form in (
        {"act": "take"},
        {"act": "note", "note": "Rang the court"},
        {"act": "close", "reason": "Outcome came"},
    ):
        with session_scope(world.sessions, writes=False) as session:
            version = session.get_one(Finding, row.id).version
        assert (
            post(raul, address, {**form, "kind": "done", "version": version}, page="/docket").status_code
            == 303
        )
    renamed(world, person, "Anabel")
    then = shown(raul, address).partition("<main")[2].partition("</main>")[0]
    assert re.search(r"Whose</dt><dd>rita<", then)
    assert "NOVELO, Ana<" in then
    assert f"/people/{person.number}?known={YESTERDAY}" in then
    for later in ("raul", "Rang the court", "Outcome came", "Anabel", "Deal with it"):
        assert later not in then, later
    listed = shown(raul, "/docket", check="no_outcome")
    assert f"{address}?known={YESTERDAY}" in listed
    assert "Anabel" not in listed
    assert f"{address}?known={YESTERDAY}" in shown(raul, "/docket", check="no_outcome", owner="rita")
    assert address not in shown(raul, "/docket", check="no_outcome", owner="raul")
    assert address not in raul.get("/docket", query_string={"check": "no_outcome"}).text
    assert raul.get(address, query_string={"known": "2026-11-19"}).status_code == 404
    dora = world.browser("dora", Role.DIRECTOR)
    assert "no_outcome" in shown(dora, "/docket/board")


def test_the_search_finds_by_what_was_known_then(world: World) -> None:
    """A name that was corrected since, a cell left since, a status of then; and nobody by what came later."""
    yesterday(world)
    ana = remanded(world, "Tzul", "Eustaquia")
    gone = remanded(world, "Pop", "Ben")
    world.later(days=1)
    with session_scope(world.sessions) as session:
        row = session.query(Fact).filter_by(person_id=ana.id, kind=IDENTITY.name).one()
        said = Statement(IDENTITY, Identity(surname="Wade", given="Rose"), row.effective_at, "Birth paper")
        correct(session, row, said, reason="another name", actor=RITA, at=world.at)
    record(world, ana, HOME, Home(zone="workshop", cell="w-9"))
    released(world, gone)
    new = world.person("Tzul", "Nadine")
    rita = world.browser("rita")
    for typed in ("tzul", "Eustaquia", "eustakia", "tsul", "a-1", "remand tzul", "block-a tzul"):
        then = shown(rita, "/people", q=typed)
        assert f"/people/{ana.number}?known={YESTERDAY}" in then, typed
        assert "TZUL, Eustaquia" in then, typed
        for later in (new.number, "Rose", "w-9"):
            assert later not in then, (typed, later)
    for typed in ("wade", "Rose", "w-9", "nadine"):
        assert "Nobody like this was known then" in shown(rita, "/people", q=typed), typed
    assert gone.number in shown(rita, "/people", q="pop", inside="1")
    assert gone.number not in rita.get("/people", query_string={"q": "pop", "inside": "1"}).text
    assert "TZUL, Eustaquia" not in rita.get("/people", query_string={"q": "tzul"}).text
    led = rita.get("/people", query_string={"q": ana.number, "known": YESTERDAY})
    assert led.location == f"/people/{ana.number}?known={YESTERDAY}"


def test_the_list_of_people_then_is_the_roll_then_under_the_names_of_then(world: World) -> None:
    yesterday(world)
    ana, gone = world.person(), world.person("Pop", "Ben")
    world.later(days=1)
    renamed(world, ana, "Anabel")
    released(world, gone)
    new = world.person("Cal", "Eva")
    rita = world.browser("rita")
    for more in ({}, {"left": "1"}):
        then = shown(rita, "/people", **more)
        assert "2 people" in then
        assert "NOVELO, Ana<" in then
        assert f"/people/{gone.number}?known={YESTERDAY}" in then
        for later in ("Anabel", new.number, "Waiting for you", "Last proof", '/people/admit"><'):
            assert later not in then.partition("<main")[2], later
    assert "2 people" in rita.get("/people").text
    before = rita.get("/people", query_string={"known": "2026-11-19"}).text
    assert "Nobody like this was known then" in before


def test_a_number_of_an_agency_or_a_stay_that_came_later_finds_nobody_then(world: World) -> None:
    yesterday(world)
    ana = world.person()
    with session_scope(world.sessions) as session:
        said = Statement(
            IDENTIFIER, Identifier(sort=IdentifierSort.POLICE, number="CR 77/2026"), world.at, "Docket 1"
        )
        state(session, ana.id, said, actor=RITA, at=world.at)
    world.later(days=1)
    with session_scope(world.sessions) as session:
        said = Statement(
            IDENTIFIER, Identifier(sort=IdentifierSort.COURT, number="SC 98/2026"), world.at, "Docket 2"
        )
        state(session, ana.id, said, actor=RITA, at=world.at)
    new = world.person("Cal", "Eva")
    rita = world.browser("rita")
    assert ana.number in shown(rita, "/people", q="CR77-2026")
    assert ana.number not in shown(rita, "/people", q="SC98-2026")
    with session_scope(world.sessions, writes=False) as session:
        stay = session.get_one(Booking, stay_of(world, new)).number
        old = session.get_one(Booking, stay_of(world, ana)).number
    assert "Nobody like this" in shown(rita, "/people", q=stay)
    assert ana.number in shown(rita, "/people", q=old)


def test_a_record_of_a_release_is_not_there_before_it_was_signed(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        row = ReleaseRecord(
            booking_id=stay_of(world, person), person_id=person.id, fact_id=1, content="{}", signature=b"",
            public_key=b"", signed_at=world.at, epoch=1, counter=1,
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = row.id
    answer = world.browser("rita").get(f"/releases/records/{number}", query_string={"known": YESTERDAY})
    assert answer.status_code == 404


def test_complaints_and_incidents_then_without_answers_notes_and_names_of_later(world: World) -> None:
    yesterday(world)
    ana = world.person()
    said = Complaint(about="Food", said="Cold for a week", channel=Channel.SPOKEN, due_on=world.at.date())
    with session_scope(world.sessions) as session:
        row = complaints.take_complaint(
            session, session.get_one(Person, ana.id), said, confidential=False, actor=RITA, at=world.at
        )
        item = row.id
        told = Report(sort=IncidentSort.OTHER, occurred_at=world.at, place="Yard", what="A pane was broken")
        number = incidents.report_incident(session, told, actor=RITA, at=world.at).number
    world.later(days=1)
    with session_scope(world.sessions) as session:
        (held,) = complaints.complaints_of(session, [ana.id], confidential=False)
        complaints.answer_complaint(
            session, held, Upheld.UPHELD, "It is warm now", handed_to="", actor=RITA, at=world.at
        )
        told = Report(sort=IncidentSort.OTHER, occurred_at=world.at, place="Gate", what="Nothing")
        incidents.report_incident(session, told, actor=RITA, at=world.at)
    renamed(world, ana, "Anabel")
    rita = world.browser("rita")
    then = shown(rita, "/complaints")
    one = f"/people/{ana.number}/complaints/{item}"
    assert f"{one}?known={YESTERDAY}" in then
    for page in (then, shown(rita, one)):
        assert "NOVELO, Ana<" in page
        assert "Anabel" not in page
        assert "warm" not in page
    assert "No complaint waits" in rita.get("/complaints").text
    listed = shown(rita, "/incidents")
    assert f"/incidents/{number}?known={YESTERDAY}" in listed
    assert "Gate" not in listed.partition("<main")[2]
    single = shown(rita, f"/incidents/{number}").partition("<main")[2]
    assert "A pane was broken" in single
    assert 'method="post"' not in single


def test_the_cells_then_held_whom_they_held_under_the_names_of_then(world: World) -> None:
    yesterday(world)
    ana = remanded(world)
    gone = world.person("Pop", "Ben")
    world.later(days=1)
    renamed(world, ana, "Anabel")
    released(world, gone)
    new = world.person("Cal", "Eva")
    with session_scope(world.sessions, writes=False) as session:
        then = dwellers(session, world.at, known_at=start_of(date(2026, 11, 22)) - timedelta(seconds=1))
        now = dwellers(session, world.at)
    assert [(one.number, one.given, one.cell) for one in then] == [
        (ana.number, "Ana", "a-1"), (gone.number, "Ben", ""),
    ]  # fmt: skip
    assert {one.number for one in now} == {ana.number, new.number}
