"""The liberty docket: findings are opened, owned, kept, closed by people or by facts, and opened again."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import Account
from hub.custody.facts.actions import end, withdraw
from hub.custody.facts.records import Fact
from hub.custody.legal import HEARING, LEGAL_STATUS, ORDER, Hearing, LegalStatus, Status
from hub.custody.records import Booking, Person
from hub.database import session_scope
from hub.docket.casework import add_note, answer_offer, close, look_after, offer, take
from hub.docket.chasing import ALARM
from hub.docket.desk import DocketDesk
from hub.docket.evidence import closed_as
from hub.docket.limits import REMAND_DAYS
from hub.docket.limits_in_force import set_limit
from hub.docket.ownership import name_owner
from hub.docket.records import CloseKind, DocketLimit, DocketRun, Finding, FindingStep, Waiting
from hub.docket.runs import recompute, run_all
from hub.movements.records import FeedItem, Position, Zone
from hub.sentences import RefusedError

from .docket_world import RITA, acts, finding, look, record, remanded, standing
from .site_world import World


@pytest.fixture(autouse=True)
def officers(world: World) -> None:
    world.site()
    world.account("rita", Role.RECORDS_OFFICER)
    world.account("noel", Role.RECORDS_OFFICER)
    world.account("dora", Role.DIRECTOR)


def missed_court(world: World) -> Finding:
    """Ana's date passed yesterday without outcome."""
    remanded(world, next_in_days=1)
    world.later(days=2)
    look(world)
    return standing(world, "no_outcome")[0]


def test_a_file_in_order_finds_nothing_and_a_date_that_passed_is_found_the_next_morning(world: World) -> None:
    remanded(world, next_in_days=0.2)
    assert look(world).in_doubt == 0
    world.later(hours=11.9)  # five to midnight in Belize
    look(world)
    assert standing(world) == []
    world.later(hours=0.2)
    report = look(world)
    assert (report.in_doubt, report.causes) == (1, {"no_outcome": 1})


def test_the_same_look_again_changes_nothing_whoever_looks(world: World) -> None:
    missed_court(world)
    first = [(row.id, row.version) for row in standing(world)]
    for report in (look(world), run_all(world.sessions, world.at), run_all(world.sessions, world.at)):
        assert not report.tally.changed
    assert [(row.id, row.version) for row in standing(world)] == first


def test_every_finding_has_an_owner_by_name_and_the_work_is_shared(world: World) -> None:
    for given in ("Ana", "Rosa", "Luz", "Eva"):
        remanded(world, "Cal", given, next_in_days=1)
    world.later(days=2)
    look(world)
    assert sorted(row.owner or "" for row in standing(world, "no_outcome")) == [
        "noel",
        "noel",
        "rita",
        "rita",
    ]


def test_a_named_owner_gets_the_findings_of_a_check_and_a_closed_account_keeps_none(world: World) -> None:
    with session_scope(world.sessions) as session:
        with pytest.raises(RefusedError, match="may not work the docket"):
            name_owner(session, "no_outcome", "nobody", actor=RITA, at=world.at)
        name_owner(session, "no_outcome", "noel", actor=RITA, at=world.at)
    row = missed_court(world)
    assert row.owner == "noel"
    with session_scope(world.sessions) as session:
        session.execute(update(Account).where(Account.login == "noel").values(closed_at=world.at))
    look(world)
    assert finding(world, row.id).owner == "rita"
    assert acts(world, row.id) == ["opened", "assigned"]


def test_it_closes_when_its_facts_change_and_says_which_and_somebody_looks_after_it(world: World) -> None:
    row = missed_court(world)
    outcome = Hearing(
        court="Belize City",
        hearing_at=world.at - timedelta(days=1),
        purpose="mention",
        case="C 7",
        outcome="adjourned",
    )
    fact = record(world, _person(world), HEARING, outcome, item=row.subject)
    look(world)
    closed = finding(world, row.id)
    assert (closed.closed_by, closed.close_kind) == ("docket", CloseKind.FACTS_CHANGED)
    why = str(closed_as(closed).why)
    assert re.match(rf"The facts changed: Court date, number {fact.id}, recorded by rita on 2026-11-24", why)
    with session_scope(world.sessions) as session:
        look_after(session, row.id, closed.version, "right", actor=RITA, at=world.at)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        look_after(session, row.id, closed.version, "again", actor=RITA, at=world.at)
    assert acts(world, row.id)[-2:] == ["closed", "reviewed"]


