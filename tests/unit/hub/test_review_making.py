"""A review is made beside the pages: it is seen how far it is, outlives page and hub, and comes once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.statistics.review.actions import derive
from hub.statistics.review.making import STILL, Maker, TakenOverError, ask, under_way
from hub.statistics.review.progress import Part, Progress
from hub.statistics.review.records import Review, ReviewMaking

from .review_world import DIRECTOR, WRITER, frozen, made, maker_of, year_world
from .site_world import World, post


def _asked(world: World) -> int:
    with session_scope(world.sessions) as session:
        return ask(session, 2026, "", actor=WRITER, at=world.at).id


def _making(world: World, number: int) -> ReviewMaking:
    with session_scope(world.sessions, writes=False) as session:
        return session.get_one(ReviewMaking, number)


def _reviews(world: World) -> list[Review]:
    with session_scope(world.sessions, writes=False) as session:
        return list(session.scalars(select(Review)))


def test_it_is_made_while_nobody_looks_and_leads_to_the_review(world: World) -> None:
    year_world(world)
    writer = world.browser("rosa")
    address = post(writer, "/review", {"year": "2026", "why": ""}).headers["Location"]
    number = int(address.rpartition("/")[2])
    maker_of(writer).wait(number)  # nobody asked for the page meanwhile
    there = writer.get(address)
    assert (there.status_code, there.headers["Location"]) == (303, f"/review/{_reviews(world)[0].id}")
    assert "The review is made." in writer.get(f"{address}/standing").text
    found = _making(world, number)
    assert (found.part, found.ended_at, found.problem) == (Part.WRITING, world.at, "")
    assert _reviews(world)[0].made_by == "rosa"
    assert writer.get("/review/making/99").status_code == 404
    assert world.browser("otto", Role.OFFICER).get(address).status_code == 403


def test_of_two_who_ask_at_once_both_see_the_same_one(world: World) -> None:
    first = _asked(world)
    assert _asked(world) == first
    with session_scope(world.sessions, writes=False) as session:
        assert [one.id for one in under_way(session)] == [first]
    page = world.browser("abel", Role.AUDITOR).get("/review").text
    assert "The review of 2026 is being made" in page


def test_the_page_says_how_far_it_is_and_leaves_a_living_maker_alone(world: World) -> None:
    number = _asked(world)
    with session_scope(world.sessions) as session:
        row = session.get_one(ReviewMaking, number)
        row.runner, row.beat_at, row.part, row.done, row.total = "another", world.at, "files", 400, 1_200
    reader = world.browser("abel", Role.AUDITOR)
    part = reader.get(f"/review/making/{number}/standing").text
    assert "Holding the files against the Rules: 400 of 1200" in part.replace("1,200", "1200")
    assert 'value="38"' in part, "25 of the figures, and a third of 40"
    maker_of(reader).wait(number)
    assert _making(world, number).runner == "another"


def test_one_whose_hub_was_stopped_is_taken_up_by_whoever_looks(world: World) -> None:
    year_world(world)
    number = _asked(world)
    with session_scope(world.sessions) as session:
        row = session.get_one(ReviewMaking, number)
        row.runner, row.beat_at, row.part = "of a process that is no more", world.at, "files"
    world.at += STILL + timedelta(seconds=1)
    reader = world.browser("abel", Role.AUDITOR)
    reader.get(f"/review/making/{number}")
    maker_of(reader).wait(number)
    assert reader.get(f"/review/making/{number}").status_code == 303
    (review,) = _reviews(world)
    assert review.known_at == _making(world, number).asked_at - timedelta(minutes=10), "as it was asked for"


class _Busy(Maker):
    """Too busy to say that it is at it, and so to hear that another is."""

    def _beat(self, number: int, runner: str, progress: Progress) -> None:
        pass


def test_a_maker_that_was_taken_for_dead_keeps_nothing(world: World) -> None:
    year_world(world)
    number = _asked(world)
    slow, fast = _Busy(world.sessions, lambda: world.at), Maker(world.sessions, lambda: world.at)
    assert slow._take(number, "slow")
    assert not fast._take(number, "fast"), "somebody is at it"
    world.at += STILL + timedelta(seconds=1)
    fast.go(number)
    fast.wait(number)
    with pytest.raises(TakenOverError):
        slow._make(number, "slow")
    assert len(_reviews(world)) == 1


def test_what_stands_against_it_is_said_and_it_can_be_asked_for_again(world: World) -> None:
    year_world(world)
    number = _asked(world)
    frozen(world, made(world), WRITER, DIRECTOR)  # meanwhile, so that it would need a reason
    reader = world.browser("abel", Role.AUDITOR)
    reader.get(f"/review/making/{number}")
    maker_of(reader).wait(number)
    page = reader.get(f"/review/making/{number}").text
    assert "Write why the frozen review needs another revision." in page
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        ask(session, 2026, " ", actor=WRITER, at=world.at)
    with session_scope(world.sessions) as session:
        assert ask(session, 2026, "A late entry", actor=WRITER, at=world.at).id != number


def test_every_part_is_told_once_and_in_order(world: World) -> None:
    year_world(world)
    heard: list[Progress] = []
    with session_scope(world.sessions, writes=False) as session:
        derive(session, 2026, world.at, heard.append)
    assert list(dict.fromkeys(one.part for one in heard)) == list(Part)
    percents = [one.percent for one in heard]
    assert percents == sorted(percents)
    assert Progress(Part.WRITING, 1, 1).percent == 99, "a hundred is when it is kept"
