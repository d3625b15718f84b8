"""Accepting, correcting, refusing and taking back: through the file's own ways, and the sender is told."""

from __future__ import annotations

from datetime import date

import pytest

from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import withdraw
from hub.custody.facts.reading import current
from hub.custody.legal import CHARGE, LEGAL_STATUS, ORDER, RELEASE_ORDER, LegalStatus
from hub.custody.records import Person
from hub.custody.sentencing.forms import REMAND_CREDIT, SENTENCE
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.inbox import deciding
from hub.sharing.inbox.applying import Where, tried
from hub.sharing.inbox.drafts import as_typed, prefix_of
from hub.sharing.inbox.messages import BailMessage, BailOutcome, ImposedPart
from hub.sharing.inbox.records import InboxFact, State
from hub.sharing.outbox.records import Delivery, SharingEvent

from .docket_world import record
from .inbox_world import ANA, COURT, RITA, SENT, inbox, may_not, order, sentence
from .site_world import World

TODAY = date(2026, 11, 22)


def _told(world: World) -> list[tuple[str, str]]:
    """(agency, data) of what was put out for agencies, oldest first."""
    with session_scope(world.sessions, writes=False) as session:
        rows = (
            session.query(Delivery, SharingEvent)
            .join(SharingEvent, SharingEvent.id == Delivery.event_id)
            .order_by(Delivery.id)
        )
        return [(delivery.agency, event.data) for delivery, event in rows]


def test_what_has_faults_is_not_recorded(world: World) -> None:
    post = inbox(world)
    part = ImposedPart(count="1", offence="Some local offence")
    number = post.send("sentence", sentence(parts=(part,))).number
    faulty = {one.name: set(one.faults) for one in post.drafts(number) if one.faults}
    assert faulty == {"charge-1": {"iccs"}, "sentence-1": {"term"}}
    with pytest.raises(RefusedError) as refused:
        post.accept(number)
    assert refused.value.code == "faulty"
    assert post.held(SENTENCE) == []
    assert post.receipt(number).state is State.RECEIVED


def test_a_file_that_changed_meanwhile_and_a_colleague_who_was_quicker(world: World) -> None:
    post = inbox(world)
    number = post.send("order", order()).number
    with session_scope(world.sessions, writes=False) as session:
        seen = deciding.newest_line(session, post.sharing.person)
        person = session.get_one(Person, post.sharing.person)
    record(world, person, CHARGE, post.held(CHARGE)[0])
    with pytest.raises(RefusedError) as refused:
        post.accept(number, seen=seen)
    assert refused.value.code == "changed_meanwhile"
    with session_scope(world.sessions) as session:
        deciding.take(session, number, 1, actor=RITA, at=world.at)
    with pytest.raises(RefusedError), session_scope(world.sessions) as session:
        deciding.refuse(session, number, 1, deciding.Why.OTHER, "too late", actor=RITA, at=world.at)
    assert len(post.held(ORDER)) == 1


def test_nobody_records_what_their_role_does_not(world: World) -> None:
    post = inbox(world)
    number = post.send("order", order()).number
    found, drafts = post.read(number), post.drafts(number)
    assert found.match is not None
    with pytest.raises(RefusedError, match="role"), session_scope(world.sessions) as session:
        deciding.accept(
            session, number, 1, drafts, found.match.person, found.match.booking, seen=10**9,
            reference="", may=may_not, actor=RITA, at=world.at,
        )  # fmt: skip


def test_a_refusal_needs_words_which_the_sender_reads(world: World) -> None:
    post = inbox(world)
    number = post.send("order", order()).number
    with pytest.raises(RefusedError):
        post.refuse(number, "wrong_court", " ")
    post.refuse(number, "wrong_court", "The case lies with Dangriga.")
    receipt = post.receipt(number)
    assert (receipt.state, receipt.reason_code) == (State.REFUSED, "wrong_court")
    assert receipt.reason == "The case lies with Dangriga."
    assert _told(world)[-1][0] == "courts"
    assert number in _told(world)[-1][1]
    assert "Dangriga" not in _told(world)[-1][1], "an event says nothing of anybody"
    with pytest.raises(RefusedError):
        post.accept(number, [])


def test_a_sentence_becomes_order_charges_sentences_and_credit_with_the_message_as_their_paper(
    world: World,
) -> None:
    post = inbox(world)
    number = post.send("sentence", sentence()).number
    post.accept(number)
    first, second = post.held(SENTENCE)
    with session_scope(world.sessions, writes=False) as session:
        held = current(session, SENTENCE, person_id=post.sharing.person)
        orders = current(session, ORDER, person_id=post.sharing.person)
        charges = current(session, CHARGE, person_id=post.sharing.person)
        assert session.query(InboxFact).count() == 7
    assert (first.term.years, second.term.months) == (3, 6)
    assert (first.consecutive_to, second.consecutive_to) == (None, held[0].item)
    assert first.order == second.order == orders[-1].item
    assert {first.charge, second.charge} == {one.item for one in charges}
    assert len(charges) == 2, "the robbery that was on file goes on as convicted"
    assert {one.value.outcome for one in charges} == {"convicted"}
    assert [one.days for one in post.held(REMAND_CREDIT)] == [40]
    assert post.held(LEGAL_STATUS)[-1].status is LegalStatus.SENTENCED
    assert held[0].row.source.startswith(f"{number} courts")
    assert held[0].row.recorded_by == "rita"
    assert post.receipt(number).state is State.ACCEPTED


