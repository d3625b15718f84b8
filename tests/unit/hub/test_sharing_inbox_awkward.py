"""Orders as they come on a bad day: papers that cannot be right by themselves, or beside the file they are for."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from hub.sharing.inbox.drafts import as_typed, differences
from hub.sharing.inbox.messages import (
    AppealMessage,
    AppealState,
    BailMessage,
    BailOutcome,
    CourtOrder,
    ImposedPart,
    Message,
    SentTerm,
    Subject,
)

from .inbox_world import ANA, COURT, SENT, Inbox, inbox, order, sentence
from .site_world import World

TODAY = date(2026, 11, 20)


@pytest.fixture
def desk(world: World) -> Inbox:
    made = inbox(world)
    made.person("Núñez García", "José María", date(1985, 3, 2))
    return made


def said(desk: Inbox, exchange: str, message: Message) -> dict[str, str]:
    """Each doubt with its sentence."""
    found = desk.read(desk.send(exchange, message).number)
    return {flag.doubt.value: str(flag.words) for flag in found.flags}


def about(**parts: Any) -> Subject:
    return msgspec.structs.replace(ANA, **parts)


def bail(outcome: BailOutcome = BailOutcome.MET) -> BailMessage:
    return BailMessage(
        message_id="b-1", issued_at=SENT, subject=ANA, court=COURT, case="C 7", reference="B 1",
        outcome=outcome, issued_on=TODAY,
    )  # fmt: skip


def appeal(number: str, state: AppealState, case: str = "C 7") -> AppealMessage:
    return AppealMessage(
        message_id=number, issued_at=SENT, subject=ANA, court=COURT, case=case, reference="A 1", state=state,
        issued_on=TODAY,
    )  # fmt: skip


def test_what_is_right_raises_no_doubt(desk: Inbox) -> None:
    assert said(desk, "order", order()) == {}
    assert said(desk, "bail", bail()) == {}


@pytest.mark.parametrize(
    ("surname", "given"), [("Núñez", "José"), ("García Núñez", "José María"), ("José María", "Núñez García")]
)
def test_a_name_written_otherwise_is_left_to_an_officer(desk: Inbox, surname: str, given: str) -> None:
    subject = Subject(surname=surname, given=given, born_on=date(1985, 3, 2), sex="M")
    doubts = said(desk, "order", order(subject=subject))
    assert "One person here has such a name" in doubts["several_people"]


def test_accents_alone_make_nobody_a_stranger(desk: Inbox) -> None:
    subject = Subject(surname="Nunez Garcia", given="Jose Maria", born_on=date(1985, 3, 2), sex="M")
    assert set(said(desk, "order", order(subject=subject))) == {"name_only"}


def test_a_mistyped_number_is_told_as_such(desk: Inbox) -> None:
    lost = said(desk, "order", order("m-1", subject=about(number="P-000999")))
    assert "Nobody here has the number P-000999" in lost["name_only"]
    another = said(desk, "order", order("m-2", subject=about(number="P-000002"), reference="M 2"))
    assert "that of P-000002, whose name and birth are others" in another["several_people"]


def test_of_twins_it_says_how_many(desk: Inbox) -> None:
    for _ in range(2):
        desk.person("Perez", "Maria", date(1970, 1, 1))
    subject = Subject(surname="Perez", given="Maria", born_on=date(1970, 1, 1), sex="F")
    assert said(desk, "order", order(subject=subject))["several_people"].startswith("2 people here")


def test_an_order_that_ran_out_before_it_came(desk: Inbox) -> None:
    old = order(issued_on=date(2026, 1, 1), valid_until=date(2026, 2, 1))
    assert "ran out on 2026-02-01" in said(desk, "order", old)["date_passed"]


def test_a_paper_older_than_the_person(desk: Inbox) -> None:
    paper = order(issued_on=date(1980, 1, 1), valid_until=None)
    assert "before the person was born" in said(desk, "order", paper)["contradicts_itself"]


def test_more_credit_than_sentence(desk: Inbox) -> None:
    def part(days: int) -> ImposedPart:
        return ImposedPart(
            count="1", offence="Robbery", iccs="0401", term=SentTerm(months=1), credit_days=days
        )

    assert "contradicts_itself" not in said(desk, "sentence", sentence("c-1", parts=(part(31),)))
    too_much = said(desk, "sentence", sentence("c-2", reference="C 2", parts=(part(32),)))
    assert "credits 32 days, more than it is long" in too_much["contradicts_itself"]


def test_a_court_spelt_otherwise_is_the_same_court_and_another_is_named(desk: Inbox) -> None:
    assert "wrong_court" not in said(desk, "order", order("w-1", court="BELIZE  CITY, Court of"))
    other = said(desk, "order", order("w-2", court="Corozal", reference="W 2"))
    assert "from Corozal, and on file is Belize City" in other["wrong_court"]


def test_bail_or_remand_for_somebody_who_serves_a_sentence(desk: Inbox) -> None:
    desk.accept(desk.send("sentence", sentence()).number)
    assert "whom that sentence holds" in said(desk, "bail", bail())["status_differs"]
    assert "does not end" in said(desk, "order", order("r-1"))["status_differs"]
    allowed = order("r-2", kind=CourtOrder.RELEASE_APPEAL_ALLOWED, reference="R 2", valid_until=None)
    assert "status_differs" not in said(desk, "order", allowed)
    released = order("r-3", kind=CourtOrder.RELEASE_ACQUITTED, reference="R 3", valid_until=None)
    assert "status_differs" in said(desk, "order", released)


def test_the_same_sentence_under_another_paper(desk: Inbox) -> None:
    desk.accept(desk.send("sentence", sentence()).number)
    again = said(desk, "sentence", sentence("s-2", reference="SO 2"))
    assert "same day, same term" in again["already_on_file"]
    later = sentence("s-3", reference="SO 3", imposed_on=date(2026, 11, 21))
    assert "already_on_file" not in said(desk, "sentence", later)


def test_an_appeal_before_what_it_is_about(desk: Inbox) -> None:
    early = said(desk, "appeal", appeal("a-1", AppealState.LODGED, "C 99"))
    assert "Nothing of case C 99 is on the file" in early["out_of_order"]
    assert "out_of_order" not in said(desk, "appeal", appeal("a-2", AppealState.LODGED))
    decided = said(desk, "appeal", appeal("a-3", AppealState.DISMISSED))
    assert "This decides an appeal that is not on the file" in decided["out_of_order"]


def test_what_is_corrected_is_told_and_what_means_alike_is_not(desk: Inbox) -> None:
    """A class of offence comes back with its words: the sender is not told of a correction that nobody made."""
    proposed = desk.read(desk.send("sentence", sentence()).number).proposals
    recorded = {one.name for one in proposed}

    def told(**typed: str) -> list[str]:
        return differences(as_typed(proposed, typed, recorded, date(2026, 11, 22)))

    alike = {
        "p-charge-1-iccs": "0401 Robbery",
        "p-sentence-1-fine_cents": "0",
        "p-sentence-1-term_days": "00",
    }
    assert told(**alike) == []
    assert told(**{"p-charge-1-iccs": "0502 x"}) == ["Charge, Class of the offence: 0401 -> 0502 x"]
    assert told(**{"p-sentence-1-term_years": "2"}) == ["Sentence, Term, years: 3 -> 2"]
    assert told(**{"p-sentence-1-term_years": "two"}) == ["Sentence, Term, years: 3 -> two"]
