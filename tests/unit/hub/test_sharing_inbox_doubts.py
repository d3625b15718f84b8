"""Whom a message is about, and what speaks against it: unknown, twins, another court, out of order, twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from hub.custody.records import Person
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort
from hub.database import session_scope
from hub.sharing.inbox import deciding
from hub.sharing.inbox.lists import Part, count_arrived, count_open, count_overdue, listed, waiting_for
from hub.sharing.inbox.matching import How
from hub.sharing.inbox.messages import (
    BailMessage,
    BailOutcome,
    ChargeMessage,
    HearingMessage,
    ImposedPart,
    SentTerm,
    Subject,
)

from .docket_world import record
from .inbox_world import ANA, COURT, RITA, SENT, Inbox, inbox, order, sentence
from .site_world import World

UNKNOWN = Subject(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M")


def _how(post: Inbox, subject: Subject, message_id: str) -> How:
    match = post.read(post.send("order", order(message_id, subject=subject)).number).match
    assert match is not None
    return match.how


def test_our_number_and_theirs_say_who_it_is_a_name_alone_only_when_nobody_else_has_it(world: World) -> None:
    post = inbox(world)
    assert _how(post, ANA, "n-1") is How.NUMBER
    assert _how(post, msgspec.structs.replace(ANA, number="", booking="B-000001"), "n-2") is How.NUMBER
    bare = msgspec.structs.replace(ANA, number="")
    assert _how(post, bare, "n-3") is How.NAME
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, post.sharing.person)
    record(world, person, IDENTIFIER, Identifier(sort=IdentifierSort.COURT, number="BCR-9"))
    theirs = msgspec.structs.replace(bare, reference="bcr 9", given="Anna", born_on=ANA.born_on)
    assert _how(post, theirs, "n-4") is How.REFERENCE


def test_of_name_twins_nobody_is_chosen(world: World) -> None:
    post = inbox(world)
    twin = post.person("Novelo", "Ana", date(1992, 1, 1))
    found = post.read(post.send("order", order(subject=msgspec.structs.replace(ANA, number=""))).number)
    assert found.match is not None
    assert (found.match.how, found.match.person) == (How.TWINS, None)
    assert {one.number for one in found.match.others} == {"P-000001", twin.number}
    assert found.proposals == ()
    assert "several_people" in {flag.doubt for flag in found.flags}


def test_a_number_that_belongs_to_somebody_else_than_the_name_says_chooses_nobody(world: World) -> None:
    post = inbox(world)
    post.person("Tzul", "Marvin", date(1988, 7, 2))
    found = post.read(
        post.send("order", order(subject=msgspec.structs.replace(UNKNOWN, number="P-000001"))).number
    )
    assert found.match is not None
    assert found.match.how is How.TWINS
    assert len(found.match.others) == 2


def test_nobody_by_that_and_somebody_who_is_not_here(world: World) -> None:
    post = inbox(world)
    assert post.doubts(post.send("order", order("u-1", subject=UNKNOWN)).number) == {"unknown_person"}
    post.person("Tzul", "Marvin", date(1988, 7, 2), inside=False)
    doubts = post.doubts(post.send("order", order("u-2", subject=UNKNOWN)).number)
    assert {"not_in_custody", "name_only"} <= doubts


def test_another_court_than_that_of_the_case(world: World) -> None:
    post = inbox(world)
    assert "wrong_court" not in post.doubts(post.send("order", order("c-1")).number)
    assert "wrong_court" not in post.doubts(post.send("order", order("c-2", court="BELIZE  city")).number)
    found = post.read(post.send("order", order("c-3", court="Dangriga")).number)
    flag = next(one for one in found.flags if one.doubt == "wrong_court")
    assert flag.fact_id is not None


def test_an_earlier_message_of_a_case_after_a_later_one_and_a_sentence_before_its_order(world: World) -> None:
    post = inbox(world)
    first = post.send("order", order("q-2", sequence=2)).number
    assert "out_of_order" not in post.doubts(first)
    found = post.read(post.send("order", order("q-1", sequence=1)).number)
    assert [flag.number for flag in found.flags if flag.doubt == "out_of_order"] == [first]
    luz = post.person("Coc", "Luz", date(1960, 1, 1))
    subject = Subject(surname="Coc", given="Luz", number=luz.number)
    assert "out_of_order" in post.doubts(post.send("sentence", sentence(subject=subject)).number)
    assert "out_of_order" not in post.doubts(post.send("sentence", sentence("s-2")).number)


def test_a_court_date_that_has_passed_and_an_order_that_is_on_file(world: World) -> None:
    post = inbox(world)
    passed = HearingMessage(
        message_id="h-1", issued_at=SENT, subject=ANA, court=COURT, case="C 7",
        hearing_at=datetime(2026, 11, 1, 15, tzinfo=UTC), purpose="mention",
    )  # fmt: skip
    assert "date_passed" in post.doubts(post.send("hearing", passed).number)
    found = post.read(post.send("order", order("t-1", reference="w 1/2026")).number)
    flag = next(one for one in found.flags if one.doubt == "already_on_file")
    assert flag.fact_id is not None


def test_a_sentence_that_follows_one_that_is_not_there_contradicts_itself(world: World) -> None:
    post = inbox(world)
    part = ImposedPart(count="1", offence="Robbery", term=SentTerm(years=1), follows="7")
    assert "contradicts_itself" in post.doubts(post.send("sentence", sentence(parts=(part,))).number)
    part = msgspec.structs.replace(part, follows="", concurrent=True)
    assert "contradicts_itself" not in post.doubts(
        post.send("sentence", sentence("s-2", parts=(part,))).number
    )


def test_whose_liberty_hangs_on_it_comes_first_and_has_the_shortest_clock(world: World) -> None:
    post = inbox(world)
    charge = ChargeMessage(message_id="a", issued_at=SENT, subject=ANA, offence="Theft", court=COURT)
    post.send("charge", charge, "police")
    post.send("sentence", sentence())
    bail = BailMessage(
        message_id="b", issued_at=SENT, subject=ANA, court=COURT, case="C 7", reference="B 1",
        outcome=BailOutcome.MET, issued_on=date(2026, 11, 22),
    )  # fmt: skip
    post.send("bail", bail)
    with session_scope(world.sessions) as session:
        found = listed(session, Part.OPEN, world.at)
        assert [line.row.exchange for line in found.lines] == ["bail", "sentence", "charge"]
        assert (count_open(session), count_overdue(session, world.at)) == (3, 0)
        assert count_overdue(session, world.at + timedelta(hours=2)) == 1
        assert count_overdue(session, world.at + timedelta(hours=9)) == 2


def test_a_kept_message_is_found_again_when_its_person_comes(world: World) -> None:
    post = inbox(world)
    number = post.send("order", order(subject=UNKNOWN)).number
    with session_scope(world.sessions) as session:
        deciding.keep(session, number, 1, actor=RITA, at=world.at)
        assert (count_open(session), count_arrived(session)) == (0, 0)
    marvin = post.person("Tzul", "Marvin", date(1988, 7, 2))
    other = post.person("Tzul", "Marta", date(1988, 7, 2))
    with session_scope(world.sessions) as session:
        assert count_arrived(session) == 1
        assert [row.number for row, _ in waiting_for(session, marvin, [marvin.id])] == [number]
        assert waiting_for(session, other, [other.id]) == []
        assert listed(session, Part.KEPT, world.at).lines[0].arrived
