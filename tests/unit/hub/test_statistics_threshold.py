"""The smallest number that is told: dated, beside what the observatory asks, on its page and by its command."""

from __future__ import annotations

from datetime import date

import pytest

from hub.__main__ import main
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.inbox.messages import DefinitionsMessage
from hub.statistics.control import k_on, set_k
from hub.statistics.control.thresholds import history, take_over

from .inbox_world import RITA, SENT, Inbox, inbox
from .sharing_world import OBSERVATORY
from .site_world import World, post

PAGE = "/publications/threshold"


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


def asks(desk: Inbox, smallest: int) -> str:
    """The observatory asks for a threshold and an officer accepts that; the number of the message."""
    message = DefinitionsMessage(message_id=f"d-{smallest}", issued_at=SENT, smallest=smallest)
    number = desk.send("definitions", message, OBSERVATORY).number
    desk.accept(number, [])
    return number


def test_who_may_not_see_or_set_it_does_not(world: World) -> None:
    form = {"k": "7", "from": "2026-11-01", "why": "Order 3"}
    officer, auditor = world.browser("otto", Role.OFFICER), world.browser("aldo", Role.AUDITOR)
    assert officer.get(PAGE).status_code == 403
    assert "Set the threshold" not in auditor.get(PAGE).text
    for path in (PAGE, f"{PAGE}/observatory"):
        assert post(auditor, path, form, page=PAGE).status_code == 403
    with session_scope(world.sessions, writes=False) as session:
        assert history(session) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"k": "2", "from": "2026-11-01", "why": "x"}, "Write a threshold from 3 to 1000."),
        ({"k": "six", "from": "2026-11-01", "why": "x"}, "Write a threshold from 3 to 1000."),
        ({"k": "6", "from": "soon", "why": "x"}, "Write the day as in 2026-11-22."),
        ({"k": "6", "from": "2026-11-01", "why": " "}, "Write who asks for this threshold"),
    ],
)
def test_what_cannot_be_set_leads_to_a_sentence(world: World, form: dict[str, str], said: str) -> None:
    answer = post(world.browser("dora", Role.DIRECTOR), PAGE, form, page=PAGE)
    assert (answer.status_code, said in answer.text) == (409, True)


def test_it_is_set_from_a_day_on_and_written_down(world: World) -> None:
    director = world.browser("dora", Role.DIRECTOR)
    assert "Until then 5 holds." in director.get(PAGE).text
    form = {"k": "7", "from": "2026-11-01", "why": "Order 3"}
    assert post(director, PAGE, form, page=PAGE).status_code == 303
    page = director.get(PAGE).text
    assert "Threshold now: 7." in page
    assert "Order 3" in page
    assert "Threshold now: 5." in director.get(PAGE, query_string={"known": "2026-01-02"}).text
    with session_scope(world.sessions, writes=False) as session:
        assert (k_on(session, date(2026, 10, 31)), k_on(session, date(2026, 11, 1))) == (5, 7)
        entry = session.query(AuditEntry).filter_by(act="figures.threshold").one()
        assert (entry.actor, entry.subject, entry.detail) == ("dora", "7", "from 2026-11-01")


def test_what_the_observatory_asks_is_taken_over_with_one_button(desk: Inbox) -> None:
    number = asks(desk, 10)
    director = desk.world.browser("dora", Role.DIRECTOR)
    page = director.get(PAGE).text
    assert f"asks for at least 10, in message {number}. That is more than is in force." in page
    assert post(director, f"{PAGE}/observatory", {}, page=PAGE).status_code == 303
    page = director.get(PAGE).text
    assert "Threshold now: 10." in page
    assert f"Definitions of the observatory, message {number}" in page
    assert "Take over" not in page
    again = post(director, f"{PAGE}/observatory", {}, page=PAGE)
    assert (again.status_code, "no more than is in force" in again.text) == (409, True)


def test_less_than_the_observatory_asks_is_refused_and_more_is_not(desk: Inbox) -> None:
    asks(desk, 10)
    day = date(2026, 11, 1)
    with session_scope(desk.world.sessions) as session:
        with pytest.raises(RefusedError, match="at least 10"):
            set_k(session, 9, day, "Order 3", actor=RITA, at=desk.world.at)
        set_k(session, 12, day, "Order 3", actor=RITA, at=desk.world.at)
        with pytest.raises(RefusedError, match="no more than"):
            take_over(session, day, actor=RITA, at=desk.world.at)
        assert k_on(session, day) == 12


def test_the_command_sets_and_says_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.settings()
    where = ["statistics", "threshold", "--data", str(world.folder)]
    assert main([*where, "--set", "6", "--from", "2026-01-01", "--why", "Order 4"]) == 0
    assert main(where) == 0
    said = capsys.readouterr().out
    assert "no number of people from 1 to 5 is told" in said
    assert "from 2026-01-01: 6, set by" in said
    assert main([*where, "--set", "2", "--why", "Order 5"]) != 0