def test_without_the_tick_the_legal_status_stays(world: World) -> None:
    post = inbox(world)
    number = post.send("sentence", sentence()).number
    drafts = post.drafts(number)
    assert [one.name for one in drafts if one.proposal.needs_tick] == ["status"]
    for one in drafts:
        one.recorded = not one.proposal.needs_tick
    post.accept(number, drafts)
    assert post.held(LEGAL_STATUS)[-1].status is LegalStatus.REMAND
    assert len(post.held(SENTENCE)) == 2
    assert post.receipt(number).state is State.ACCEPTED, "leaving the status alone corrects nothing"


def test_what_is_corrected_and_left_out_is_told_to_the_sender(world: World) -> None:
    post = inbox(world)
    number = post.send("sentence", sentence()).number
    proposals = post.read(number).proposals
    typed = {f"{prefix_of('sentence-1')}term_years": "2"}
    kept = {one.name for one in proposals} - {"credit-1"}
    post.accept(number, as_typed(proposals, typed, kept, TODAY))
    receipt = post.receipt(number)
    assert receipt.state is State.CORRECTED
    assert receipt.corrections == ("Sentence, Term, years: 3 -> 2", f"{REMAND_CREDIT.words}: not recorded")
    assert post.held(SENTENCE)[0].term.years == 2
    assert post.held(REMAND_CREDIT) == []


def test_the_release_date_is_reckoned_with_and_without_and_nothing_of_it_stays(world: World) -> None:
    post = inbox(world)
    number = post.send("sentence", sentence()).number
    found = post.read(number)
    assert found.match is not None
    assert found.match.person is not None
    where = Where(found.match.person, found.match.booking, found.row)
    drafts = post.drafts(number)
    with session_scope(world.sessions) as session:
        trial = tried(session, drafts, where, actor=RITA, at=world.at, today=TODAY)
    assert trial.before is None
    assert trial.after is not None
    assert trial.after.dates.full_term_on is not None
    assert post.held(SENTENCE) == []
    assert len(post.held(ORDER)) == 1


def test_bail_that_was_met_is_an_order_to_release_and_lets_nobody_go(world: World) -> None:
    post = inbox(world)
    bail = BailMessage(
        message_id="b", issued_at=SENT, subject=ANA, court=COURT, case="C 7", reference="B 1",
        outcome=BailOutcome.MET, issued_on=TODAY, conditions="Report every Friday",
    )  # fmt: skip
    number = post.send("bail", bail).number
    post.accept(number)
    assert [(one.reason, one.conditions) for one in post.held(RELEASE_ORDER)] == [
        ("bail", "Report every Friday")
    ]
    with session_scope(world.sessions, writes=False) as session:
        assert open_booking_of(session, post.sharing.person) is not None


def test_taking_back_withdraws_everything_and_the_message_is_decided_again(world: World) -> None:
    post = inbox(world)
    number = post.send("sentence", sentence()).number
    post.accept(number)
    with session_scope(world.sessions) as session:
        held = current(session, REMAND_CREDIT, person_id=post.sharing.person)[0]
        withdraw(session, held.row, REMAND_CREDIT, reason="read wrongly", actor=RITA, at=world.at)
    version = post.read(number).item.version
    with session_scope(world.sessions) as session:
        deciding.take_back(session, number, version, "wrong person", actor=RITA, at=world.at)
    assert (post.held(SENTENCE), len(post.held(ORDER)), len(post.held(CHARGE))) == ([], 1, 1)
    assert post.held(CHARGE)[0].outcome == ""
    assert post.held(LEGAL_STATUS)[-1].status is LegalStatus.REMAND
    assert post.receipt(number).state is State.TAKEN_BACK
    post.refuse(number, "several_people", "Meant for somebody else.")
    states = [data.partition('"pims:ReceiptStateCode":"')[2].partition('"')[0] for _, data in _told(world)]
    assert states[-3:] == ["accepted", "taken_back", "refused"]


def test_the_answer_goes_under_the_purpose_that_is_agreed(world: World) -> None:
    post = inbox(world)
    number = post.send("order", order()).number
    with session_scope(world.sessions) as session:
        deciding.refuse(session, number, 1, deciding.Why.OTHER, "Send it again", actor=RITA, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        told = session.query(Delivery).filter_by(exchange="order_receipt").one()
        granted = {
            grant.purpose
            for one in agreements_in_force(session, world.at, told.agency)
            for grant in one.terms.grants
            if grant.exchange == told.exchange
        }
        assert {told.purpose} == granted
