"""Property, visits, incidents, sanctions, keep-aparts and complaints: what is refused first, then what is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission, Role
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import FactFaultsError, Statement, end, state
from hub.custody.facts.reading import Held, current, rows_of
from hub.custody.life import complaints, incidents, keep_aparts, sanctions, visitors, visits
from hub.custody.life.alerts import ALERT, Alert, AlertType, alerts_of
from hub.custody.life.complaints import Channel, Complaint, Upheld
from hub.custody.life.incident_forms import (
    INCIDENT_PART,
    Finding,
    IncidentPart,
    IncidentRole,
    IncidentSort,
    Report,
)
from hub.custody.life.keep_aparts import KEEP_APART, KeptApart, Part, Restriction, keep_aparts_of
from hub.custody.life.occupation import ATTENDANCE, Attendance
from hub.custody.life.property import (
    Leaving,
    Outcome,
    PropertyItem,
    Signature,
    Signed,
    let_go,
    take_in,
    unreturned,
)
from hub.custody.life.sanctions import Sanction, SanctionType
from hub.custody.life.visitors import Ban, Who
from hub.custody.life.visits import MayVisit, Visit, VisitOutcome
from hub.custody.merging import actions as merging
from hub.custody.merging.checks import Proposal
from hub.custody.records import Booking, Person
from hub.custody.sentencing.forms import ADJUSTMENT
from hub.database import session_scope
from hub.reception.merging.comparing import said_by
from hub.sentences import RefusedError

from .site_world import World, post

ROLE = Role.SHIFT_SUPERVISOR
RITA, OTTO = Actor("rita", "10.0.0.5"), Actor("otto", "10.0.0.6")
TODAY = date(2026, 11, 22)
PAPER = Signature(Signed.PAPER, "form 12")
WATCH = PropertyItem(what="Watch, grey", cents=12_50, seal="S 77")


def stay_of(world: World, person: Person) -> Booking:
    with session_scope(world.sessions, writes=False) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        return booking


def taken(world: World, person: Person, *items: PropertyItem) -> list[int]:
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        take_in(session, booking, items, PAPER, actor=RITA, at=world.at)
        return [held.item for held in unreturned(session, booking.id)]


def gone(world: World, person: Person, items: list[int], leaving: Leaving | None = None) -> str:
    booking = stay_of(world, person)
    with session_scope(world.sessions) as session:
        out = leaving or Leaving(Outcome.RETURNED)
        return let_go(session, booking.id, items, out, PAPER, actor=RITA, at=world.at)


@pytest.mark.parametrize(
    ("items", "signature", "code"),
    [
        ([], PAPER, "no_items"),
        ([WATCH], Signature(Signed.PAPER, " "), "no_signature"),
        ([PropertyItem(what=" ")], PAPER, "faulty_fact"),
        ([PropertyItem(what="Shoes", count=0)], PAPER, "faulty_fact"),
        ([PropertyItem(what="Ring", cents=-5)], PAPER, "faulty_fact"),
    ],
)
def test_property_that_cannot_be_is_refused(
    world: World, items: list[PropertyItem], signature: Signature, code: str
) -> None:
    booking = stay_of(world, world.person())
    with pytest.raises(RefusedError) as error, session_scope(world.sessions) as session:
        take_in(session, session.get_one(Booking, booking.id), items, signature, actor=RITA, at=world.at)
    assert error.value.code == code


def test_nothing_goes_twice_and_nothing_stays_back_without_a_reason(world: World) -> None:
    person = world.person()
    items = taken(world, person, WATCH, PropertyItem(what="Shoes"))
    for leaving, code in (
        (Leaving(Outcome.LOST), "unexplained"),
        (Leaving(Outcome.HANDED_TO), "no_taker"),
    ):
        with pytest.raises(RefusedError) as error:
            gone(world, person, items, leaving)
        assert error.value.code == code
    receipt = gone(world, person, items[:1])
    with pytest.raises(RefusedError, match=f"went already, on receipt {receipt}"):
        gone(world, person, items)
    with session_scope(world.sessions, writes=False) as session:
        left = unreturned(session, stay_of(world, person).id)
    assert [held.value.what for held in left] == ["Shoes"]
    gone(world, person, items[1:], Leaving(Outcome.CONFISCATED, reason="evidence, case 7"))
    with session_scope(world.sessions, writes=False) as session:
        assert unreturned(session, stay_of(world, person).id) == []


def test_property_of_another_person_does_not_go_with_this_one(world: World) -> None:
    items = taken(world, world.person(), WATCH)
    with pytest.raises(RefusedError) as error:
        gone(world, world.person("Other"), items)
    assert error.value.code == "no_such_item"


MARIA = Who(surname="Cal", given="Maria", identity="SS 000-1", born_on=date(1980, 1, 1))


def visitor(world: World, person: Person, who: Who = MARIA, relation: str = "mother") -> str:
    with session_scope(world.sessions) as session:
        row = visitors.register_visitor(session, who, TODAY, actor=RITA, at=world.at)
        visits.allow_visitor(
            session, person, MayVisit(visitor=row.number, relation=relation), actor=RITA, at=world.at
        )
        return row.number


def book(world: World, person: Person, *numbers: str, hours: int = 2) -> int:
    wanted = Visit(visitors=numbers, visit_at=world.at + timedelta(hours=hours))
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        return visits.book_visit(session, booking, person, wanted, actor=RITA, at=world.at).id


def close(world: World, person: Person, item: int, outcome: VisitOutcome, reason: str = "") -> None:
    with session_scope(world.sessions) as session:
        held = next(one for one in visits.visits_of(session, [person.id]) if one.item == item)
        visits.close_visit(session, held, person, outcome, reason, actor=RITA, at=world.at)


def ban(world: World, number: str, **more: object) -> None:
    wanted = Ban(**{"reason": "brought a phone", "authority": "Director", "from_on": TODAY, **more})  # type: ignore[arg-type]
    with session_scope(world.sessions) as session:
        found = visitors.visitor(session, number)
        assert found is not None
        visitors.ban(session, number, wanted, seen=found.last_step, actor=RITA, at=world.at)


def refused(code: str, act: object, *arguments: object, **more: object) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        act(*arguments, **more)  # type: ignore[operator]
    assert error.value.code == code
    return error.value


def test_a_banned_visitor_is_turned_away_with_the_reason(world: World) -> None:
    person, other = world.person(), world.person("Other")
    number = visitor(world, person)
    refused("visitor_known", visitor, world, other)
    before = book(world, person, number)
    ban(world, number, person=person.number)
    assert "brought a phone" in str(refused("visitor_banned", book, world, person, number, hours=3))
    world.later(hours=3)
    refused("visitor_banned", close, world, person, before, VisitOutcome.TOOK_PLACE)
    refused("no_reason", close, world, person, before, VisitOutcome.TURNED_AWAY)
    close(world, person, before, VisitOutcome.TURNED_AWAY, "banned")
    refused("visit_over", close, world, person, before, VisitOutcome.NOT_COME)
    with session_scope(world.sessions) as session:
        visits.allow_visitor(
            session, other, MayVisit(visitor=number, relation="aunt"), actor=RITA, at=world.at
        )
    assert book(world, other, number)


def test_a_ban_ends_by_itself_or_is_lifted(world: World) -> None:
    person = world.person()
    number = visitor(world, person)
    refused("ban_backwards", ban, world, number, until_on=date(2026, 11, 1))
    ban(world, number, until_on=date(2026, 11, 30))
    world.later(days=10)
    assert book(world, person, number)
    ban(world, number, from_on=date(2026, 12, 1))
    refused("visitor_banned", book, world, person, number)
    with session_scope(world.sessions) as session:
        found = visitors.visitor(session, number)
        assert found is not None
        step = found.bans[-1][0]
        visitors.lift_ban(session, number, step, "appeal", seen=found.last_step, actor=OTTO, at=world.at)
    with pytest.raises(RefusedError, match="same moment"), session_scope(world.sessions) as session:
        visitors.lift_ban(
            session, number, found.bans[0][0], "late", seen=found.last_step, actor=RITA, at=world.at
        )
    assert book(world, person, number, hours=5)


def test_children_come_with_a_grown_up(world: World) -> None:
    person = world.person()
    refused("visitor_paper", visitor, world, person, Who(surname="Cal", given="Jo"))
    child = visitor(world, person, Who(surname="Cal", given="Jo", born_on=date(2015, 1, 1)), "son")
    refused("children_alone", book, world, person, child)
    refused("visit_past", book, world, person, child, hours=-30)
    mother = visitor(world, person)
    assert book(world, person, child, mother)
    refused("visit_booked", book, world, person, mother)


def fight(world: World, person: Person, *, by: Actor = RITA) -> tuple[str, Held[IncidentPart]]:
    report = Report(sort=IncidentSort.FIGHT, occurred_at=world.at, place="Yard", what="A fight over a ball")
    with session_scope(world.sessions) as session:
        number = incidents.report_incident(session, report, actor=by, at=world.at).number
        booking = open_booking_of(session, person.id)
        assert booking is not None
        incidents.involve(session, number, booking, IncidentRole.ACCUSED, "rule 5", actor=by, at=world.at)
    return number, part(world, number)


def part(world: World, number: str) -> Held[IncidentPart]:
    with session_scope(world.sessions, writes=False) as session:
        return incidents.parts_in(session, number)[0]


def go_on(world: World, number: str, actor: Actor = OTTO, **fields: object) -> None:
    held = part(world, number)
    from msgspec.structs import replace

    with session_scope(world.sessions) as session:
        seen = incidents.part_seen(session, held)
        incidents.go_on(session, held, replace(held.value, **fields), seen=seen, actor=actor, at=world.at)


def impose(world: World, number: str, kind: SanctionType, **fields: object) -> None:
    held = part(world, number)
    values = {
        "part": held.item,
        "incident": number,
        "decided_by": "Director",
        "why": "rule 5",
        "from_on": TODAY,
    }
    wanted = Sanction(type=kind, **{**values, **fields})  # type: ignore[arg-type]
    with session_scope(world.sessions) as session:
        sanctions.impose(session, held, wanted, actor=OTTO, at=world.at)


def proved(world: World, number: str) -> None:
    go_on(world, number, told_at=world.at)
    world.later(hours=1)
    go_on(
        world,
        number,
        heard_at=world.at,
        heard_by="Panel",
        finding=Finding.PROVED.value,
        finding_reason="seen by two",
    )


def test_nothing_is_proved_before_the_person_was_told_and_heard(world: World) -> None:
    number, _ = fight(world, world.person())
    finding = {"finding": Finding.PROVED.value, "finding_reason": "seen"}
    refused("not_heard", go_on, world, number, **finding)
    refused("own_report", go_on, world, number, RITA, **finding)
    refused("step_to_come", go_on, world, number, told_at=world.at + timedelta(days=1))
    go_on(world, number, told_at=world.at)
    before = world.at - timedelta(hours=2)
    refused("heard_before_told", go_on, world, number, heard_at=before, heard_by="Panel", **finding)
    refused("no_finding", impose, world, number, SanctionType.WARNING)
    proved(world, number)
    impose(world, number, SanctionType.WARNING)
    refused("no_appeal", go_on, world, number, appeal_outcome="upheld")


def test_sanctions_do_not_overlap_and_nobody_is_alone_for_long(world: World) -> None:
    person = world.person()
    number, _ = fight(world, person)
    proved(world, number)
    alone = SanctionType.CONFINEMENT
    refused("sanction_days", impose, world, number, alone)
    refused("confined_too_long", impose, world, number, alone, until_on=date(2026, 12, 7), doctor="Dr Ek")
    refused("no_doctor", impose, world, number, alone, until_on=date(2026, 11, 30))
    impose(world, number, alone, until_on=date(2026, 11, 30), doctor="Dr Ek")
    refused("sanction_overlaps", impose, world, number, alone, until_on=date(2026, 11, 23), doctor="Dr Ek")
    following = {"from_on": date(2026, 12, 1), "until_on": date(2026, 12, 7), "doctor": "Dr Ek"}
    refused("confined_too_long", impose, world, number, alone, **following)
    impose(world, number, SanctionType.LOSS_OF_PRIVILEGES, until_on=date(2026, 12, 31))


def test_lost_remission_goes_into_the_reckoning_and_comes_back(world: World) -> None:
    person = world.person()
    number, _ = fight(world, person)
    proved(world, number)
    refused("forfeited_days", impose, world, number, SanctionType.REMISSION_FORFEITED)
    impose(world, number, SanctionType.REMISSION_FORFEITED, days=14)
    with session_scope(world.sessions, writes=False) as session:
        assert [held.value.days for held in current(session, ADJUSTMENT, person_id=person.id)] == [14]
        held = sanctions.sanctions_of(session, [person.id])[0]
    with session_scope(world.sessions) as session:
        sanctions.set_aside(session, held, "appeal upheld", actor=RITA, at=world.at)
    refused("sanction_ended", _set_aside, world, held)
    with session_scope(world.sessions, writes=False) as session:
        assert current(session, ADJUSTMENT, person_id=person.id) == []


def _set_aside(world: World, held: Held[Sanction]) -> None:
    with session_scope(world.sessions) as session:
        sanctions.set_aside(session, held, "again", actor=RITA, at=world.at)


def test_an_incident_is_told_once_for_all_and_corrected_without_loss(world: World) -> None:
    one, two = world.person(), world.person("Other")
    number, _ = fight(world, one)
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, two.id)
        assert booking is not None
        incidents.involve(session, number, booking, IncidentRole.VICTIM, "", actor=RITA, at=world.at)
        told = incidents.incident(session, number)
        assert told is not None
        report = Report(
            sort=IncidentSort.ASSAULT, occurred_at=world.at, place="Yard", what="One hit the other"
        )
        incidents.correct_report(
            session, number, report, reason="film", seen=told.last_step, actor=OTTO, at=world.at
        )
    with pytest.raises(RefusedError, match="same moment"), session_scope(world.sessions) as session:
        incidents.add_note(session, number, "late", close=False, seen=told.last_step, actor=RITA, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        found = incidents.incident(session, number)
        assert found is not None
        assert found.report.sort is IncidentSort.ASSAULT
        assert [incidents.report_of(step).sort for step in incidents.history(session, found.id)] == [
            "fight",
            "assault",
        ]
        people = {held.row.person_id: held.value.role for held in incidents.parts_in(session, number)}
    assert people == {one.id: IncidentRole.ACCUSED, two.id: IncidentRole.VICTIM}


def apart(world: World, person: Person, other: str, actor: Actor = RITA) -> int:
    value = KeptApart(
        other=other,
        role=Part.VICTIM,
        other_role=Part.PERPETRATOR,
        restriction=Restriction.BLOCK,
        reason="assault",
    )
    with session_scope(world.sessions) as session:
        return keep_aparts.keep_apart(session, person, value, actor=actor, at=world.at).id


def test_two_people_are_kept_apart_on_both_files_and_once(world: World) -> None:
    one, two = world.person(), world.person("Other")
    refused("no_person", apart, world, one, "P-999999")
    refused("same_person", apart, world, one, one.number)
    apart(world, one, two.number.lower())
    refused("kept_apart_already", apart, world, two, one.number)
    with session_scope(world.sessions, writes=False) as session:
        both = keep_aparts_of(session, [one.id, two.id], world.at)
        assert [(each.one_id, each.other_id, each.one_role) for each in both] == [
            (one.id, two.id, Part.VICTIM),
            (two.id, one.id, Part.PERPETRATOR),
        ]
        row = both[0].held.row
    world.later(hours=1)
    with session_scope(world.sessions) as session:
        end(session, row, KEEP_APART, effective_at=world.at, reason="moved", actor=RITA, at=world.at)
        assert keep_aparts_of(session, [two.id], world.at) == []
        assert len(keep_aparts_of(session, [two.id], world.at, known_at=world.at - timedelta(minutes=1))) == 1


def test_a_keep_apart_follows_a_merge(world: World) -> None:
    one, two, same = world.person(), world.person("Other"), world.person("Otter")
    apart(world, one, same.number)
    with session_scope(world.sessions) as session:
        wanted = Proposal(two.id, same.id, "finger", same_stay=True)
        case = merging.propose(session, wanted, actor=RITA, at=world.at)
        merging.confirm(session, case.id, seen=1, actor=OTTO, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert [each.other_id for each in keep_aparts_of(session, [one.id], world.at)] == [two.id]
        assert [each.other_id for each in keep_aparts_of(session, [two.id], world.at)] == [one.id]


def test_an_alert_ends_with_its_last_day(world: World) -> None:
    person = world.person()
    alert = Alert(type=AlertType.ESCAPE, authorised_by="Director", until_on=TODAY)
    with session_scope(world.sessions) as session:
        state(session, person.id, Statement(ALERT, alert, world.at), actor=RITA, at=world.at)
        assert list(alerts_of(session, [person.id], world.at)) == [person.id]
        assert alerts_of(session, [person.id], world.at + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    "value",
    [
        Attendance(on=TODAY, minutes=60),
        Attendance(on=TODAY, minutes=0, work=1),
        Attendance(on=TODAY, minutes=1_441, work=1),
        Attendance(on=TODAY + timedelta(days=1), minutes=60, work=1),
    ],
)
def test_hours_that_cannot_be_are_refused(world: World, value: Attendance) -> None:
    person = world.person()
    booking = stay_of(world, person)
    statement = Statement(ATTENDANCE, value, world.at, booking_id=booking.id)
    with pytest.raises(FactFaultsError), session_scope(world.sessions) as session:
        state(session, person.id, statement, actor=RITA, at=world.at)


def complain(world: World, person: Person, *, confidential: bool, due_on: date = TODAY) -> int:
    said = Complaint(about="Food", said="It was cold", channel=Channel.BOX, due_on=due_on)
    with session_scope(world.sessions) as session:
        return complaints.take_complaint(
            session, person, said, confidential=confidential, actor=RITA, at=world.at
        ).id


def test_a_complaint_is_answered_once_and_in_words(world: World) -> None:
    person = world.person()
    with pytest.raises(FactFaultsError):
        complain(world, person, confidential=False, due_on=TODAY - timedelta(days=1))
    complain(world, person, confidential=False)
    with session_scope(world.sessions) as session:
        held = complaints.open_complaints(session, confidential=False)[0]

    def answer(outcome: Upheld = Upheld.UPHELD, words: str = "New stove", to: str = "") -> None:
        with session_scope(world.sessions) as session:
            complaints.answer_complaint(session, held, outcome, words, handed_to=to, actor=OTTO, at=world.at)

    refused("no_answer", answer, words=" ")
    refused("handed_to_whom", answer, Upheld.HANDED_ON)
    answer()
    refused("answered_already", answer)
    with session_scope(world.sessions, writes=False) as session:
        assert complaints.open_complaints(session, confidential=False) == []


def test_a_confidential_complaint_is_seen_by_director_and_auditor_alone(world: World) -> None:
    person = world.person()
    item = complain(world, person, confidential=True)
    address = f"/people/{person.number}/confidential/{item}"
    for role, code in (
        (Role.DIRECTOR, 200),
        (Role.AUDITOR, 200),
        (Role.RECORDS_OFFICER, 403),
        (Role.SHIFT_SUPERVISOR, 403),
    ):
        client = world.browser(role.value, role)
        assert client.get(address).status_code == code, role
        assert client.get("/complaints/confidential").status_code == code
    for role in (Role.RECORDS_OFFICER, Role.SHIFT_SUPERVISOR):
        client = world.browser(f"{role.value}2", role)
        assert "It was cold" not in client.get(f"/people/{person.number}").text
        assert client.get(f"/people/{person.number}/complaints/{item}").status_code == 404
        if role is Role.RECORDS_OFFICER:
            report = client.get(f"/people/{person.number}/access").text
            assert "Director" not in report, "who prints it must not read that there is one"
    with session_scope(world.sessions, writes=False) as session:
        rows = rows_of(session, [person.id])
        told = said_by(rows, lambda permission: permission != Permission.HEAR_CONFIDENTIAL)
    assert [str(words) for row, words, _ in told if row.id == item] == ["something"]


def test_an_officer_does_all_of_it_on_pages(world: World) -> None:
    person, other = world.person(), world.person("Other")
    client = world.browser("sam", Role.SHIFT_SUPERVISOR)
    base = f"/people/{person.number}"
    names = ("what", "count", "value", "condition", "seal", "kept_at")
    lines = [("Watch <b>", "1", "12.50", "old", "S 1", "shelf"), ("", "", "", "", "", "")]
    form: dict[str, object] = {name: [line[place] for line in lines] for place, name in enumerate(names)}
    sign = {"signed": "paper", "signature": "form 3"}
    bad = post(client, f"{base}/property", {**form, "act": "take", **sign, "value": ["a", ""]})
    assert bad.status_code == 400
    assert "Watch &lt;b&gt;" in bad.text
    made = post(client, f"{base}/property", {**form, "act": "take", **sign})
    assert made.status_code == 303
    assert "Watch &lt;b&gt;" in client.get(made.location).text
    with session_scope(world.sessions, writes=False) as session:
        item = unreturned(session, stay_of(world, person).id)[0].item
    out = post(client, f"{base}/property", {"act": "give", "item": item, "outcome": "returned", **sign})
    assert out.status_code == 303
    again = post(client, f"{base}/property", {"act": "give", "item": item, "outcome": "returned", **sign})
    assert "went already" in again.text
    who = {"surname": "Cal", "given": "Maria", "relation": "mother", "identity": "SS 1", "act": "register"}
    assert post(client, f"{base}/visits", who).status_code == 303
    visit = {
        "act": "book",
        "visitor": "V-000001",
        "visit_at": "2026-11-23T10:00",
        "sort": "family",
        "minutes": "30",
    }
    assert post(client, f"{base}/visits", visit).status_code == 303
    stop = {"act": "ban", "seen": "1", "reason": "a phone", "authority": "Director", "from_on": "2026-11-22"}
    assert post(client, "/visitors/V-000001", stop).status_code == 303
    assert "a phone" in post(client, f"{base}/visits", {**visit, "visit_at": "2026-11-24T10:00"}).text
    for never in ("9999-12-31T23:59", "2062-11-24T10:00"):
        answer = post(client, f"{base}/visits", {**visit, "visit_at": never})
        assert answer.status_code == 400
        assert "Write date and time" in answer.text or "within a year" in answer.text
    report = {
        "sort": "fight",
        "occurred_at": "2026-11-22T11:00",
        "place": "Yard",
        "what": "A fight",
        "person": person.number,
        "role": "accused",
        "accused_of": "rule 5",
    }
    made = post(client, "/incidents", report)
    assert made.status_code == 303
    own = post(
        client, f"{made.location}/sanctions", {"act": "find", "part": "1", "seen": "1"}, page=made.location
    )
    assert own.status_code == 400
    keep = {
        "act": "open",
        "other": other.number,
        "role": "VICTIM",
        "other_role": "PERPETRATOR",
        "restriction": "SITE",
        "reason": "feud",
    }
    assert post(client, f"{base}/keep-apart", keep).status_code == 303
    complaint = {"about": "Food", "said": "cold", "channel": "box", "due_on": "2026-12-01"}
    assert post(client, f"{base}/complaint", complaint).status_code == 303
    page = client.get(f"/people/{other.number}").text
    assert "feud" in page
    page = client.get(base).text
    for word in ("I-000001", "Food", "1 visitor on the list", "Everything went: 1 things."):
        assert word in page
    for address in (
        "/visitors",
        "/visitors/V-000001",
        "/incidents",
        "/complaints",
        made.location,
        f"{base}/visits",
    ):
        assert client.get(address).status_code == 200


def test_an_incident_that_is_known_to_none_of_the_files_is_found_by_its_number(world: World) -> None:
    person = world.person()
    number, held = fight(world, person)
    with session_scope(world.sessions, writes=False) as session:
        assert [row.kind for row in rows_of(session, [person.id], INCIDENT_PART)] == ["incident_part"]
        assert session.scalars(select(Booking.id).where(Booking.id == held.row.booking_id)).one()
        assert incidents.incident(session, number.lower()) is not None
        assert incidents.incident(session, "I-999999") is None


def test_what_was_typed_on_an_incident_is_still_there_after_a_mistake(world: World) -> None:
    number, held = fight(world, world.person(), by=OTTO)
    client = world.browser("susan", Role.SHIFT_SUPERVISOR)
    page = f"/incidents/{number}"
    hearing = {
        "act": "find",
        "part": str(held.item),
        "seen": "0",
        "heard_at": "2026-11-22T11:00",
        "heard_by": "Inspector Cal",
        "finding": "not_proved",
        "finding_reason": "nobody saw it",
    }
    answer = post(client, f"{page}/sanctions", dict(hearing), page=page)
    assert answer.status_code == 400
    for kept in ('value="Inspector Cal"', 'value="nobody saw it"', '<option value="not_proved" selected>'):
        assert answer.text.count(kept) == 1
    report = {"act": "correct", "seen": "1", "sort": "fight", "place": "Workshop", "what": "Two tools thrown"}
    answer = post(client, page, {**report, "occurred_at": "2026-11-22T10:00", "why": ""})
    assert answer.status_code == 400
    assert 'value="Workshop"' in answer.text
    assert ">Two tools thrown</textarea>" in answer.text
