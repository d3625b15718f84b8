"""Two files of one person are joined by two officers and parted again, and nothing is lost either way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_finger
from hub.custody.actions import open_booking, open_booking_of
from hub.custody.catalogue import KINDS
from hub.custody.facts.actions import Statement, correct, state
from hub.custody.facts.reading import holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.legal import CHARGE, HOLD, Charge, Hold
from hub.custody.life.alerts import ALERT, Alert, AlertType
from hub.custody.merging import actions, parting
from hub.custody.merging.checks import Proposal
from hub.custody.merging.reading import (
    all_cases,
    family_of,
    joined_stays,
    lead_of,
    leads,
    standing_of,
    stays_with,
)
from hub.custody.merging.rules import leaders
from hub.custody.records import Booking, Person, PersonChange
from hub.custody.sentencing.dates import best_known, best_known_all
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.who.naming import ALIAS, Alias
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.database import session_scope
from hub.roll.content import changes
from hub.roll.scope import Scope
from hub.sentences import RefusedError
from wire.versions import NOTHING, Version

from .site_world import World, post

ROLE = Role.RECORDS_OFFICER
RITA, OTTO = Actor("rita", "10.0.0.5"), Actor("otto", "10.0.0.6")
GANG = Alert(type=AlertType.GANG, authorised_by="Director")


def out(world: World, person: Person) -> None:
    """Not in custody any more."""
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        booking.released_at = world.at


def propose(world: World, lead: Person, led: Person, *, same_stay: bool = False, reason: str = "scar") -> int:
    wanted = Proposal(lead.id, led.id, reason, same_stay=same_stay)
    with session_scope(world.sessions) as session:
        return actions.propose(session, wanted, actor=RITA, at=world.at).id


def confirm(world: World, case: int, *, seen: int = 1, actor: Actor = OTTO) -> None:
    with session_scope(world.sessions) as session:
        actions.confirm(session, case, seen=seen, actor=actor, at=world.at)


def merge(world: World, lead: Person, led: Person, *, same_stay: bool = False) -> int:
    case = propose(world, lead, led, same_stay=same_stay)
    confirm(world, case)
    world.later(minutes=1)
    return case


def part(world: World, case: int, items: dict[int, int], stays: dict[int, int] | None = None) -> None:
    with session_scope(world.sessions) as session:
        standing = standing_of(session, case)
        assert standing is not None
        seen = standing.last.number
        moves = parting.Moves(items=items, stays=stays or {})
        parting.ask(session, case, moves, "two people", kinds=KINDS, seen=seen, actor=RITA, at=world.at)
    world.later(minutes=1)
    with session_scope(world.sessions) as session:
        parting.part(session, case, kinds=KINDS, seen=seen + 1, actor=OTTO, at=world.at)


def picture(world: World, *people: Person) -> dict[str, object]:
    """Everything that merging could touch, as it stands."""
    with session_scope(world.sessions, writes=False) as session:
        ids = [person.id for person in people]
        rows = rows_of(session, ids)
        stays = session.scalars(select(Booking).where(Booking.person_id.in_(ids)).order_by(Booking.id))
        return {
            "holds": {
                (person, name): [(held.value, held.row.effective_at) for held in holding(kind, mine)]
                for person in ids
                for name, kind in KINDS.items()
                if (mine := [row for row in rows if row.person_id == person and row.kind == name])
            },
            "stays": [(stay.number, stay.person_id, stay.released_at) for stay in stays],
            "families": {one: family_of(session, one) for one in ids},
            "leads": leads(session),
            "joined": joined_stays(session),
            "open": {one: getattr(open_booking_of(session, one), "number", None) for one in ids},
        }


def refused(world: World, code: str, *pair: Person, **more: bool) -> None:
    with pytest.raises(RefusedError) as error:
        propose(world, *pair, **more)  # type: ignore[arg-type]
    assert error.value.code == code


def test_a_file_is_not_merged_with_itself_nor_in_a_circle(world: World) -> None:
    one, two, three = world.person("Cal"), world.person("Call"), world.person("Kal")
    for person in (one, two, three):
        out(world, person)
    refused(world, "same_file", one, one)
    merge(world, one, two)
    refused(world, "joined_already", two, one)
    refused(world, "led_by_another", two, three)
    merge(world, three, one)
    refused(world, "joined_already", two, three)
    with session_scope(world.sessions, writes=False) as session:
        assert family_of(session, two.id) == (three.id, one.id, two.id)


def test_it_takes_a_reason_and_two_accounts(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    with pytest.raises(RefusedError, match="Write why"):
        propose(world, one, two, reason="  ")
    case = propose(world, one, two)
    with pytest.raises(RefusedError, match="Another officer"):
        confirm(world, case, actor=RITA)
    confirm(world, case)
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == two.number)).all()
        assert [act for act in acts if act.startswith("merge.")] == ["merge.proposed", "merge.merged"]


def test_of_two_officers_at_once_the_second_is_told(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    case = propose(world, one, two)
    with session_scope(world.sessions) as session:
        actions.refuse(session, case, "another ear", seen=1, actor=OTTO, at=world.at)
    with pytest.raises(RefusedError) as late:
        confirm(world, case)
    assert late.value.code == "decided_already"


def test_whoever_is_held_leads_and_two_open_stays_are_settled_by_word(world: World) -> None:
    held, gone = world.person(), world.person("Nobelo")
    out(world, gone)
    refused(world, "held_one_leads", gone, held)
    both = world.person("Nobela")
    refused(world, "two_open_stays", held, both)
    case = merge(world, held, both, same_stay=True)
    with session_scope(world.sessions, writes=False) as session:
        stay, other = (
            session.scalars(select(Booking).where(Booking.person_id == one.id)).one() for one in (held, both)
        )
        assert stay.released_at is None
        assert other.released_at is not None
        assert stays_with(session, stay.id) == (stay.id, other.id)
        found = open_booking_of(session, both.id)
        assert found is not None
        assert found.id == stay.id
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="in custody already"):
        open_booking(session, both, admitted_at=world.at, recorded_at=world.at, by="rita")
    with session_scope(world.sessions, writes=False) as session:
        standing = standing_of(session, case)
        assert standing is not None
        assert parting.later(session, standing).empty


def test_what_a_court_ordered_under_either_number_holds_the_person(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    stays = [sentenced(world, one, days=30), sentenced(world, two, days=90)]

    def ends() -> dict[int, date | None]:
        with session_scope(world.sessions, writes=False) as session:
            today = date(2026, 11, 22)
            single = best_known(session, stays[0], today=today)
            assert single == best_known_all(session, today=today, booking_ids=stays)[stays[0]]
            return {number: found.on for number, found in best_known_all(session, today=today).items()}

    apart = ends()
    assert apart == {stays[0]: date(2026, 12, 21), stays[1]: date(2027, 2, 19)}
    merge(world, one, two, same_stay=True)
    assert ends() == {stays[0]: date(2027, 2, 19)}


def sentenced(world: World, person: Person, *, days: int) -> int:
    """A sentence from today on; gives the stay."""
    with session_scope(world.sessions) as session:
        booking = session.scalars(select(Booking).where(Booking.person_id == person.id)).one()
        imposed = Imposed(type=SentenceType.TERM, imposed_on=date(2026, 11, 22), term=Term(days=days))
        statement = Statement(SENTENCE, imposed, world.at, "Sentence 3/2026", booking_id=booking.id)
        state(session, person.id, statement, actor=RITA, at=world.at)
        return booking.id


@pytest.mark.parametrize("same_stay", [True, False])
def test_parting_gives_back_exactly_what_was_there(world: World, same_stay: bool) -> None:
    one, two = world.person(), world.person("Nobelo")
    if not same_stay:
        out(world, two)
    with session_scope(world.sessions) as session:
        state(session, two.id, Statement(ALERT, GANG, world.at), actor=RITA, at=world.at)
    before = picture(world, one, two)
    case = merge(world, one, two, same_stay=same_stay)
    assert picture(world, one, two) != before
    part(world, case, {})
    assert picture(world, one, two) == before
    again = merge(world, one, two, same_stay=same_stay)
    part(world, again, {})
    assert picture(world, one, two) == before


def test_what_came_later_goes_to_whom_it_is_given_with_what_it_names(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    case = merge(world, one, two)
    with session_scope(world.sessions) as session:
        stay = open_booking_of(session, one.id)
        assert stay is not None
        charge = Charge(iccs="0502", offence="Theft")
        said = Statement(CHARGE, charge, world.at, "Case 7", booking_id=stay.id)
        first = state(session, one.id, said, actor=RITA, at=world.at)
        arson = Statement(
            CHARGE, Charge(iccs="0504", offence="Arson"), world.at, "Case 7", booking_id=stay.id
        )
        correct(session, first, arson, reason="misread", actor=RITA, at=world.at)
        alert = state(session, one.id, Statement(ALERT, GANG, world.at), actor=RITA, at=world.at)
        hold = Hold(authority="Police", reason="wanted", reference="H 1", issued_on=date(2026, 1, 2))
        kept = state(
            session,
            one.id,
            Statement(HOLD, hold, world.at, "H 1", booking_id=stay.id),
            actor=RITA,
            at=world.at,
        )
        rows = len(session.scalars(select(Fact.id)).all())
    world.later(minutes=1)
    with pytest.raises(RefusedError, match="Say of each thing"):
        part(world, case, {alert.id: two.id})
    part(world, case, {first.id: two.id, alert.id: two.id, kept.id: one.id})
    with session_scope(world.sessions, writes=False) as session:
        ours, theirs = rows_of(session, [one.id]), rows_of(session, [two.id])
        assert [held.value.offence for held in holding(CHARGE, theirs)] == ["Arson"]
        assert holding(CHARGE, ours) == []
        assert [held.value for held in holding(ALERT, theirs)] == [GANG]
        assert holding(ALERT, ours) == []
        assert [held.value.reference for held in holding(HOLD, ours)] == ["H 1"]
        assert len(session.scalars(select(Fact.id)).all()) > rows
        assert holding(CHARGE, theirs)[0].row.booking_id != stay.id


def test_a_stay_that_came_later_goes_as_a_whole(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, one)
    out(world, two)
    case = merge(world, one, two)
    with session_scope(world.sessions) as session:
        booking = open_booking(session, two, admitted_at=world.at, recorded_at=world.at, by="rita")
        assert booking.person_id == one.id
        said = Statement(
            CHARGE, Charge(iccs="0502", offence="Theft"), world.at, "Case 7", booking_id=booking.id
        )
        state(session, one.id, said, actor=RITA, at=world.at)
    world.later(minutes=1)
    part(world, case, {}, {booking.id: two.id})
    with session_scope(world.sessions, writes=False) as session:
        moved = session.get_one(Booking, booking.id)
        assert moved.person_id == two.id
        held = holding(CHARGE, rows_of(session, [two.id]))
        assert [(one.value.offence, one.row.booking_id) for one in held] == [("Theft", booking.id)]
        assert open_booking_of(session, one.id) is None


def test_facts_that_name_each_other_are_not_torn_apart(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    case = merge(world, one, two)
    with session_scope(world.sessions) as session:
        stay = open_booking_of(session, one.id)
        assert stay is not None
        order = state(
            session,
            one.id,
            Statement(
                HOLD,
                Hold(authority="P", reason="w", reference="H", issued_on=date(2026, 1, 2)),
                world.at,
                "H",
                booking_id=stay.id,
            ),
            actor=RITA,
            at=world.at,
        )
        charge = Charge(iccs="0502", offence="Theft", order=order.id)
        named = state(
            session,
            one.id,
            Statement(CHARGE, charge, world.at, "H", booking_id=stay.id),
            actor=RITA,
            at=world.at,
        )
    world.later(minutes=1)
    with pytest.raises(RefusedError) as torn:
        part(world, case, {order.id: one.id, named.id: two.id})
    assert torn.value.code == "torn_apart"
    part(world, case, {order.id: two.id, named.id: two.id})
    with session_scope(world.sessions, writes=False) as session:
        rows = rows_of(session, [two.id])
        held = holding(CHARGE, rows)[-1]
        assert held.value.order == holding(HOLD, rows)[-1].item


def test_as_known_on_a_day_before_the_merge_they_are_two(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    before = world.at
    world.later(days=1)
    case = merge(world, one, two)
    joined = world.at
    world.later(days=1)
    part(world, case, {})
    with session_scope(world.sessions, writes=False) as session:
        assert family_of(session, two.id, before) == (two.id,)
        assert family_of(session, two.id, joined) == (one.id, two.id)
        assert lead_of(session, two.id, joined) == one.id
        assert family_of(session, two.id) == (two.id,)


def test_the_same_finger_puts_two_files_before_officers_once(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    with session_scope(world.sessions) as session:
        assert (
            actions.suspect(session, one.id, two.id, found_by="finger", actor=RITA, at=world.at) is not None
        )
        assert actions.suspect(session, two.id, one.id, found_by="finger", actor=RITA, at=world.at) is None
        assert [case.case.found_by for case in all_cases(session, open_only=True)] == ["finger"]


def test_terminals_hear_of_both_when_files_are_joined(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    with session_scope(world.sessions, writes=False) as session:
        heard = len(session.scalars(select(PersonChange.id)).all())
    merge(world, one, two)
    with session_scope(world.sessions, writes=False) as session:
        told = session.scalars(select(PersonChange.person_id).order_by(PersonChange.id)).all()[heard:]
        assert set(told) == {one.id, two.id}


def test_terminals_and_searches_know_one_person_with_the_fingers_of_both(
    world: World, prints: dict[tuple[int, int], bytes]
) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    search = DuplicateSearch(world.vault, world.sessions)
    fingers = {one.id: prepare_finger(2, [prints[1, 1]]), two.id: prepare_finger(7, [prints[2, 1]])}
    for person_id, finger in fingers.items():
        search.refresh()
        with session_scope(world.sessions) as session:
            enrol_finger(session, world.vault, search, person_id, finger, at=world.at, by="rita")
    probe = fingers[two.id].impressions[0].template

    def told() -> dict[str, list[int]]:
        with session_scope(world.sessions, writes=False) as session:
            parts = changes(session, world.vault, NOTHING, Version(1, 9), Scope(None, page=False))
        return {
            person.person: [finger.position for finger in person.fingers]
            for part in parts
            for person in part.upserts
        }

    def found() -> int | None:
        hit = search.find(probe)
        return None if hit is None else hit.person_id

    assert (told(), found()) == ({one.number: [2]}, two.id)
    case = merge(world, one, two)
    assert (told(), found()) == ({one.number: [2, 7]}, one.id)
    assert search.find(probe, besides=two.id) is None
    part(world, case, {})
    assert (told(), found()) == ({one.number: [2]}, two.id)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=12), st.data())
def test_a_merge_taken_out_leaves_what_there_would_be_without_it(
    wanted: list[tuple[int, int]], data: st.DataObject
) -> None:
    made: list[tuple[int, int]] = []
    for first, second in wanted:  # as officers make them: each time the two leading persons
        lead = leaders(made)
        pair = lead.get(first, first), lead.get(second, second)
        if pair[0] != pair[1]:
            made.append(pair)
    if not made:
        return
    last, *_ = made[-1:]
    lead_after = leaders(made)
    assert lead_after.get(last[1]) == last[0]
    assert leaders(made[:-1]) == leaders([edge for edge in made if edge != last])
    gone = data.draw(st.sampled_from(made))
    rest = [edge for edge in made if edge != gone]
    families = leaders(rest)
    assert families.get(gone[0], gone[0]) != families.get(gone[1], gone[1])
    assert all(families.get(a, a) == families.get(b, b) for a, b in rest)


def test_the_pages_lead_from_two_numbers_to_one_file_and_back(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    rita, otto = world.browser("rita", Role.RECORDS_OFFICER), world.browser("otto", Role.RECORDS_OFFICER)
    page = rita.get(f"/people/{one.number}/merge?with={two.number}")
    assert "NOBELO" in page.text
    assert "differs" in page.text
    same = rita.get(f"/people/{one.number}/merge?with={one.number}")
    assert "one and the same file" in same.text
    form = {"with": two.number, "lead": one.number, "reason": "<b>scar</b>"}
    made = post(
        rita, f"/people/{one.number}/merge", form, page=f"/people/{one.number}/merge?with={two.number}"
    )
    assert made.status_code == 303
    address = made.location
    assert "&lt;b&gt;scar" in rita.get(address).text
    own = post(rita, address, {"act": "confirm", "seen": "1"})
    assert own.status_code == 400
    assert "Another officer" in own.text
    assert post(otto, address, {"act": "confirm", "seen": "1"}).status_code == 303
    assert "also" in rita.get(f"/people/{two.number}").text
    world.later(minutes=1)
    assert post(rita, address, {"act": "ask", "seen": "2", "reason": "two ears"}).status_code == 303
    assert post(otto, address, {"act": "part", "seen": "3"}).status_code == 303
    assert "Parted again" in otto.get("/merges?all=1").text
    with session_scope(world.sessions, writes=False) as session:
        assert leads(session) == {}


def test_later_needs_time_to_pass_only_after_the_merge(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    with session_scope(world.sessions) as session:
        state(session, one.id, Statement(ALERT, GANG, world.at), actor=RITA, at=world.at)
    case = merge(world, one, two)
    world.at += timedelta(hours=1)
    with session_scope(world.sessions, writes=False) as session:
        standing = standing_of(session, case)
        assert standing is not None
        assert parting.later(session, standing).empty


def test_what_both_files_say_the_joined_one_says_once(world: World) -> None:
    one, two = world.person(), world.person("Nobelo")
    out(world, two)
    with session_scope(world.sessions) as session:
        for person, countries in ((one, ["BZ"]), (two, ["BZ", "GT"])):
            for country in countries:
                nation = Statement(NATIONALITY, Nationality(country=country), world.at)
                state(session, person.id, nation, actor=RITA, at=world.at)
            state(
                session,
                person.id,
                Statement(ALIAS, Alias(surname="Chico"), world.at),
                actor=RITA,
                at=world.at,
            )
    merge(world, one, two)
    page = world.browser("rita").get(f"/people/{one.number}").text
    heads = page.partition("<dt>Nationality</dt>")[2].partition("</div>")[0]
    assert (heads.count("Belize"), heads.count("Guatemala")) == (1, 1)
    assert page.partition("<dt>Also known as</dt>")[2].partition("</div>")[0].lower().count("chico") == 1
