"""Two lists beside each other every week: only what differs is written, once, and worked until it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from hub.custody.legal import LegalStatus
from hub.custody.records import Booking
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.census.messages import CensusMessage, ListedPerson
from hub.sharing.census.receiving import receive_list
from hub.sharing.census.records import CensusDifference, CensusLine, CensusRun, CensusStep, Scope
from hub.sharing.census.rules import RuleWish, set_rule, week_of
from hub.sharing.census.running import run_due
from hub.sharing.census.working import Why, close, take
from hub.sharing.deciding import NotAgreedError

from .outbox_world import RITA, Outbox
from .sharing_world import SharingWorld, sharing_world, somebody
from .site_world import World

WEEK = {"days": 7}


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.ana = sharing_world(world)  # type: ignore[attr-defined]
    rule(made)
    yield made
    made.close()


@pytest.fixture
def ana(outbox: Outbox) -> SharingWorld:
    found: SharingWorld = outbox.ana  # type: ignore[attr-defined]
    outbox.later(days=1)
    return found


def rule(outbox: Outbox, agency: str = "courts", scope: Scope = Scope.EVERYBODY) -> None:
    with session_scope(outbox.world.sessions) as session:
        set_rule(session, RuleWish(agency, 0, 6, scope, 7), actor=RITA, at=outbox.world.at)


def send(outbox: Outbox, *people: ListedPerson, agency: str = "courts", number: str = "") -> None:
    """Their list as of yesterday."""
    at = outbox.world.at
    listed_on = at.date() - timedelta(days=1)
    body = CensusMessage(
        message_id=number or f"l-{at:%m%d%H%M}", issued_at=at, listed_on=listed_on, people=people
    )
    with session_scope(outbox.world.sessions) as session:
        receive_list(session, agency, body, at)


def census(outbox: Outbox, *people: ListedPerson) -> CensusRun:
    """Their list, and the comparison half an hour later."""
    send(outbox, *people)
    outbox.later(minutes=30)
    [found] = run_due(outbox.world.sessions, outbox.world.at, everybody=True)
    return found


def listed(who: SharingWorld, **more: object) -> ListedPerson:
    return ListedPerson(surname="Novelo", given="Ana", number=who.number, **more)  # type: ignore[arg-type]


def differences(outbox: Outbox) -> list[tuple[str, str, str]]:
    with session_scope(outbox.world.sessions, writes=False) as session:
        rows = session.scalars(select(CensusDifference).order_by(CensusDifference.id))
        return [(row.sort, row.key, row.state) for row in rows]


def acts(outbox: Outbox) -> list[str]:
    with session_scope(outbox.world.sessions, writes=False) as session:
        return list(session.scalars(select(CensusStep.act).order_by(CensusStep.id)))


def test_lists_that_say_the_same_leave_no_work(outbox: Outbox, ana: SharingWorld) -> None:
    found = census(outbox, listed(ana, status=LegalStatus.REMAND))
    assert (found.state, found.ours, found.theirs, found.found) == ("compared", 1, 1, 0)
    assert differences(outbox) == []


def test_each_kind_of_difference(outbox: Outbox, ana: SharingWorld) -> None:
    missing = somebody(outbox.world, "Cocom", "Rosa")
    outbox.later(days=2)
    census(
        outbox,
        listed(ana, status=LegalStatus.SENTENCED, release_on=date(2026, 11, 1)),
        ListedPerson(surname="Tzul", given="Marvin", reference="BCR 77", born_on=date(1988, 7, 2)),
    )
    assert sorted(differences(outbox)) == [
        ("not_here", "BCR77", "open"),
        ("not_there", missing.number, "open"),
        ("release_date", ana.number, "open"),
        ("status", ana.number, "open"),
    ]


def test_whoever_came_or_went_after_their_list_is_none(outbox: Outbox, ana: SharingWorld) -> None:
    somebody(outbox.world, "Cocom", "Rosa")
    with session_scope(outbox.world.sessions) as session:
        stay = session.get_one(Booking, ana.booking)
        stay.released_at = outbox.world.at
    census(outbox, listed(ana))
    assert differences(outbox) == []


def test_of_two_who_fit_nobody_is_chosen(outbox: Outbox, ana: SharingWorld) -> None:
    twin = somebody(outbox.world)
    outbox.later(days=2)
    with session_scope(outbox.world.sessions, writes=False) as session:
        born = session.get_one(Booking, ana.booking).person.born_on
    census(outbox, ListedPerson(surname="Novelo", given="Ana", born_on=born, reference="X 1"))
    assert [one[0] for one in differences(outbox)] == ["twins"]
    assert twin.number != ana.number


def test_our_number_with_another_name_and_birth(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, ListedPerson(surname="Tzul", given="Marvin", number=ana.number, born_on=date(1970, 1, 1)))
    assert differences(outbox) == [("who", ana.number, "open")]


def test_it_is_carried_and_not_listed_twice(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    with session_scope(outbox.world.sessions) as session:
        take(session, 1, 1, actor=RITA, at=outbox.world.at)
    outbox.later(**WEEK)
    second = census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    assert (second.found, second.carried) == (0, 1)
    with session_scope(outbox.world.sessions, writes=False) as session:
        row = session.get_one(CensusDifference, 1)
        assert (row.weeks, row.owner, row.state) == (2, "rita", "open")
        assert row.due_at < outbox.world.at + timedelta(days=1)  # its clock went on


def test_it_ends_by_itself_with_a_trace(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    outbox.later(**WEEK)
    assert census(outbox, listed(ana, status=LegalStatus.REMAND)).agreed == 1
    assert differences(outbox) == [("status", ana.number, "agreed")]
    assert acts(outbox) == ["found", "agreed"]


@pytest.mark.parametrize(("why", "then"), [(Why.BOTH_RIGHT, "closed"), (Why.THEIRS_WRONG, "open")])
def test_what_was_closed_comes_back_unless_both_are_right(
    outbox: Outbox, ana: SharingWorld, why: Why, then: str
) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    with session_scope(outbox.world.sessions) as session:
        close(session, 1, 1, why, "rang the court", actor=RITA, at=outbox.world.at)
    outbox.later(**WEEK)
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    assert differences(outbox) == [("status", ana.number, then)]


def test_both_are_right_only_as_long_as_they_say_the_same(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    with session_scope(outbox.world.sessions) as session:
        close(session, 1, 1, Why.BOTH_RIGHT, "two cases", actor=RITA, at=outbox.world.at)
    outbox.later(**WEEK)
    census(outbox, listed(ana, status=LegalStatus.RECALL))
    assert acts(outbox) == ["found", "closed", "back"]


def test_who_comes_second_is_told(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana, status=LegalStatus.SENTENCED))
    with session_scope(outbox.world.sessions) as session:
        take(session, 1, 1, actor=RITA, at=outbox.world.at)
        with pytest.raises(RefusedError, match="meanwhile"):
            close(session, 1, 1, Why.OURS_WRONG, "corrected", actor=RITA, at=outbox.world.at)


def test_a_list_that_is_hardly_whole_is_held(outbox: Outbox, ana: SharingWorld) -> None:
    assert census(outbox).state == "held"
    assert differences(outbox) == []


def test_a_list_that_did_not_come_is_a_run_of_its_own_and_compared_when_it_comes(
    outbox: Outbox, ana: SharingWorld
) -> None:
    outbox.later(days=7)
    [first] = run_due(outbox.world.sessions, outbox.world.at)
    assert first.state == "no_list"
    assert run_due(outbox.world.sessions, outbox.world.at + timedelta(hours=1)) == []
    outbox.later(days=1)
    send(outbox, listed(ana))
    assert run_due(outbox.world.sessions, outbox.world.at) == []  # it may still be coming
    outbox.later(minutes=20)
    [second] = run_due(outbox.world.sessions, outbox.world.at)
    assert (second.state, second.week_on) == ("compared", week_of(outbox.world.at))
    assert run_due(outbox.world.sessions, outbox.world.at) == []


def test_our_list_is_laid_out_for_them_once_a_week(outbox: Outbox, ana: SharingWorld) -> None:
    census(outbox, listed(ana))
    outbox.later(minutes=30)
    census(outbox, listed(ana))
    assert [one[2] for one in outbox.deliveries("courts")] == ["list_ready"]


def test_only_whom_they_list_is_missed_there(outbox: Outbox, ana: SharingWorld) -> None:
    rule(outbox, scope=Scope.REMAND)
    outbox.status(outbox.world.person("Tzul"), LegalStatus.SENTENCED)
    outbox.later(days=2)
    assert census(outbox, listed(ana)).found == 0


def test_their_lines_go_once_two_newer_lists_are_there(outbox: Outbox, ana: SharingWorld) -> None:
    for _ in range(4):
        send(outbox, listed(ana))
        outbox.later(hours=1)
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(CensusLine)) == 2


def test_a_list_without_agreement_is_refused(outbox: Outbox, ana: SharingWorld) -> None:
    with pytest.raises(NotAgreedError):
        send(outbox, listed(ana), agency="forensic")


def test_another_list_under_the_same_number_is_refused(outbox: Outbox, ana: SharingWorld) -> None:
    send(outbox, listed(ana), number="one")
    send(outbox, listed(ana), number="one")
    with pytest.raises(RefusedError, match="its own"):
        send(outbox, listed(ana, status=LegalStatus.RECALL), number="one")
