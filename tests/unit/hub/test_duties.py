"""Posts of a shift, fingers to take again, standing procedures: what is refused, and what becomes of each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.__main__ import main
from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.control_room.need import Need
from hub.control_room.needs import facts, needs
from hub.custody.records import Person, PersonChange
from hub.database import session_scope
from hub.movements import standing
from hub.movements.duty_records import Post, ReEnrolment
from hub.movements.posts import SITE, end_post, on_duty, on_post, posts, responsible, set_post
from hub.movements.re_enrolment import (
    Why,
    assign_task,
    close_task,
    note_enrolled,
    open_task,
    open_tasks,
    task_of,
)
from hub.sentences import RefusedError

from .duty_world import OLGA, SAM, officers, put_on_post
from .site_world import World

ELSE = Actor("ada", "192.0.2.9")

# --- posts


@pytest.mark.parametrize(
    ("login", "checkpoint", "hours", "code"),
    [
        ("nobody", "a-in", 8.0, "no_officer"),
        ("rita", "a-in", 8.0, "no_officer"),
        ("olga", SITE, 8.0, "no_supervisor"),
        ("olga", "moon", 8.0, "no_checkpoint"),
        ("olga", "a-in", 0.0, "post_time"),
        ("olga", "a-in", -1.0, "post_time"),
        ("olga", "a-in", 17.0, "post_time"),
    ],
)
def test_a_post_that_cannot_be_is_refused(
    world: World, login: str, checkpoint: str, hours: float, code: str
) -> None:
    world.site()
    officers(world)
    world.account("rita", Role.RECORDS_OFFICER)
    until = world.at + timedelta(hours=hours)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        set_post(session, login, checkpoint, world.at, until, actor=SAM, at=world.at)
    assert refused.value.code == code


def test_whoever_came_first_answers_then_the_supervisor_then_nobody(world: World) -> None:
    world.site()
    officers(world)
    put_on_post(world, "sam", SITE)
    put_on_post(world, "olga", hours=4)
    world.later(hours=1)
    put_on_post(world, "otto", hours=6)
    with session_scope(world.sessions) as session:
        lines = posts(session, world.at)
        assert on_post(lines, "a-in", world.at) == ["olga", "otto"]
        assert on_duty(lines, world.at) == ["sam"]
        assert responsible(lines, "a-in", world.at) == "olga"
        assert responsible(lines, "w-in", world.at) == "sam"
        olgas = session.scalars(select(Post.id).order_by(Post.id)).all()[1]
        end_post(session, olgas, actor=SAM, at=world.at)
        end_post(session, 999, actor=SAM, at=world.at)
        assert responsible(posts(session, world.at), "a-in", world.at) == "otto"
    world.later(hours=12)
    with session_scope(world.sessions, writes=False) as session:
        assert posts(session, world.at) == []


def test_a_post_is_set_from_the_command_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.site()
    officers(world)
    world.settings()
    data = ["--data", str(world.folder)]
    assert main(["posts", "set", "olga", "--checkpoint", "moon", *data]) == 2
    assert main(["posts", "set", "olga", "--hours", "0", *data]) == 2
    assert main(["posts", "set", "olga", "--checkpoint", "a-in", *data]) == 0
    assert "olga is on post: a-in" in capsys.readouterr().out


def duties(world: World) -> list[Need]:
    with session_scope(world.sessions, writes=False) as session:
        return [need for need in needs(facts(session, world.at), [], world.at, "en") if need.kind == "duty"]


def test_a_checkpoint_in_use_without_an_officer_is_a_need(world: World) -> None:
    world.site()
    officers(world)
    assert duties(world) == [], "no terminal stands anywhere yet"
    world.terminal()
    (need,) = duties(world)
    assert (need.rank, need.page) == (4, "/posts")
    assert need.detail == "Block A, entry. Nobody has the shift: referrals there are nobody's."
    put_on_post(world, "sam", SITE)
    (need,) = duties(world)
    assert need.rank == 5
    assert "The shift supervisor answers: sam." in need.detail
    put_on_post(world, "olga")
    assert duties(world) == []


# --- fingers to take again


def task_id(world: World, person: Person) -> int:
    with session_scope(world.sessions, writes=False) as session:
        row = task_of(session, person.id)
        assert row is not None
        return row.id


def test_nobody_has_two_open_tasks_and_none_with_a_standing_procedure(world: World) -> None:
    ana, luis = world.person(), world.person("Coc")
    with session_scope(world.sessions) as session:
        in_march = (world.at + timedelta(days=90)).date()
        standing.set_procedure(session, luis, "No ridges left", "Photo", in_march, actor=SAM, at=world.at)
        assert open_task(session, ana.id, Why.ATTESTED, at=world.at, by="olga")
        assert not open_task(session, ana.id, Why.ASKED_FOR, at=world.at, by="rita")
        assert not open_task(session, luis.id, Why.ATTESTED, at=world.at, by="olga")
        assert [task.person.id for task in open_tasks(session)] == [ana.id]


def test_a_task_is_closed_with_a_note_or_by_new_fingers_and_stays_on_record(world: World) -> None:
    ana = world.person()
    with session_scope(world.sessions) as session:
        assert note_enrolled(session, ana.id, at=world.at, by="rita") == 0
        open_task(session, ana.id, Why.ATTESTED, at=world.at, by="olga")
    task = task_id(world, ana)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        close_task(session, task, " x ", actor=OLGA, at=world.at)
    with session_scope(world.sessions) as session:
        assign_task(session, task, actor=OLGA, at=world.at)
        close_task(session, task, "Released tomorrow", actor=OLGA, at=world.at)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        close_task(session, task, "Released tomorrow", actor=OLGA, at=world.at)
    with session_scope(world.sessions) as session:
        assert open_task(session, ana.id, Why.OFTEN_REFERRED, at=world.at, by="hub")
        assert note_enrolled(session, ana.id, at=world.at, by="rita") == 1
        rows = session.scalars(select(ReEnrolment).order_by(ReEnrolment.id)).all()
        assert [(row.closed_by, row.closed_by_fingers) for row in rows] == [("olga", False), ("rita", True)]
        assert rows[0].close_note == "Released tomorrow"


# --- standing procedures


@pytest.mark.parametrize(
    ("reason", "instead", "days", "code"),
    [
        ("", "Photo", 90, "words"),
        ("No ridges left", "x" * 201, 90, "words"),
        ("No ridges left", "Photo", 0, "review"),
        ("No ridges left", "Photo", 400, "review"),
    ],
)
def test_a_procedure_without_words_or_with_a_review_too_far_is_refused(
    world: World, reason: str, instead: str, days: int, code: str
) -> None:
    ana = world.person()
    review_on = date(2026, 11, 22) + timedelta(days=days)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as refused:
        standing.set_procedure(session, ana, reason, instead, review_on, actor=SAM, at=world.at)
    assert refused.value.code == code


def test_a_procedure_is_set_approved_by_another_reviewed_and_ended(world: World) -> None:
    ana = world.person()
    review_on = date(2027, 1, 1)
    with session_scope(world.sessions) as session:
        before = len(session.scalars(select(PersonChange.id)).all())
        standing.set_procedure(session, ana, "No ridges left", "Photo", review_on, actor=SAM, at=world.at)
        assert standing.attested_people(session) == {ana.id}
        with pytest.raises(RefusedError):
            standing.set_procedure(
                session, ana, "No ridges left", "Photo", review_on, actor=ELSE, at=world.at
            )
        with pytest.raises(RefusedError):
            standing.approve_second(session, ana, actor=SAM, at=world.at)
        standing.approve_second(session, ana, actor=ELSE, at=world.at)
        with pytest.raises(RefusedError):
            standing.approve_second(session, ana, actor=OLGA, at=world.at)
    world.later(days=60)
    with session_scope(world.sessions, writes=False) as session:
        assert standing.overdue(session, world.at) == 1
        assert standing.attested_people(session) == {ana.id}, (
            "overdue or not, it holds until somebody ends it"
        )
    assert [need.title for need in duties(world)] == ["Standing procedures to review"]
    with session_scope(world.sessions) as session:
        standing.review(session, ana, "Looked at both hands", date(2027, 6, 1), actor=SAM, at=world.at)
        assert standing.overdue(session, world.at) == 0
        present = standing.procedure_of(session, ana.id)
        assert present is not None
        assert [row.note for row in standing.reviews_of(session, present.id)] == ["Looked at both hands"]
        standing.end_procedure(session, ana, "A finger has healed", actor=ELSE, at=world.at)
        assert standing.attested_people(session) == set()
        with pytest.raises(RefusedError):
            standing.end_procedure(session, ana, "A finger has healed", actor=ELSE, at=world.at)
        after = len(session.scalars(select(PersonChange.id)).all())
        assert [row.ended_by for row in standing.history_of(session, ana.id)] == ["ada"]
    assert after - before == 2, "terminals hear of its beginning and its end"
