"""The slip tells only what is certain, and what a person says is wrong is answered with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import Statement, correct, state
from hub.custody.facts.reading import Held
from hub.custody.facts.records import Fact
from hub.custody.legal import (
    HEARING,
    ORDER,
    RELEASE_ORDER,
    Hearing,
    OrderToHold,
    OrderToRelease,
    ReleaseReason,
)
from hub.custody.life import queries
from hub.custody.life.property import PropertyItem, Signature, Signed, take_in
from hub.custody.life.queries import Came, Query, Result, open_queries
from hub.custody.records import Person
from hub.custody.rules import OrderKind
from hub.custody.sentencing import policies
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType
from hub.custody.sentencing.policy import Policy
from hub.custody.sentencing.signing import sign_first, verify
from hub.custody.sentencing.terms import Term
from hub.database import session_scope
from hub.reception.slip.content import Content
from hub.reception.slip.making import make_slip, read_slip
from hub.sentences import RefusedError

from .site_world import World, post

ROLE = Role.RECORDS_OFFICER
RITA, OTTO = Actor("rita", "10.0.0.5"), Actor("otto", "10.0.0.6")
TODAY = date(2026, 11, 22)


def slip(world: World, person: Person, language: str = "en") -> Content:
    with session_scope(world.sessions) as session:
        return read_slip(make_slip(session, person, language, actor=RITA, at=world.at))


def record(world: World, person: Person, kind: object, value: object) -> Fact:
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        said = Statement(kind, value, world.at, "Case 7", booking_id=booking.id)  # type: ignore[arg-type,var-annotated]
        return state(session, person.id, said, actor=RITA, at=world.at)


def test_nobody_outside_gets_a_slip(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        booking.released_at = world.at
    with pytest.raises(RefusedError, match="not in custody"):
        slip(world, person)


def test_without_a_sentence_it_says_on_what_order_somebody_is_held_and_asks_for_a_court_date(
    world: World,
) -> None:
    told = slip(world, world.person())
    assert told.court[0] == "No court date is written down for you."
    assert told.release[0] == "The court has not decided yet how long you are held."
    assert told.release[1] == "You are held on the order W 1/2026."
    assert told.reasons == ()


def test_an_order_that_has_ended_is_told_as_ended(world: World) -> None:
    person = world.person()
    record(
        world,
        person,
        ORDER,
        OrderToHold(OrderKind.REMAND_ORDER, "RO 9/2026", date(2026, 10, 20), date(2026, 11, 10)),
    )
    told = slip(world, person)
    assert any(line.startswith("The order RO 9/2026 ended on 10 Nov 2026.") for line in told.release)


def test_the_next_court_date_that_has_no_outcome_is_told(world: World) -> None:
    person = world.person()
    for days, outcome in ((9, ""), (5, "")):
        at = world.at + timedelta(days=days)
        hearing = Hearing(court="Belmopan", hearing_at=at, purpose=f"mention {days}", outcome=outcome)
        record(world, person, HEARING, hearing)
    told = slip(world, person, "es")
    assert told.court == ("27 nov 2026, 12:00", "Belmopan: mention 5")


def test_a_date_that_nobody_signed_is_not_told_as_the_day_of_release(world: World) -> None:
    person = world.person()
    term = Imposed(type=SentenceType.TERM, imposed_on=date(2026, 1, 5), term=Term(years=2))
    record(world, person, SENTENCE, term)
    told = slip(world, person)
    assert not any("You go out on" in line for line in told.release)
    assert told.release[0] == "You are held not later than 4 Jan 2028."
    assert "not been signed" in told.release[1]


LAW = Policy(name="Two thirds", authority="Invented Act", effective_on=date(2000, 1, 1), serve="2/3")


def verified(world: World, person: Person, term: Term) -> None:
    """A sentence from 5 January 2026 whose date two officers signed, two thirds of it to be served."""
    record(world, person, SENTENCE, Imposed(type=SentenceType.TERM, imposed_on=date(2026, 1, 5), term=term))
    with session_scope(world.sessions) as session:
        row = policies.draft(session, LAW, actor=Actor("dora", "test"), at=world.at)
        policies.accept(session, row.id, actor=Actor("don", "test"), at=world.at)
        booking = open_booking_of(session, person.id)
        assert booking is not None
        verify(session, sign_first(session, booking.id, actor=RITA, at=world.at).id, actor=OTTO, at=world.at)


def test_a_date_that_two_officers_signed_is_told_with_its_reasons(world: World) -> None:
    person = world.person()
    verified(world, person, Term(years=3))
    told = slip(world, person)
    assert told.release[:2] == ("You go out on 5 Jan 2028.", "Two officers have signed this date.")
    assert any("2/3" in line for line in told.reasons), told.reasons
    assert told.facts
    assert slip(world, person, "es").release[0] == "Usted sale el 5 ene 2028."


def test_a_signed_day_that_has_passed_is_told_as_one_that_has_passed(world: World) -> None:
    person = world.person()
    verified(world, person, Term(months=6))
    told = slip(world, person)
    assert told.release[0].startswith("Your day to go out was")
    assert "Say so at once" in told.release[2]


def test_a_court_date_that_passed_without_a_word_is_not_forgotten(world: World) -> None:
    person = world.person()
    at = world.at + timedelta(days=3)
    record(world, person, HEARING, Hearing(court="Belmopan", hearing_at=at, purpose="mention"))
    world.later(days=4)
    told = slip(world, person)
    assert told.court[0] == "Your court date was 25 Nov 2026."
    assert "Belmopan: what the court said is not written down here yet." in told.court


def test_an_order_to_release_comes_first(world: World) -> None:
    person = world.person()
    order = OrderToRelease(reason=ReleaseReason.BAIL, reference="B 7", issued_on=TODAY)
    record(world, person, RELEASE_ORDER, order)
    assert slip(world, person).release[:2] == (
        "There is an order that you are to be released.",
        "Bail, B 7, of 22 Nov 2026",
    )


def test_what_is_kept_stands_on_it_and_printing_is_written_down(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        items = [PropertyItem(what=f"Thing {number}") for number in range(65)]
        take_in(session, booking, items, Signature(Signed.PAPER, "7"), actor=RITA, at=world.at)
    told = slip(world, person)
    assert told.property[0] == "1 x Thing 0"
    assert told.property[-1] == "and 5 more things"
    with session_scope(world.sessions, writes=False) as session:
        acts = select(AuditEntry.detail).where(AuditEntry.act == "slip.print")
        assert session.scalars(acts).all() == ["S-000001"]


def ask(
    world: World, person: Person, said: str = "My name is wrong", days: int = 7, about: int | None = None
) -> Held[Query]:
    wanted = Query(number="", said=said, came=Came.OFFICER, due_on=TODAY + timedelta(days=days), about=about)
    with session_scope(world.sessions) as session:
        row, _ = queries.open_query(session, person, wanted, actor=RITA, at=world.at)
        return next(one for one in queries.queries_of(session, [person.id]) if one.item == row.id)


def answer(
    world: World, held: Held[Query], result: Result, words: str = "done", fix: int | None = None
) -> None:
    with session_scope(world.sessions) as session:
        queries.answer_query(session, held, result, words, fix, actor=OTTO, at=world.at)


def refused(code: str, act: object, *arguments: object, **more: object) -> None:
    with pytest.raises(RefusedError) as error:
        act(*arguments, **more)  # type: ignore[operator]
    assert error.value.code == code


def test_a_query_needs_words_a_clock_that_can_be_and_a_fact_of_this_file(world: World) -> None:
    one, two = world.person(), world.person("Other")
    with session_scope(world.sessions, writes=False) as session:
        strange = session.scalars(select(Fact.id).where(Fact.person_id == two.id)).first()
    refused("nothing_said", ask, world, one, " ")
    refused("query_due", ask, world, one, days=-1)
    refused("query_due", ask, world, one, days=90)
    refused("strange_fact", ask, world, one, about=strange)


def test_a_correction_is_named_by_the_answer_and_has_to_be_there(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions, writes=False) as session:
        identity = session.scalars(select(Fact).where(Fact.person_id == person.id)).first()
        assert identity is not None
    held = ask(world, person, about=identity.id)
    refused("no_correction", answer, world, held, Result.CORRECTED)
    refused("no_correction", answer, world, held, Result.CORRECTED, fix=identity.id)
    refused("no_answer", answer, world, held, Result.RIGHT_AS_IT_IS, " ")
    world.later(hours=1)
    with session_scope(world.sessions) as session:
        from hub.custody.identity import IDENTITY, Identity

        right = Statement(IDENTITY, Identity(surname="Novello", given="Ana"), identity.effective_at)
        fix = correct(session, identity, right, reason="passport", actor=OTTO, at=world.at)
    answer(world, held, Result.CORRECTED, "It reads Novello now", fix.id)
    refused("answered_already", answer, world, held, Result.RIGHT_AS_IT_IS)
    with session_scope(world.sessions, writes=False) as session:
        assert open_queries(session) == []
        before = open_queries(session, world.at - timedelta(minutes=30))
        assert [one.number for one in before] == ["Q-000001"]


def test_who_is_not_content_asks_again_and_the_clock_runs_from_the_start(world: World) -> None:
    person = world.person()
    held = ask(world, person)
    answer(world, held, Result.RIGHT_AS_IT_IS)
    with session_scope(world.sessions) as session:
        now = queries.queries_of(session, [person.id])[0]
        for never in (TODAY - timedelta(days=1), date.max):
            with pytest.raises(RefusedError, match="Choose by when"):
                queries.ask_again(session, now, "Still wrong", never, actor=RITA, at=world.at)
        queries.ask_again(session, now, "Still wrong", TODAY + timedelta(days=7), actor=RITA, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        found = open_queries(session)
        assert [(one.number, one.opened_at) for one in found] == [("Q-000001", held.row.recorded_at)]
        assert found[0].said == "My name is wrong\nStill wrong"


def test_from_the_slip_to_the_answer_on_pages(world: World) -> None:
    person = world.person()
    client = world.browser("rita", Role.RECORDS_OFFICER)
    base = f"/people/{person.number}"
    made = post(client, f"{base}/slip", {"language": "bzj", "paper": "roll"})
    assert made.status_code == 303
    paper = client.get(made.location).text
    assert "narrow-roll" in paper
    assert "Yu neks koat day / Your next court date" in paper
    assert "S-000001" in paper
    strange = {"said": "No", "came": "slip", "slip": "S-000009", "due_on": "2026-11-29"}
    bad = post(client, f"{base}/query", strange)
    assert bad.status_code == 400
    assert "was not given a slip" in bad.text
    good = {"said": "<script>wrong</script>", "came": "slip", "slip": "s-000001", "due_on": "2026-11-29"}
    made = post(client, f"{base}/query", good)
    assert made.status_code == 303
    assert "Q-000001" in client.get(made.location).text
    page = client.get("/queries").text
    assert "&lt;script&gt;wrong" in page
    with session_scope(world.sessions, writes=False) as session:
        item = open_queries(session)[0].item
    address = f"{base}/queries/{item}"
    assert post(client, address, {"act": "take"}).status_code == 303
    assert post(client, address, {"act": "answer", "result": "", "answer": "x"}).status_code == 400
    said = {"act": "answer", "result": "right_as_it_is", "answer": "The order says so."}
    assert post(client, address, said).status_code == 303
    assert "The order says so." in client.get(address).text
    steps = client.get(address).text.partition("<h2>Steps</h2>")[2]
    assert steps.index("Asked: ") < steps.index("Answered: ")
    assert "Q-000001" in client.get(base).text
    assert client.get(f"{base}/queries/999999").status_code == 404
    assert client.get("/slips/S-000999").status_code == 404
    officer = world.browser("olga", Role.OFFICER)
    assert officer.get("/slips/S-000001").status_code == 403
    assert officer.get(f"{base}/query").status_code == 200