def test_what_is_dealt_with_opens_again_tomorrow_if_it_is_still_so(world: World) -> None:
    row = missed_court(world)
    with session_scope(world.sessions) as session:
        close(session, row.id, row.version, CloseKind.DONE, "rang the court", actor=RITA, at=world.at)
    look(world)
    assert standing(world, "no_outcome") == []
    world.later(days=1)
    assert look(world).tally.reopened == 1
    (again,) = standing(world, "no_outcome")
    assert (again.earlier_id, again.owner, again.since_at) == (row.id, row.owner, row.since_at)


def test_what_is_held_rightly_is_looked_at_again_on_its_day_or_when_its_facts_change(world: World) -> None:
    row = missed_court(world)
    with session_scope(world.sessions) as session:
        close(
            session, row.id, row.version, CloseKind.HELD_RIGHTLY, "the court sits on Friday",
            review_on=date(2026, 11, 30), actor=RITA, at=world.at,
        )  # fmt: skip
    world.at = world.at.replace(day=29)
    look(world)
    assert standing(world, "no_outcome") == []
    later = Hearing(court="Dangriga", hearing_at=world.at + timedelta(days=9), purpose="plea")
    record(world, _person(world), HEARING, later)
    look(world)
    assert [again.earlier_id for again in standing(world, "no_outcome")] == [row.id], (
        "another fact: asked again"
    )


@pytest.mark.parametrize(
    ("kind", "reason", "review_on", "says"),
    [
        (CloseKind.DONE, "  ", None, "Write why"),
        (CloseKind.DONE, "x" * 301, None, "too long"),
        (CloseKind.HELD_RIGHTLY, "appeal is pending", None, "within a month"),
        (CloseKind.HELD_RIGHTLY, "appeal is pending", date(2026, 11, 24), "within a month"),
        (CloseKind.HELD_RIGHTLY, "appeal is pending", date(2027, 11, 24), "within a month"),
    ],
)
def test_nothing_is_closed_without_a_reason_or_for_ever(
    world: World, kind: CloseKind, reason: str, review_on: date | None, says: str
) -> None:
    row = missed_court(world)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match=says):
        close(session, row.id, row.version, kind, reason, review_on=review_on, actor=RITA, at=world.at)
    assert finding(world, row.id).closed_at is None


def test_of_two_officers_who_close_at_once_only_one_does(world: World) -> None:
    row = missed_court(world)
    with session_scope(world.sessions) as session:
        close(session, row.id, row.version, CloseKind.DONE, "rang the court", actor=RITA, at=world.at)
    noel = Actor("noel", "10.0.0.2")
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="rita has closed"):
        close(session, row.id, row.version, CloseKind.DONE, "wrote a letter", actor=noel, at=world.at)
    assert finding(world, row.id).close_reason == "rang the court"


def test_a_note_written_meanwhile_is_not_written_over(world: World) -> None:
    row = missed_court(world)
    with session_scope(world.sessions) as session:
        add_note(session, row.id, row.version, "the registry is shut", actor=RITA, at=world.at)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match="your words are kept"):
        take(session, row.id, row.version, actor=Actor("noel", ""), at=world.at)


