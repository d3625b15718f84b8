"""Policies: written down, tried on everybody, accepted or withdrawn by a second person; holidays."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.custody.actions import open_booking, register_person
from hub.custody.facts.actions import FactFaultsError, Statement, state
from hub.custody.rules import PersonFacts, Sex
from hub.custody.sentencing import policies, trials
from hub.custody.sentencing.dates import Certainty, best_known, best_known_all, verified_date_of
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.sentencing.policy import Exclusion, NonWorking, Reach, faults_of, oddities_of
from hub.custody.sentencing.records import Difference, PolicyRow, Trial
from hub.custody.sentencing.signing import sign_first, verify
from hub.database import session_scope
from hub.reception.sentencing.background import TrialRunner
from hub.reception.sentencing.policy_form import PolicyForm, empty, typed_of
from hub.sentences import RefusedError
from hub.web.formats import start_of

from .site_world import World, post, sign_in, token_of
from .test_release_dates import DON, DORA, RAUL, RITA, TODAY, TWO_THIRDS, in_force, sentenced

HALF = msgspec.structs.replace(TWO_THIRDS, name="Half", serve="1/2")


def many(world: World, count: int = 100) -> list[int]:
    """Stays of so many people: number n with two years and n months from 1 January 2024."""
    stays = []
    with session_scope(world.sessions) as session:
        for number in range(1, count + 1):
            facts = PersonFacts(f"Person {number:03}", "A", date(1990, 1, 1), Sex.MALE)
            person = register_person(session, facts, actor=RITA, at=world.at)
            booking = open_booking(session, person, admitted_at=world.at, recorded_at=world.at, by="rita")
            value = Imposed(
                type=SentenceType.TERM, imposed_on=date(2024, 1, 1), term=Term(months=number + 24)
            )
            statement = Statement(
                SENTENCE, value, start_of(value.imposed_on), source="W", booking_id=booking.id
            )
            state(session, person.id, statement, actor=RITA, at=world.at)
            stays.append(booking.id)
    return stays


def tried(world: World, policy_id: int, *, withdraws: bool = False) -> int:
    with session_scope(world.sessions) as session:
        trial = trials.start(session, policy_id, withdraws=withdraws, actor=DORA, at=world.at).id
    runner = TrialRunner(world.sessions, lambda: world.at)
    runner.go(trial)
    runner.wait(trial)
    return trial


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"authority": ""}, "authority"),
        ({"serve": "3/2"}, "serve"),
        ({"serve": "0"}, "serve"),
        ({"serve": "1/0"}, "serve"),
        ({"serve": "0.66"}, "serve"),
        ({"serve": ""}, "serve"),
        ({"parole": "a half"}, "parole"),
        ({"least_days": -1}, "least_days"),
        ({"exclusions": (Exclusion(),)}, "exclusions"),
        ({"exclusions": (Exclusion(iccs="06", serve="x"),)}, "exclusions"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_field(wrong: dict[str, object], field: str) -> None:
    assert list(faults_of(msgspec.structs.replace(TWO_THIRDS, **wrong))) == [field]


def test_a_faulty_policy_is_not_written_down(world: World) -> None:
    with session_scope(world.sessions) as session:
        faulty = msgspec.structs.replace(TWO_THIRDS, serve="3/2")
        with pytest.raises(FactFaultsError) as refused:
            policies.draft(session, faulty, actor=DORA, at=world.at)
        assert list(refused.value.faults) == ["serve"]
        assert not session.scalars(select(PolicyRow)).all()


def test_whoever_wrote_it_down_cannot_accept_it_and_nobody_decides_twice(world: World) -> None:
    with session_scope(world.sessions) as session:
        number = policies.draft(session, TWO_THIRDS, actor=DORA, at=world.at).id
        with pytest.raises(RefusedError, match="signed this first"):
            policies.accept(session, number, actor=DORA, at=world.at)
        assert not policies.in_force(session)
        policies.accept(session, number, actor=DON, at=world.at)
        with pytest.raises(RefusedError, match="decided already"):
            policies.accept(session, number, actor=RITA, at=world.at)
        policies.propose_withdrawal(session, number, "repealed", actor=DORA, at=world.at)
        with pytest.raises(RefusedError, match="signed this first"):
            policies.withdraw(session, number, "", actor=DORA, at=world.at)
        assert [one.id for one in policies.in_force(session)] == [number]


def test_a_new_version_takes_the_place_of_the_old_and_gives_it_back(world: World) -> None:
    old = in_force(world)
    before = world.at
    world.later(hours=1)
    with session_scope(world.sessions) as session:
        new = policies.draft(session, HALF, replaces=old, actor=DORA, at=world.at).id
        assert [one.id for one in policies.in_force(session)] == [old]
        assert [one.id for one in policies.with_change(session, new, withdraws=False)] == [new]
        policies.accept(session, new, actor=DON, at=world.at)
        assert [one.id for one in policies.in_force(session)] == [new]
        assert [one.id for one in policies.in_force(session, known_at=before)] == [old]
        assert [one.id for one in policies.with_change(session, new, withdraws=True)] == [old]
        policies.propose_withdrawal(session, new, "wrong", actor=DORA, at=world.at)
        policies.withdraw(session, new, "", actor=DON, at=world.at)
        assert [one.id for one in policies.in_force(session)] == [old]


def test_a_hundred_people_are_reckoned_both_ways_before_anybody_accepts(world: World) -> None:
    stays = many(world)
    in_force(world)
    with session_scope(world.sessions) as session:
        first = sign_first(session, stays[0], actor=RITA, at=world.at)
        verify(session, first.id, actor=RAUL, at=world.at)
        before = best_known_all(session, today=TODAY)
        draft = policies.draft(session, HALF, actor=DORA, at=world.at).id
        with pytest.raises(RefusedError, match="everybody has to be reckoned"):
            trials.need_finished(session, draft, withdraws=False)
    trial = tried(world, draft)
    with session_scope(world.sessions) as session:
        assert session.get_one(Trial, trial).done == 100
        assert best_known_all(session, today=TODAY) == before, "a trial changes nothing"
        tally = trials.tally(session, trial)
        assert (tally.moved, tally.sooner, tally.later, tally.unsigned) == (100, 100, 0, 1)
        lines = trials.lines(session, trial)
        past = [line for line in lines if line.difference.past]
        assert 0 < len(past) < 100
        assert lines[: len(past)] == past, "who would be past release today stands first"
        rest = [line.difference.moved_days or 0 for line in lines[len(past) :]]
        assert rest == sorted(rest), "then by how far it moves"
        assert tally.past == len(past)
        policies.accept(session, draft, actor=DON, at=world.at)
        after = best_known_all(session, today=TODAY)
        for line in lines:
            booking = line.difference.booking_id
            assert (before[booking].on, after[booking].on) == (line.difference.old_on, line.difference.new_on)
        assert before[stays[0]].certainty is Certainty.VERIFIED
        assert after[stays[0]].certainty is Certainty.UNVERIFIED
        assert verified_date_of(session, stays[0], today=TODAY) is None


def test_a_policy_for_everybody_that_takes_effect_later_is_tried_as_of_that_day(world: World) -> None:
    many(world, 2)
    in_force(world)
    later = msgspec.structs.replace(HALF, effective_on=date(2027, 1, 1), reach=Reach.EVERYONE)
    with session_scope(world.sessions) as session:
        draft = policies.draft(session, later, actor=DORA, at=world.at).id
    trial = tried(world, draft)
    with session_scope(world.sessions) as session:
        assert trials.tally(session, trial).sooner == 2
        policies.accept(session, draft, actor=DON, at=world.at)
        shown = {line.difference.booking_id: line.difference.new_on for line in trials.lines(session, trial)}
        found = best_known_all(session, today=date(2027, 1, 1))
        assert shown == {stay: one.on for stay, one in found.items()}


def test_a_trial_goes_on_where_it_was_left_and_nobody_is_reckoned_twice(world: World) -> None:
    many(world, 25)
    in_force(world)
    with session_scope(world.sessions) as session:
        draft = policies.draft(session, HALF, actor=DORA, at=world.at).id
        trial = trials.start(session, draft, withdraws=False, actor=DORA, at=world.at).id
    with session_scope(world.sessions) as session:
        assert trials.step(session, trial, world.at, size=10)
        assert session.get_one(Trial, trial).done == 10
        assert not trials.stalled(session.get_one(Trial, trial), world.at)
    world.later(minutes=5)
    with session_scope(world.sessions) as session:
        assert trials.stalled(session.get_one(Trial, trial), world.at)
    runner = TrialRunner(world.sessions, lambda: world.at)
    runner.go(trial)
    runner.wait(trial)
    with session_scope(world.sessions) as session:
        assert session.get_one(Trial, trial).finished_at == world.at
        found = session.scalars(select(Difference.booking_id).where(Difference.trial_id == trial)).all()
        assert len(found) == len(set(found)) == 25


def test_a_better_name_for_the_same_rule_leaves_signatures_alone(world: World) -> None:
    old = in_force(world)
    stay, _ = sentenced(world, world.person())
    with session_scope(world.sessions) as session:
        verify(session, sign_first(session, stay, actor=RITA, at=world.at).id, actor=RAUL, at=world.at)
        named = msgspec.structs.replace(TWO_THIRDS, name="Two thirds of a term")
        new = policies.draft(session, named, replaces=old, actor=DORA, at=world.at).id
        policies.accept(session, new, actor=DON, at=world.at)
        # The number of the policy is part of what was signed only through its rules.
        found = best_known(session, stay, today=TODAY)
        assert found is not None
        assert found.certainty is Certainty.VERIFIED


def test_the_pages_from_a_draft_to_a_policy_in_force(world: World) -> None:
    stay, _ = sentenced(world, world.person())
    dora, don = world.browser("dora", Role.DIRECTOR), world.browser("don", Role.DIRECTOR)
    assert "No policy is written down" in dora.get("/policies").text
    typed = {**typed_of(TWO_THIRDS), "iccs_1": "0601 Drugs", "serve_1": "1", "why_1": "drugs"}
    wrong = post(dora, "/policies/new", {**typed, "serve": "5"})
    assert wrong.status_code == 400
    assert "as a fraction" in wrong.text
    assert 'value="drugs"' in wrong.text, "nothing typed is lost"
    made = post(dora, "/policies/new", typed)
    assert made.status_code == 303
    page = made.location
    dora.application.extensions["pims.TrialRunner"].wait(1)
    assert "1 of 1 people reckoned: finished" in dora.get(f"{page}/trial").text
    shown = dora.get(page).text
    assert "NOVELO" in shown
    assert "A second person reads the differences" in shown
    assert post(dora, page, {"act": "accept"}).status_code == 400
    assert post(don, page, {"act": "accept"}).status_code == 303
    assert "in force" in don.get(page).text
    with session_scope(world.sessions) as session:
        found = best_known(session, stay, today=TODAY)
        assert found is not None
        assert (found.certainty, found.on) == (Certainty.UNVERIFIED, date(2027, 7, 2))
    assert post(don, page, {"act": "propose", "reason": ""}).status_code == 400
    assert post(don, page, {"act": "propose", "reason": "repealed"}).status_code == 303
    don.application.extensions["pims.TrialRunner"].wait(2)
    assert post(dora, page, {"act": "withdraw", "reason": "repealed"}).status_code == 303
    assert "withdrawn" in dora.get(page).text
    assert dora.get("/policies/999").status_code == 404
    rita = world.browser("rita")
    assert rita.get(page).status_code == 200
    token = token_of(rita.get("/password"))
    assert rita.post(page, data={"csrf_token": token, "act": "try"}).status_code == 403


def test_a_holiday_needs_two_persons_to_come_in_and_to_go_out(world: World) -> None:
    in_force(world, msgspec.structs.replace(TWO_THIRDS, non_working=NonWorking.BEFORE))
    stay, _ = sentenced(world, world.person())
    dora, dan = world.browser("dora", Role.DIRECTOR), world.browser("dan", Role.DIRECTOR)
    page = "/policies/holidays"
    day = {"act": "propose", "on": "2027-07-02", "name": "Invented Day", "authority": "Notice 1"}
    first = {"holiday": "1"}
    for wrong in (
        {**day, "on": "2027-02-29"},
        {**day, "authority": " "},
        {**first, "act": "accept"},
        {**first, "act": "leave"},
        {"act": "other"},
    ):
        assert post(dora, page, wrong).status_code == 400

    def known() -> tuple[date | None, Certainty]:
        with session_scope(world.sessions, writes=False) as session:
            found = best_known_all(session, today=TODAY)[stay]
            return found.on, found.certainty

    with session_scope(world.sessions) as session:
        assert best_known_all(session, today=TODAY)[stay].on == date(2027, 7, 2), "a Friday"
        verify(session, sign_first(session, stay, actor=RITA, at=world.at).id, actor=RAUL, at=world.at)
    assert post(dora, page, day).status_code == 303
    assert post(dora, page, day).status_code == 400, "it is in the list already"
    assert known() == (date(2027, 7, 2), Certainty.VERIFIED), "a proposal changes nothing"
    assert post(dora, page, {**first, "act": "accept"}).status_code == 400, "the same person"
    assert "1 signed date of release is this day" in dan.get(page).text
    assert post(dan, page, {**first, "act": "accept"}).status_code == 303
    assert known() == (date(2027, 7, 1), Certainty.UNVERIFIED)
    assert post(dan, page, {**first, "act": "accept"}).status_code == 400, "once"
    assert post(dan, page, {**first, "act": "take_out"}).status_code == 400, "nobody proposed it"
    assert post(dan, page, {**first, "act": "leave"}).status_code == 303
    assert post(dan, page, {**first, "act": "take_out"}).status_code == 400, "the same person"
    assert known()[0] == date(2027, 7, 1)
    before = world.at
    world.later(days=2)
    sign_in(dora, "dora")
    assert post(dora, page, {**first, "act": "take_out"}).status_code == 303
    assert "No holiday is in the list" in dora.get(page).text
    assert "Invented Day" in dora.get(page, query_string={"known": before.date().isoformat()}).text
    assert known() == (date(2027, 7, 2), Certainty.VERIFIED)


def test_a_proposed_holiday_is_dropped_by_one_person(world: World) -> None:
    dora = world.browser("dora", Role.DIRECTOR)
    page = "/policies/holidays"
    day = {"act": "propose", "on": "2027-07-02", "name": "Invented Day", "authority": "Notice 1"}
    assert post(dora, page, day).status_code == 303
    assert post(dora, page, {"act": "take_out", "holiday": "1"}).status_code == 303
    assert "Invented Day" not in dora.get(page).text
    assert post(dora, page, day).status_code == 303, "it may be proposed again"


def test_a_form_gives_back_the_policy_it_was_made_from() -> None:
    whole = msgspec.structs.replace(
        TWO_THIRDS,
        reach=Reach.EVERYONE,
        remission_over=Term(months=1),
        parole="1/2",
        life_parole=Term(years=20),
        weekend=(4, 5),
        exclusions=(Exclusion(iccs="0301", serve="3/4", parole=True, why="x"), Exclusion(type="life")),
    )
    form = PolicyForm(typed_of(whole))
    assert form.policy() == whole
    assert form.faults == {}
    assert len(oddities_of(whole)) == 2
    assert "serve" not in empty(), "no law is assumed"
