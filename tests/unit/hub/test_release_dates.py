"""Release dates from the paper to two signatures: entering an order, why a date is so, verifying it blind."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.facts.actions import Statement, correct, end, state, withdraw
from hub.custody.facts.reading import current
from hub.custody.facts.records import Fact
from hub.custody.legal import CHARGE, LEGAL_STATUS, ORDER, LegalStatus
from hub.custody.records import Person
from hub.custody.sentencing import policies
from hub.custody.sentencing.dates import Certainty, best_known, best_known_all, verified_date_of
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.sentencing.policy import Policy
from hub.custody.sentencing.signing import sign_first, verify
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.web.formats import start_of

from .site_world import World, post, token_of

DORA, DON = Actor("dora", "test"), Actor("don", "test")
RITA, RAUL = Actor("rita", "test"), Actor("raul", "test")
TWO_THIRDS = Policy(
    name="Two thirds", authority="Invented Act, s. 1", effective_on=date(2000, 1, 1), serve="2/3"
)
TODAY = date(2026, 11, 22)


def in_force(world: World, policy: Policy = TWO_THIRDS) -> int:
    with session_scope(world.sessions) as session:
        row = policies.draft(session, policy, actor=DORA, at=world.at)
        policies.accept(session, row.id, actor=DON, at=world.at)
        return row.id


def sentenced(world: World, person: Person, term: Term | None = None) -> tuple[int, int]:
    """(stay, fact) of a sentence of two years from 2 March 2026, or of another term."""
    value = Imposed(type=SentenceType.TERM, imposed_on=date(2026, 3, 2), term=term or Term(years=2))
    with session_scope(world.sessions) as session:
        stay = session.scalars(select(Fact.booking_id).where(Fact.person_id == person.id)).all()[-1]
        assert stay is not None
        statement = Statement(SENTENCE, value, start_of(value.imposed_on), source="W 7/2026", booking_id=stay)
        return stay, state(session, person.id, statement, actor=RITA, at=world.at).id


def form_of(**more: object) -> dict[str, object]:
    """An order with one charge and a term of two years from 2 March 2026."""
    return {
        "rows": "2",
        "kind": "sentence_order",
        "reference": "SO 44/2026",
        "issued_on": "2026-03-02",
        "court": "Supreme Court",
        "status": "SENTENCED",
        "offence_1": "Robbery",
        "iccs_1": "0401 Robbery",
        "offence_on_1": "2025-12-24",
        "type_1": "term",
        "years_1": "2",
        "sign": "1",
        **more,
    }


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"years_1": "0"}, "Write the term"),
    ({"years_1": "x"}, "Write a whole number"),
    ({"years_1": "5000"}, "No calendar reaches that far"),
    ({"issued_on": "2026-02-30"}, "no day of the calendar"),
    ({"issued_on": "2027-03-02"}, "dated in the future"),
    ({"reference": ""}, "Write the reference"),
    ({"iccs_1": "something"}, "Choose the offence"),
    ({"type_1": "fine_in_default"}, "Write the amount of the fine"),
    ({"after_1": "7"}, "Choose a sentence that is entered here"),
    ({"offence_2": "Theft", "iccs_2": "0502", "days_2": "9", "after_1": "2", "after_2": "1"}, "in a circle"),
    ({"offence_1": "<script>alert(1)</script>", "days_1": "-4"}, "Write a whole number"),
)


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(world: World) -> None:
    client = world.browser("rita")
    page = f"/people/{world.person().number}/sentences/new"
    token = token_of(client.get(page))
    for wrong, said in WRONG:
        form = {"csrf_token": token, **form_of(judge="M. Moreno", **wrong)}
        answer = client.post(page, data=form)
        assert answer.status_code == 400, wrong
        assert said in answer.text, wrong
        assert 'value="M. Moreno"' in answer.text
        assert 'value="2025-12-24"' in answer.text
        assert "<script>alert" not in answer.text
    with session_scope(world.sessions) as session:
        assert not current(session, SENTENCE, person_id=1)
        assert len(current(session, ORDER, person_id=1)) == 1


def test_the_dates_are_shown_before_anything_is_recorded(world: World) -> None:
    in_force(world)
    number = world.person().number
    client = world.browser("rita")
    page = f"/people/{number}/sentences/new"
    answer = post(client, page, form_of(act="try"))
    assert answer.status_code == 200
    # 2 March 2026 to 1 March 2028 are 731 days; two thirds are 487 1/3, so 488, the last of them 2 July 2027.
    assert "2 Jul 2027" in answer.text
    with session_scope(world.sessions) as session:
        assert not current(session, SENTENCE, person_id=1)
    more = post(client, page, form_of(act="row", judge="M. Moreno"))
    assert 'name="offence_3"' in more.text
    assert 'value="M. Moreno"' in more.text


def test_an_order_is_entered_once_and_signed_by_two(world: World) -> None:
    in_force(world)
    number = world.person().number
    rita, raul = world.browser("rita"), world.browser("raul")
    row_2 = {"offence_2": "Theft", "iccs_2": "0502", "months_2": "6", "after_2": "1", "credit_1": "30"}
    answer = post(rita, f"/people/{number}/sentences/new", form_of(**row_2))
    assert answer.status_code == 303
    with session_scope(world.sessions) as session:
        first, second = current(session, SENTENCE, person_id=1)
        assert second.value.consecutive_to == first.item
        assert first.value.term == Term(years=2)
        charges = current(session, CHARGE, person_id=1)
        assert [one.value.iccs for one in charges] == ["0401", "0502"]
        assert {one.value.order for one in charges} == {first.value.order}
        assert current(session, LEGAL_STATUS, person_id=1)[-1].value.status is LegalStatus.SENTENCED
    why = rita.get(f"/people/{number}/release-date").text
    assert "Unverified" in why
    assert "You signed this first" in why
    page = f"/people/{number}/release-date/verify"
    assert "You signed this first" in rita.get(page).text
    shown = raul.get(page).text
    assert "2028" not in shown, "the second officer does not see what is recorded"
    reckoning = {"reckoning": "1", "act": "verify"}
    read = {
        **reckoning,
        f"s{first.item}_on": "2026-03-02",
        f"s{first.item}_years": "2",
        f"s{second.item}_on": "2026-03-02",
        f"s{second.item}_months": "9",
        f"s{second.item}_after": "1",
        f"c{second.item + 0}_credit": "",
    }
    with session_scope(world.sessions) as session:
        credit = session.scalars(select(Fact.id).where(Fact.kind == "remand_credit")).one()
    read[f"c{credit}_credit"] = "30"
    refused = post(raul, page, read)
    assert refused.status_code == 400
    assert "Not as recorded" in refused.text
    assert refused.text.count('aria-invalid="true"') == 1
    read[f"s{second.item}_months"] = "6"
    assert post(raul, page, read).status_code == 303
    verified = raul.get(f"/people/{number}/release-date").text
    assert "Verified by two officers" in verified
    assert "raul" in verified
    # 731 + 184 days: two thirds of 915 are 610; less 30 of credit: 580 days from 2 March 2026.
    with session_scope(world.sessions) as session:
        assert verified_date_of(session, 1, today=TODAY) == date(2027, 10, 2)
    assert "2 Oct 2027" in verified


def test_nobody_signs_twice_and_a_refusal_says_why(world: World) -> None:
    in_force(world)
    person = world.person()
    stay, _ = sentenced(world, person)
    rita, raul = world.browser("rita"), world.browser("raul")
    page = f"/people/{person.number}/release-date"
    assert post(rita, f"{page}/sign", {}, page=page).status_code == 303
    mine = post(rita, f"{page}/verify", {"reckoning": "1", "act": "refuse", "reason": "x"}, page="/people")
    assert mine.status_code == 400
    assert "You signed this first" in mine.text
    verify_page = f"{page}/verify"
    empty = post(raul, verify_page, {"reckoning": "1", "act": "refuse", "reason": " "})
    assert empty.status_code == 400
    assert (
        post(raul, verify_page, {"reckoning": "1", "act": "refuse", "reason": "It says 3 years"}).status_code
        == 303
    )
    assert "It says 3 years" in rita.get(page).text
    again = post(raul, verify_page, {"reckoning": "1", "act": "verify"}, page="/people")
    assert again.status_code == 400
    with session_scope(world.sessions) as session:
        found = best_known(session, stay, today=TODAY)
        assert found is not None
        assert found.certainty is Certainty.UNVERIFIED
        assert "did not sign" in str(found.reasons[0])


def test_a_change_of_any_entry_or_rule_makes_the_signatures_void(world: World) -> None:
    policy = in_force(world)
    stay, fact = sentenced(world, world.person())
    with session_scope(world.sessions) as session:
        verify(session, sign_first(session, stay, actor=RITA, at=world.at).id, actor=RAUL, at=world.at)
        assert verified_date_of(session, stay, today=TODAY) == date(2027, 7, 2)
    world.later(days=1)
    before = world.at
    world.later(days=1)
    with session_scope(world.sessions) as session:
        row = session.get_one(Fact, fact)
        value = Imposed(type=SentenceType.TERM, imposed_on=date(2026, 3, 2), term=Term(years=3))
        statement = Statement(SENTENCE, value, row.effective_at, source="W 7/2026")
        changed = correct(session, row, statement, reason="misread", actor=RITA, at=world.at)
        found = best_known(session, stay, today=TODAY)
        assert found is not None
        assert found.certainty is Certainty.UNVERIFIED
        assert "changed since" in str(found.reasons[0])
        assert verified_date_of(session, stay, today=TODAY) is None
        assert verified_date_of(session, stay, today=TODAY, known_at=before) == date(2027, 7, 2)
        with pytest.raises(RefusedError):
            verify(session, 1, actor=RAUL, at=world.at)
        verify(session, sign_first(session, stay, actor=RAUL, at=world.at).id, actor=RITA, at=world.at)
        # 1,096 days from 2 March 2026: two thirds are 730 2/3, so 731, the last of them 1 March 2028.
        assert verified_date_of(session, stay, today=TODAY) == date(2028, 3, 1)
    world.later(days=1)
    with session_scope(world.sessions) as session:
        policies.propose_withdrawal(session, policy, "repealed", actor=DORA, at=world.at)
        policies.withdraw(session, policy, "", actor=DON, at=world.at)
        found = best_known(session, stay, today=TODAY)
        assert found is not None
        assert (found.certainty, found.on) == (Certainty.NOT_LATER_THAN, date(2029, 3, 1))
        end(session, changed, SENTENCE, effective_at=world.at, reason="quashed", actor=RITA, at=world.at)
        assert best_known(session, stay, today=TODAY) is None


def test_an_order_put_right_asks_again_and_taking_that_back_gives_the_signatures_back(world: World) -> None:
    in_force(world)
    person = world.person()
    with session_scope(world.sessions) as session:
        order = current(session, ORDER, person_id=person.id)[0]
        value = Imposed(
            type=SentenceType.TERM, imposed_on=date(2026, 3, 2), term=Term(years=2), order=order.item
        )
        stay = order.row.booking_id
        assert stay is not None
        statement = Statement(SENTENCE, value, start_of(value.imposed_on), source="W 7/2026", booking_id=stay)
        state(session, person.id, statement, actor=RITA, at=world.at)
        verify(session, sign_first(session, stay, actor=RITA, at=world.at).id, actor=RAUL, at=world.at)
        wrong = session.get_one(Fact, order.row.id)
        named = msgspec.structs.replace(order.value, reference="W 8/2026")
        put_right = Statement(ORDER, named, wrong.effective_at, source="W 8/2026")
        row = correct(session, wrong, put_right, reason="misread", actor=RITA, at=world.at)
        assert verified_date_of(session, stay, today=TODAY) is None
        withdraw(session, row, ORDER, reason="it was right", actor=RITA, at=world.at)
        assert verified_date_of(session, stay, today=TODAY) == date(2027, 7, 2)
        end(session, wrong, ORDER, effective_at=world.at, reason="quashed", actor=RITA, at=world.at)
        found = best_known(session, stay, today=TODAY)
        assert found is not None
        assert found.certainty is Certainty.UNVERIFIED
        assert [one.code for one in found.problems] == ["ORDER_NOT_HOLDING"]


def test_two_second_officers_at_once_leave_one_signature(world: World) -> None:
    in_force(world)
    stay, _ = sentenced(world, world.person())
    with session_scope(world.sessions) as session:
        number = sign_first(session, stay, actor=RITA, at=world.at).id
        verify(session, number, actor=RAUL, at=world.at)
        with pytest.raises(RefusedError, match="decided already"):
            verify(session, number, actor=DON, at=world.at)


def test_without_a_policy_the_full_term_is_the_bound_and_nothing_is_signed(world: World) -> None:
    person = world.person()
    stay, _ = sentenced(world, person)
    rita = world.browser("rita")
    page = f"/people/{person.number}/release-date"
    assert "not later than" in rita.get(page).text
    assert "1 Mar 2028" in rita.get(page).text
    assert post(rita, f"{page}/sign", {}, page=page).status_code == 400
    with session_scope(world.sessions) as session:
        assert best_known_all(session, today=TODAY)[stay].on == date(2028, 3, 1)
        assert verified_date_of(session, stay, today=TODAY) is None


def test_the_page_and_the_file_show_what_was_known_on_a_day(world: World) -> None:
    in_force(world)
    person = world.person()
    world.at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    sentenced(world, person)
    rita = world.browser("rita")
    page = f"/people/{person.number}/release-date"
    assert "2 Jul 2027" in rita.get(page).text
    earlier = rita.get(f"{page}?known=2026-11-23").text
    assert "2 Jul 2027" not in earlier
    assert "No sentence is recorded" in earlier
    assert rita.get(f"{page}?known=2027-11-23").status_code == 409
    assert "2 Jul 2027" in rita.get(f"/people/{person.number}").text


def test_strangers_to_the_work_see_no_more_than_their_role_allows(world: World) -> None:
    in_force(world)
    person = world.person()
    sentenced(world, person)
    page = f"/people/{person.number}/release-date"
    watcher = world.browser("wanda", Role.CONTROL_ROOM)
    assert watcher.get(page).status_code == 200
    assert "Sign as the first officer" not in watcher.get(page).text
    assert watcher.get(f"{page}/verify").status_code == 403
    assert watcher.get(f"/people/{person.number}/sentences/new").status_code == 403
    rita = world.browser("rita")
    assert rita.get("/people/P-999999/release-date").status_code == 404
    assert rita.get("/people/P-999999/sentences/new").status_code == 404


def test_dates_that_wait_for_a_second_signature_are_listed_by_day(world: World) -> None:
    in_force(world)
    rita = world.browser("rita")
    assert "Nothing waits" in rita.get("/release-dates").text
    for surname, years in (("Later", 5), ("Sooner", 1)):
        stay, _ = sentenced(world, world.person(surname), Term(years=years))
        with session_scope(world.sessions) as session:
            sign_first(session, stay, actor=RITA, at=world.at)
    listed = rita.get("/release-dates").text
    assert listed.index("SOONER") < listed.index("LATER")
    assert "signed by you" in listed