def test_handing_over_needs_somebody_who_may_a_note_and_their_yes(world: World) -> None:
    row = missed_court(world)
    owner = Actor(row.owner or "", "")
    other = Actor("noel" if row.owner == "rita" else "rita", "")
    with session_scope(world.sessions) as session:
        for to, note, says in (
            ("nobody", "please", "may not work the docket"),
            (owner.login, "please", "has it already"),
            (other.login, " ", "what the other has to know"),
        ):
            with pytest.raises(RefusedError, match=says):
                offer(session, row.id, row.version, to, note, actor=owner, at=world.at)
        offer(session, row.id, row.version, other.login, "you know the registry", actor=owner, at=world.at)
        with pytest.raises(RefusedError, match="not handed over to you"):
            answer_offer(session, row.id, row.version + 1, accepts=True, actor=owner, at=world.at)
    assert finding(world, row.id).owner == owner.login, "until the other accepts"
    with session_scope(world.sessions) as session:
        answer_offer(session, row.id, row.version + 1, accepts=True, actor=other, at=world.at)
    assert (finding(world, row.id).owner, finding(world, row.id).offered_to) == (other.login, None)
    assert acts(world, row.id) == ["opened", "offered", "accepted"]


def test_declining_needs_a_reason_and_leaves_it_where_it_was(world: World) -> None:
    row = missed_court(world)
    other = Actor("noel" if row.owner == "rita" else "rita", "")
    with session_scope(world.sessions) as session:
        offer(
            session,
            row.id,
            row.version,
            other.login,
            "you know her",
            actor=Actor(row.owner or "", ""),
            at=world.at,
        )
        with pytest.raises(RefusedError, match="why you do not take it"):
            answer_offer(session, row.id, row.version + 1, accepts=False, actor=other, at=world.at)
        answer_offer(
            session, row.id, row.version + 1, accepts=False, note="on leave", actor=other, at=world.at
        )
    assert finding(world, row.id).owner == row.owner


def test_a_rule_that_is_edited_takes_nothing_away(world: World) -> None:
    person = remanded(world, next_in_days=500)
    world.later(days=400)
    look(world)
    (row,) = standing(world, "remand_too_long")
    with session_scope(world.sessions) as session:
        set_limit(session, REMAND_DAYS, 730, world.at.date(), "Practice Direction 4", actor=RITA, at=world.at)
    assert look(world).tally.kept == 1
    assert look(world).tally.kept == 0, "said once"
    kept = finding(world, row.id)
    assert (kept.closed_at, kept.earlier_rule, kept.rule) == (None, True, "1 remand_days=365")
    assert acts(world, row.id) == ["opened", "earlier_rule"] or "escalated" in acts(world, row.id)
    record(world, person, LEGAL_STATUS, Status(status=LegalStatus.CONVICTED_UNSENTENCED))
    look(world)
    assert finding(world, row.id).close_kind == CloseKind.FACTS_CHANGED


def test_a_check_that_is_no_longer_made_leaves_what_it_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.docket import judging, lists, looking, reading, traces
    from hub.docket.rules import CHECKS

    row = missed_court(world)
    fewer = {code: check for code, check in CHECKS.items() if code != "no_outcome"}
    for module in (judging, lists, looking, traces):
        monkeypatch.setattr(module, "CHECKS", fewer)
    assert reading.CHECKS is CHECKS
    look(world)
    assert (finding(world, row.id).closed_at, finding(world, row.id).earlier_rule) == (None, True)


def test_what_is_overdue_goes_up_once_to_supervisors_then_to_the_director_with_one_alarm(
    world: World,
) -> None:
    row = missed_court(world)
    world.later(hours=25)
    look(world)
    look(world)
    assert finding(world, row.id).escalated == 1
    world.later(hours=48)
    look(world)
    assert finding(world, row.id).escalated == 2
    assert acts(world, row.id).count("escalated") == 2
    with session_scope(world.sessions, writes=False) as session:
        told = [item.payload for item in session.query(FeedItem) if item.payload["what"] == ALARM]
    assert len(told) == 2
    assert "Novelo" not in str(told)


def test_whoever_is_released_leaves_the_docket_with_a_trace_and_a_person_seen_since_is_back_on_it(
    world: World,
) -> None:
    row = missed_court(world)
    person = _person(world)
    with session_scope(world.sessions) as session:
        session.execute(update(Booking).values(released_at=world.at))
    look(world)
    assert str(closed_as(finding(world, row.id)).why) == "The person was released on 2026-11-24."
    world.later(hours=5)
    world.passage(person)
    report = look(world)
    assert report.causes == {"seen_after_release": 1}
    (again,) = standing(world)
    with session_scope(world.sessions) as session:
        session.execute(delete(Position))
    look(world)
    assert finding(world, again.id).close_kind == CloseKind.FACTS_CHANGED
    with session_scope(world.sessions, writes=False) as session:
        assert session.query(Zone).count() == 3


