"""Dates that nobody signed, or whose signatures do not fit any more, are listed beside those that wait."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.facts.actions import Statement, correct, state
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.custody.sentencing import holidays, policies, signing, trials, unsigned
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.sentencing.policy import NonWorking, Policy, Reach
from hub.database import session_scope
from hub.web.formats import SITE_ZONE, start_of

from .site_world import World

RITA, RAUL = Actor("rita", "test"), Actor("raul", "test")
HALF = Policy(
    name="Half",
    authority="Invented Act, s. 1",
    effective_on=date(2000, 1, 1),
    serve="1/2",
    non_working=NonWorking.BEFORE,
)
STRICTER = msgspec.structs.replace(
    HALF, name="More", serve="3/4", reach=Reach.EVERYONE, effective_on=date(2001, 1, 1)
)


def in_force(world: World, policy: Policy = HALF, *, tried: bool = False) -> None:
    with session_scope(world.sessions) as session:
        row = policies.draft(session, policy, actor=RITA, at=world.at)
        if tried:
            trial = trials.start(session, row.id, withdraws=False, actor=RITA, at=world.at)
            while trials.step(session, trial.id, world.at):
                pass
        policies.accept(session, row.id, actor=RAUL, at=world.at)
    world.later(minutes=1)


def sentenced(
    world: World, surname: str, years: int, kind: SentenceType = SentenceType.TERM
) -> tuple[Person, int]:
    """Somebody with a sentence of so many years, and its fact."""
    person = world.person(surname)
    value = Imposed(type=kind, imposed_on=date(2026, 3, 2), term=Term(years=years))
    with session_scope(world.sessions) as session:
        stay = person.id  # each has one stay, of the same number
        statement = Statement(SENTENCE, value, start_of(value.imposed_on), source="W 7", booking_id=stay)
        fact = state(session, person.id, statement, actor=RITA, at=world.at).id
    world.later(minutes=1)
    return person, fact


def sign(world: World, booking_id: int, *, second: bool = True, refuse: bool = False) -> date:
    with session_scope(world.sessions) as session:
        row = signing.sign_first(session, booking_id, actor=RITA, at=world.at)
        if refuse:
            signing.refuse(session, row.id, "misread", actor=RAUL, at=world.at)
        elif second:
            signing.verify(session, row.id, actor=RAUL, at=world.at)
        assert row.release_on is not None
        on = row.release_on
    world.later(minutes=1)
    return on


def listed(world: World, *, then: bool = False) -> list[tuple[str, str]]:
    """(surname, why) of each, soonest first."""
    with session_scope(world.sessions, writes=False) as session:
        today = world.at.astimezone(SITE_ZONE).date()
        part = unsigned.unsigned(session, now=world.at, today=today, then=then)
    assert not part.exact or part.total == len(part.lines)
    return [(line.surname, str(line.why)) for line in part.lines]


@pytest.fixture(params=[unsigned._ALL_AT_ONCE, 0], ids=["all reckoned", "a page reckoned"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsigned, "_ALL_AT_ONCE", request.param)


@pytest.mark.usefixtures("either_way")
def test_what_cannot_be_signed_is_not_listed(world: World) -> None:
    sentenced(world, "Nopolicy", 2)
    assert listed(world) == []
    in_force(world)
    sentenced(world, "Life", 2, SentenceType.LIFE)
    gone, _ = sentenced(world, "Gone", 2)
    with session_scope(world.sessions) as session:
        session.get_one(Booking, gone.id).released_at = world.at
    assert [who for who, _ in listed(world)] == ["Nopolicy"]


@pytest.mark.usefixtures("either_way")
def test_each_says_what_is_missing_and_leaves_once_two_have_signed(world: World) -> None:
    in_force(world)
    later, fact = sentenced(world, "Later", 9)
    sooner, _ = sentenced(world, "Sooner", 1)
    assert listed(world) == [("Sooner", "Nobody has signed it yet."), ("Later", "Nobody has signed it yet.")]
    sign(world, sooner.id, second=False)
    assert [who for who, _ in listed(world)] == ["Later"], "the other waits for the second officer"
    sign(world, later.id, refuse=True)
    assert listed(world)[0][1].startswith("The second officer did not sign it")
    sign(world, later.id)
    assert listed(world) == []
    with session_scope(world.sessions) as session:
        row = session.get_one(Fact, fact)
        value = Imposed(type=SentenceType.TERM, imposed_on=date(2026, 3, 2), term=Term(years=8))
        statement = Statement(SENTENCE, value, row.effective_at, "W 7")
        correct(session, row, statement, reason="misread", actor=RITA, at=world.at)
    assert [why.partition(" it was")[0] for _, why in listed(world)] == ["Something"]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("tried", [True, False])
def test_a_policy_that_is_accepted_brings_back_everybody_whom_it_moves(world: World, tried: bool) -> None:
    in_force(world)
    signed, _ = sentenced(world, "Signed", 3)
    once, _ = sentenced(world, "Once", 1)
    sign(world, signed.id)
    sign(world, once.id, second=False)
    assert listed(world) == []
    before = world.at - timedelta(seconds=30)
    in_force(world, STRICTER, tried=tried)
    assert [who for who, _ in listed(world)] == ["Once", "Signed"]
    assert {why for _, why in listed(world)} == {
        "Something it was reckoned from has changed since it was signed."
    }
    world.at = before
    assert listed(world, then=True) == [], "as it was known before"


@pytest.mark.usefixtures("either_way")
def test_a_holiday_that_comes_or_goes_brings_back_only_whom_it_moves(world: World) -> None:
    in_force(world)
    near, _ = sentenced(world, "Near", 2)
    far, _ = sentenced(world, "Far", 6)
    on = sign(world, near.id)
    sign(world, far.id)
    with session_scope(world.sessions) as session:
        day = holidays.propose_holiday(session, on, "Feast", "Gazette 7", actor=RITA, at=world.at)
        number = day.id
        holidays.accept_holiday(session, number, actor=RAUL, at=world.at)
    assert [who for who, _ in listed(world)] == ["Near"]
    world.later(minutes=1)
    assert sign(world, near.id) < on
    assert listed(world) == []
    with session_scope(world.sessions) as session:
        holidays.propose_to_take_out(session, number, actor=RITA, at=world.at)
        holidays.take_out(session, number, actor=RAUL, at=world.at)
    assert [who for who, _ in listed(world)] == ["Near"]


def test_the_page_lists_them_by_day_in_parts_and_leads_to_where_they_are_signed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsigned, "PAGE", 2)
    rita = world.browser("rita")
    assert "Every date is signed" in rita.get("/release-dates").text
    in_force(world)
    first, _ = sentenced(world, "First", 1)
    for years, surname in ((4, "Third"), (2, "Second")):
        sentenced(world, surname, years)
    page = rita.get("/release-dates").text
    assert "3 to sign" in page
    assert page.index("FIRST") < page.index("SECOND")
    assert "THIRD" not in page
    assert f'href="/people/{first.number}/release-date"' in page
    rest = rita.get("/release-dates?from=2").text
    assert ("THIRD" in rest, "FIRST" in rest, "Next page" in rest) == (True, False, False)
    then = (world.at - timedelta(days=1)).date()
    assert "Every date was signed then" in rita.get(f"/release-dates?known={then}").text
    assert "Fechas sin dos firmas" in rita.get("/release-dates", headers={"Accept-Language": "es"}).text
    assert world.browser("wanda", Role.CONTROL_ROOM).get("/release-dates").status_code == 403
