"""Where records officers and health officers begin: what waits for them, and who is inside."""

from __future__ import annotations

from datetime import date, timedelta

from flask.testing import FlaskClient

from hub.accounts.audit import Actor
from hub.accounts.permissions import ALLOWED, Role
from hub.custody.life import queries
from hub.custody.merging.records import MergeCase, MergeStep
from hub.custody.merging.rules import Act
from hub.custody.records import Booking, Person
from hub.custody.sentencing.records import Holiday, ReckoningRow
from hub.database import session_scope
from hub.reception.admitting.records import State, UnderWay
from hub.reception.blackout.records import PaperBatch
from hub.reception.releasing.records import CaseState, ReleaseCase
from hub.web.routes import required_permission
from hub.website.waiting import WAITING

from .docket_world import look, remanded, standing
from .site_world import World


def counts(client: FlaskClient, login: str, world: World) -> dict[str, int]:
    """What waits, by address."""
    with session_scope(world.sessions, writes=False) as session:
        counted = {thing.address: thing.count(session, login, world.at) for thing in WAITING.things}
    page = client.get("/people").text
    for thing in WAITING.things:
        shown = f'href="{thing.address.replace("&", "&amp;")}"><span class="chip' in page
        assert shown == bool(counted[thing.address]), thing.address
    return counted


def test_nobody_is_led_to_a_page_that_is_closed_to_them(world: World) -> None:
    app = world.stranger().application
    for thing in WAITING.things:
        endpoint, _ = app.url_map.bind("").match(thing.address.partition("?")[0], method="GET")
        needed = required_permission(app.view_functions[endpoint])
        holding = [role for role in Role if thing.permission in ALLOWED[role]]
        assert holding
        assert all(needed in ALLOWED[role] for role in holding), thing.address


def test_nothing_waits_and_health_officers_have_nothing_that_could(world: World) -> None:
    assert "Nothing waits for you" in world.browser("rita").get("/people").text
    assert "Waiting for you" not in world.browser("hana", Role.HEALTH).get("/people").text


def test_own_findings_and_those_without_owner_are_counted_apart_and_overdue_ones_too(world: World) -> None:
    world.site()
    remanded(world, next_in_days=1)
    world.later(days=2)
    rita = world.browser("rita")
    look(world)
    row = standing(world, "no_outcome")[0]
    before = counts(rita, "rita", world)
    assert (before["/docket?owner=me"] > 0, before["/docket?owner=nobody"]) == (True, 0)
    with session_scope(world.sessions) as session:
        held = session.get_one(type(row), row.id)
        held.owner, held.due_at = None, world.at - timedelta(hours=1)
    after = counts(rita, "rita", world)
    assert (after["/docket?owner=nobody"], after["/docket?owner=nobody&overdue=1"]) == (1, 1)


def test_second_signatures_count_for_others_only(world: World) -> None:
    one, other = world.person("Novelo", "Ana"), world.person("Coc", "Mar")
    rita = world.browser("rita")
    at, day = world.at, date(2027, 1, 1)
    with session_scope(world.sessions) as session:
        booking = session.query(Booking).filter_by(person_id=one.id).one().id
        case = MergeCase(one_id=one.id, other_id=other.id, found_by="officer", opened_at=at, opened_by="rita")
        session.add(case)
        session.flush()
        session.add_all(
            [
                ReckoningRow(booking_id=booking, digest="d", inputs="{}", result="{}", outcome="date",
                             release_on=day, full_term_on=day, reckoned_by="rita", reckoned_at=at),
                MergeStep(case_id=case.id, number=1, act=Act.SUSPECTED.value, at=at, by="noel", reason="", moves=""),
                MergeStep(case_id=case.id, number=2, act=Act.PROPOSED.value, at=at, by="rita", reason="", moves=""),
                ReleaseCase(key="k", booking_id=booking, person_id=one.id, reason="x", state=CaseState.OPEN,
                            started_at=at, started_by="rita", ended_at=None, ended_because=""),
                PaperBatch(key="k", place="Gate", dark_from_at=at, dark_until_at=at, paper="p", rows="[]",
                           state="SIGNED", version=1, opened_at=at, opened_by="rita", signed_at=at, signed_by="rita",
                           entered_by="", undone_by="", undo_reason=""),
                Holiday(on=day, name="New Year", authority="Act", recorded_by="rita", recorded_at=at),
                UnderWay(key="k", state=State.OPEN, version=1, started_at=at, started_by="rita", changed_at=at,
                         changed_by="rita", sealed=b"", ended_because=""),
            ]
        )  # fmt: skip
    signing = ("/release-dates", "/merges", "/releases", "/paper", "/policies/holidays")
    with session_scope(world.sessions, writes=False) as session:
        told = {
            login: [thing.count(session, login, at) for thing in WAITING.things if thing.address in signing]
            for login in ("rita", "noel")
        }
        begun = [thing.count(session, "rita", at) for thing in WAITING.things if "admit" in thing.address]
    assert told == {"rita": [0] * 5, "noel": [1] * 5}
    assert begun == [1]
    page = rita.get("/people").text
    assert "Admissions under way" in page
    assert "Merges to decide" not in page


def test_an_answered_query_waits_no_more_and_one_that_is_due_is_told_apart(world: World) -> None:
    person, actor = world.person("Novelo", "Ana"), Actor("rita", "")
    today = world.at.date()
    said = '"result":"corrected"'  # what the person says is no answer
    with session_scope(world.sessions) as session:
        who = session.get_one(Person, person.id)
        for days in (0, 3, 3):
            asked = queries.Query(
                number="", said=said, came=queries.Came.OFFICER, due_on=today + timedelta(days=days)
            )
            queries.open_query(session, who, asked, actor=actor, at=world.at)
        last = queries.open_queries(session)[-1].held
        queries.answer_query(
            session, last, queries.Result.RIGHT_AS_IT_IS, "It is so.", None, actor=actor, at=world.at
        )
    with session_scope(world.sessions, writes=False) as session:
        assert queries.count_open(session) == len(queries.open_queries(session)) == 2
        assert queries.count_open(session, due_by=today) == 1


def test_the_list_is_of_those_inside_and_says_not_seen_yet_of_nobody_who_left(world: World) -> None:
    client = world.browser("rita")
    gone = world.person("Coc", "Mar")
    with session_scope(world.sessions) as session:
        session.query(Booking).filter_by(person_id=gone.id).one().released_at = world.at
    assert "Nobody in custody stands on this page" in client.get("/people").text
    world.person("Novelo", "Ana")
    page = client.get("/people").text
    assert "NOVELO, Ana" in page
    assert "COC, Mar" not in page
    everybody = client.get("/people?left=1").text
    assert "COC, Mar" in everybody
    assert everybody.count("not seen yet") == 1
    assert "COC, Mar" in client.get("/people?q=coc").text, "whoever comes back is found by a search"