def test_an_order_that_is_withdrawn_or_ended_leaves_the_person_without_one(world: World) -> None:
    person = remanded(world)
    look(world)
    assert standing(world) == []
    with session_scope(world.sessions) as session:
        order = session.query(Fact).filter_by(kind="order").one()
        ended = end(session, order, ORDER, effective_at=world.at, reason="quashed", actor=RITA, at=world.at)
    look(world)
    assert [row.check_code for row in standing(world)] == ["no_order"]
    with session_scope(world.sessions) as session:
        row = session.get_one(Fact, ended.id)
        withdraw(session, row, ORDER, reason="it was another order", actor=RITA, at=world.at)
    look(world)
    assert standing(world) == []
    assert person.id == 1


def test_the_desk_looks_at_everybody_each_hour_and_at_whoever_changed_within_seconds(world: World) -> None:
    person = remanded(world)
    desk = DocketDesk(world.sessions)
    assert desk.tick(world.at) == 1
    assert desk.tick(world.at + timedelta(seconds=6)) == 0
    world.later(seconds=10)
    record(world, person, LEGAL_STATUS, Status(status=LegalStatus.UNKNOWN))
    world.later(seconds=10)
    assert desk.tick(world.at) == 1
    assert [row.check_code for row in standing(world)] == ["no_status"]
    assert DocketDesk(world.sessions).tick(world.at + timedelta(seconds=1)) == 0, "that was looked at"
    record(world, person, LEGAL_STATUS, Status(status=LegalStatus.REMAND))
    assert DocketDesk(world.sessions).tick(world.at + timedelta(seconds=2)) == 1, (
        "a new desk takes up where the other ended"
    )
    assert desk.tick(world.at + timedelta(seconds=20)) == 0
    with session_scope(world.sessions) as session:
        set_limit(session, REMAND_DAYS, 90, world.at.date(), "Practice Direction 4", actor=RITA, at=world.at)
    assert desk.tick(world.at + timedelta(seconds=40)) == 1, "a figure concerns everybody"
    world.later(days=9)
    assert desk.tick(world.at) == 1
    with session_scope(world.sessions, writes=False) as session:
        assert session.query(DocketRun).count() == 3
        assert session.query(Waiting).count() == 0


def test_history_runs_and_figures_cannot_be_changed(world: World) -> None:
    missed_court(world)
    with session_scope(world.sessions) as session:
        set_limit(session, REMAND_DAYS, 90, world.at.date(), "Practice Direction 4", actor=RITA, at=world.at)
    for table in (FindingStep, DocketRun, DocketLimit):
        with pytest.raises(DatabaseError, match="append-only"), session_scope(world.sessions) as session:
            session.execute(delete(table))


@pytest.mark.parametrize(
    ("value", "authority", "says"), [(0, "Act", "from 1"), (99_999, "Act", "from 1"), (90, " ", "law")]
)
def test_a_figure_needs_a_value_that_can_be_and_an_authority(
    world: World, value: int, authority: str, says: str
) -> None:
    with session_scope(world.sessions) as session, pytest.raises(RefusedError, match=says):
        set_limit(session, REMAND_DAYS, value, world.at.date(), authority, actor=RITA, at=world.at)


def test_some_can_be_looked_at_alone(world: World) -> None:
    ana, rosa = remanded(world, next_in_days=1), remanded(world, "Cal", "Rosa", next_in_days=1)
    world.later(days=2)
    with session_scope(world.sessions) as session:
        recompute(session, world.at, person_ids=[rosa.id])
    assert {row.person_id for row in standing(world)} == {rosa.id}
    look(world)
    assert {row.person_id for row in standing(world)} == {ana.id, rosa.id}


def _person(world: World) -> Person:
    with session_scope(world.sessions, writes=False) as session:
        return session.query(Person).one()
