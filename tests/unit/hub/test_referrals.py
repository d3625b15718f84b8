"""A referral: whose it is, when it grows louder, and that one of the past never rings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.database import session_scope
from hub.movements.duty_records import ReEnrolment
from hub.movements.posts import SITE
from hub.movements.records import FeedItem
from hub.movements.referral_desk import ReferralDesk
from hub.movements.referral_rules import (
    LATE_BY,
    Outcome,
    Patience,
    Status,
    asks_for_fingers,
    fault_of_patience,
    fault_of_reason,
    may_answer,
    status_of,
)
from hub.movements.referrals import open_now, patience, set_patience, take
from hub.sentences import RefusedError

from .duty_world import OLGA, SAM, history, officers, put_on_post, refer, row, staffed
from .site_world import NOON, World

# --- rules


@pytest.mark.parametrize(
    "wrong",
    [
        Patience(escalate_after_s=9),
        Patience(escalate_after_s=180),
        Patience(alarm_after_s=30_000),
        Patience(lapse_after_s=86_401),
        Patience(tries=1),
        Patience(within_days=0),
    ],
)
def test_times_that_make_no_sense_are_refused(world: World, wrong: Patience) -> None:
    assert fault_of_patience(wrong) is not None
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        set_patience(session, wrong, actor=SAM, at=world.at)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_a_reason_that_says_nothing_or_too_much_is_refused(reason: str) -> None:
    assert fault_of_reason(reason) is not None


@pytest.mark.parametrize(
    ("age_s", "status"),
    [
        (0, Status.WAITING),
        (59, Status.WAITING),
        (60, Status.ESCALATED),
        (179, Status.ESCALATED),
        (180, Status.ALARM),
    ],
)
def test_the_status_follows_from_the_age_alone(age_s: float, status: Status) -> None:
    opened_at = NOON - timedelta(seconds=age_s)
    assert status_of(opened_at, None, False, Patience(), NOON) is status
    assert status_of(opened_at, Outcome.GONE.value, False, Patience(), NOON) is Status.CLOSED
    assert status_of(opened_at, None, True, Patience(), NOON) is Status.PAST


def test_a_colleague_elsewhere_may_not_answer() -> None:
    assert not may_answer("otto", False, "olga", frozenset({"olga"}))
    assert may_answer("olga", False, "olga", frozenset())
    assert may_answer("otto", False, "olga", frozenset({"otto"}))
    assert may_answer("carla", True, None, frozenset())


def test_new_fingers_are_asked_for_only_where_the_finger_failed() -> None:
    assert not asks_for_fingers("needs_officer", standing=False, matched=True)
    assert not asks_for_fingers("not_recognised", standing=True, matched=False)
    assert not asks_for_fingers("too_close", standing=False, matched=True)
    assert not asks_for_fingers("clock_unsure", standing=False, matched=False)
    assert asks_for_fingers("not_recognised", standing=False, matched=False)


# --- opening


def test_a_referral_of_the_past_is_nobodys_and_never_rings(world: World) -> None:
    staffed(world)
    told_late = refer(world, late=True)
    long_ago = refer(world, happened_at=world.at - LATE_BY - timedelta(seconds=1))
    unsure = refer(world, happened_at=world.at - timedelta(days=9), clock_sure=False)
    assert [row(world, one).past for one in (told_late, long_ago, unsure)] == [True, True, False]
    assert history(world, told_late) == [("past", "hub")]
    with session_scope(world.sessions, writes=False) as session:
        assert [one.id for one in open_now(session)] == [unsure]
    world.later(hours=1)
    ReferralDesk(world.sessions).tick(world.at)
    assert history(world, told_late) == [("past", "hub")]


def test_it_belongs_to_the_officer_on_post_else_to_the_supervisor_else_to_nobody(world: World) -> None:
    world.site()
    officers(world)
    assert row(world, refer(world)).holder is None
    put_on_post(world, "sam", SITE)
    assert row(world, refer(world)).holder == "sam"
    put_on_post(world, "otto", "w-in")
    assert row(world, refer(world)).holder == "sam", "otto stands elsewhere"
    put_on_post(world, "olga")
    first = refer(world)
    assert row(world, first).holder == "olga"
    assert history(world, first) == [("opened", "hub"), ("given", "olga")]
    world.later(hours=9)
    assert row(world, refer(world)).holder is None, "the shift is over"


def test_what_the_terminal_knew_is_kept_as_evidence(world: World) -> None:
    staffed(world)
    ana, luis = world.person(), world.person("Coc", "Luis")
    found = row(world, refer(world, [luis, ana], "too_close"))
    assert (found.candidates, found.likely_id, found.person_id) == (["P-000002", "P-000001"], luis.id, None)
    assert (found.attempt, found.quality, found.score, found.needed) == (3, 34, 3.1, 4.6)
    assert row(world, refer(world, rule="needs_officer", person=ana)).likely_id == ana.id


def test_an_admission_opens_none(world: World) -> None:
    staffed(world)
    world.passage(world.person())
    with session_scope(world.sessions, writes=False) as session:
        assert open_now(session) == []


# --- growing louder


def alarms(world: World) -> list[str]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(FeedItem).where(FeedItem.kind == "alarm"))
        return [str(item.payload["what"]) for item in rows]


def test_each_step_is_written_down_once_however_often_two_desks_look(world: World) -> None:
    staffed(world)
    referral = refer(world)
    desks = [ReferralDesk(world.sessions), ReferralDesk(world.sessions)]
    for seconds in (59, 1, 1, 119, 1, 1):
        world.later(seconds=seconds)
        for desk in desks:
            desk.tick(world.at)
    assert history(world, referral)[2:] == [("escalated", "hub"), ("alarm", "hub")]
    assert alarms(world) == ["referral_unanswered"]


def test_a_desk_that_was_away_catches_up(world: World) -> None:
    staffed(world)
    referral = refer(world)
    world.later(minutes=10)
    assert ReferralDesk(world.sessions).tick(world.at) == 1
    assert history(world, referral)[2:] == [("escalated", "hub"), ("alarm", "hub")]


def test_the_site_says_how_long_is_too_long(world: World) -> None:
    staffed(world)
    with session_scope(world.sessions) as session:
        set_patience(session, Patience(20, 40, 100, 2, 3), actor=SAM, at=world.at)
        assert patience(session) == Patience(20, 40, 100, 2, 3)
    referral = refer(world)
    world.later(seconds=41)
    desk = ReferralDesk(world.sessions)
    desk.tick(world.at)
    assert history(world, referral)[-1] == ("alarm", "hub")
    world.later(seconds=60)
    desk.tick(world.at)
    assert row(world, referral).outcome == Outcome.LAPSED
    assert alarms(world) == ["referral_unanswered"]


def test_one_that_was_nobodys_goes_to_whoever_comes_on_post(world: World) -> None:
    world.site()
    officers(world)
    referral = refer(world)
    desk = ReferralDesk(world.sessions)
    desk.tick(world.at)
    assert row(world, referral).holder is None
    put_on_post(world, "olga")
    world.later(seconds=2)
    desk.tick(world.at)
    assert history(world, referral) == [("opened", "hub"), ("given", "olga")]


# --- taking over


def test_a_colleague_elsewhere_cannot_take_it_and_the_supervisor_can(world: World) -> None:
    staffed(world)
    referral = refer(world)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        take(session, referral, actor=Actor("otto", "x"), watches_all=False, now=world.at)
    with session_scope(world.sessions) as session:
        take(session, referral, actor=SAM, watches_all=False, now=world.at)
        take(session, referral, actor=SAM, watches_all=False, now=world.at)
    assert history(world, referral)[2:] == [("taken", "sam")]


def test_an_unknown_one_cannot_be_taken(world: World) -> None:
    staffed(world)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        take(session, 99, actor=OLGA, watches_all=True, now=world.at)


# --- repeated referrals


def open_tasks(world: World) -> list[tuple[int, str]]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(ReEnrolment).order_by(ReEnrolment.id))
        return [(task.person_id, task.reason) for task in rows if task.closed_at is None]


def test_fingers_that_fail_again_and_again_are_taken_anew_and_nothing_else_happens(world: World) -> None:
    staffed(world)
    ana, luis = world.person(), world.person("Coc")
    for _ in range(2):
        refer(world, [ana, luis], "poor_quality")
    refer(world, [ana], "needs_officer")
    assert open_tasks(world) == []
    world.later(days=8)
    refer(world, [ana], "poor_quality")
    assert open_tasks(world) == [], "the earlier ones are more than a week old"
    refer(world, [ana], "too_close")
    refer(world, [ana], "not_recognised")
    refer(world, [ana], "not_recognised")
    assert open_tasks(world) == [(ana.id, "often_referred")]
