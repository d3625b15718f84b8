"""A program of an agency goes wrong: hundreds of its messages are refused at once, each as if it were alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.event import listen, remove

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.inbox import deciding
from hub.sharing.inbox.deciding import Why
from hub.sharing.inbox.messages import BailMessage, BailOutcome, Subject
from hub.sharing.inbox.records import InboxStep, State
from hub.sharing.inbox.refusing import Flood, Outcome, flood_of, refuse_all
from hub.sharing.outbox.records import SharingEvent

from .inbox_world import RITA, SENT, Inbox, inbox, order
from .sharing_world import COURTS
from .site_world import World, post

NOBODY = Subject(surname="Tzul", given="Marvin", born_on=date(1988, 7, 2), sex="M")
KARLA = Actor("karla", "10.0.0.7")
WORDS = "Your program sent yesterday's list again. Send what is new."


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


def flooded(desk: Inbox, count: int = 6) -> list[str]:
    """Orders about nobody who is here, and one that is right."""
    numbers = [
        desk.send("order", order(f"x-{count}-{one}", subject=NOBODY, reference=f"X {count} {one}")).number
        for one in range(count)
    ]
    desk.send("order", order("good"))
    return numbers


def shown(desk: Inbox, why: Why = Why.UNKNOWN_PERSON, login: str = "rita", exchange: str = "order") -> Flood:
    with session_scope(desk.world.sessions, writes=False) as session:
        return flood_of(session, COURTS, exchange, why, login, desk.world.at)


def chosen(flood: Flood) -> list[tuple[str, int]]:
    return [(one.row.number, one.item.version) for one in flood.lines]


def refuse(desk: Inbox, pairs: list[tuple[str, int]], actor: Actor = RITA, words: str = WORDS) -> Outcome:
    return refuse_all(
        desk.world.sessions, pairs, COURTS, "order", Why.UNKNOWN_PERSON, words, actor=actor, at=desk.world.at
    )


def counted(desk: Inbox, what: type, *which: object) -> int:
    with session_scope(desk.world.sessions, writes=False) as session:
        return session.scalar(select(func.count()).select_from(what).where(*which)) or 0  # type: ignore[arg-type]


def test_words_are_needed(desk: Inbox) -> None:
    numbers = flooded(desk, 2)
    with pytest.raises(RefusedError):
        refuse(desk, chosen(shown(desk)), words=" ")
    assert desk.receipt(numbers[0]).state is State.RECEIVED


def test_those_alone_are_listed_that_show_the_reason(desk: Inbox) -> None:
    numbers = flooded(desk)
    found = shown(desk)
    assert [one.row.number for one in found.lines] == numbers
    assert found.unlike == 1
    assert shown(desk, Why.WRONG_COURT).lines == []
    assert len(shown(desk, Why.OTHER).lines) == len(numbers) + 1


def test_each_is_refused_as_if_it_were_alone(desk: Inbox) -> None:
    numbers = flooded(desk)
    told = counted(desk, SharingEvent)
    assert refuse(desk, chosen(shown(desk))) == Outcome(len(numbers), 0)
    for number in numbers:
        receipt = desk.receipt(number)
        assert (receipt.state, receipt.reason_code, receipt.reason) == (
            State.REFUSED,
            "unknown_person",
            WORDS,
        )
    assert counted(desk, InboxStep, InboxStep.act == "refused") == len(numbers)
    assert counted(desk, AuditEntry, AuditEntry.act == "inbox.refused") == len(numbers)
    assert counted(desk, AuditEntry, AuditEntry.act == "inbox.refused_many") == 1
    assert counted(desk, SharingEvent) == told + len(numbers)
    assert len(shown(desk, Why.OTHER).lines) == 1, "the one that is right waits on"


def test_twice_as_many_cost_twice_as_much(desk: Inbox) -> None:
    """Each list is refused in turns: what one costs must not grow with how many wait."""
    counts: list[int] = []
    for many in (30, 60):
        flooded(desk, many)
        pairs, asked = chosen(shown(desk)), Counter[str]()
        listen(desk.world.engine, "before_cursor_execute", tally := _tally(asked))
        assert refuse(desk, pairs) == Outcome(many, 0)
        remove(desk.world.engine, "before_cursor_execute", tally)
        counts.append(asked.total())
    assert counts[1] <= 2.1 * counts[0]


def _tally(asked: Counter[str]) -> Callable[..., None]:
    def tally(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked[statement] += 1

    return tally


def test_what_somebody_else_took_or_opened_is_left_to_them(desk: Inbox) -> None:
    numbers = flooded(desk)
    karla = desk.world.browser("karla")
    assert karla.get(f"/inbox/{numbers[0]}").status_code == 200
    with session_scope(desk.world.sessions) as session:
        deciding.take(session, numbers[1], 1, actor=KARLA, at=desk.world.at)
    found = shown(desk)
    assert [one.row.number for one in found.lines] == numbers[2:]
    assert found.others_have == 2
    assert [one.row.number for one in shown(desk, login="karla").lines] == numbers


def test_of_two_officers_with_the_same_list_one_refuses_and_the_other_is_told(desk: Inbox) -> None:
    numbers = flooded(desk)
    mine, theirs = chosen(shown(desk)), chosen(shown(desk, login="karla"))
    with session_scope(desk.world.sessions) as session:
        deciding.take(session, numbers[0], 1, actor=KARLA, at=desk.world.at)
    assert refuse(desk, mine) == Outcome(len(numbers) - 1, 1)
    assert refuse(desk, theirs, KARLA) == Outcome(0, len(numbers))
    assert counted(desk, InboxStep, InboxStep.act == "refused") == len(numbers) - 1


def test_what_may_let_somebody_go_who_is_here_is_looked_at_one_by_one(desk: Inbox) -> None:
    def bail(number: str) -> str:
        met = BailMessage(
            message_id=number, issued_at=SENT, subject=order().subject, court="Belize City", case="C 7",
            reference=number, outcome=BailOutcome.MET, issued_on=date(2026, 11, 20),
        )  # fmt: skip
        return desk.send("bail", met).number

    number = bail("b-1")
    found = shown(desk, Why.OTHER, exchange="bail")
    assert (found.lines, [one.row.number for one in found.may_go]) == ([], [number])
    outcome = refuse_all(
        desk.world.sessions, [(number, 1)], COURTS, "bail", Why.OTHER, WORDS, actor=RITA, at=desk.world.at
    )
    assert outcome == Outcome(0, 1)
    assert desk.receipt(number).state is State.RECEIVED


def test_the_page_shows_which_and_asks_before_it_refuses(desk: Inbox) -> None:
    numbers = flooded(desk)
    client = desk.world.browser("rita")
    assert f"/inbox/refusing?agency={COURTS}" in client.get(f"/inbox?agency={COURTS}").text
    address = f"/inbox/refusing?agency={COURTS}&exchange=order&why=unknown_person"
    page = client.get(address).text
    ticked = re.findall(r'name="one" value="([^"]+)"', page)
    assert len(ticked) == len(numbers)
    form: dict[str, object] = {"agency": COURTS, "exchange": "order", "why": "unknown_person", "words": ""}
    empty = post(client, "/inbox/refusing", form | {"one": ticked[1:]}, page=address)
    assert empty.status_code == 400
    assert empty.text.count(" checked>") == len(numbers) - 1, "what was unticked stays so"
    done = post(client, "/inbox/refusing", form | {"one": ticked[1:], "words": WORDS}, page=address)
    assert done.status_code == 303
    assert "5 messages were refused" in client.get(done.location).text
    assert desk.receipt(numbers[0]).state is State.RECEIVED
    late = post(client, "/inbox/refusing", form | {"one": ticked, "words": WORDS}, page=address)
    assert late.status_code == 409
    assert "5 stay: somebody did something about them meanwhile" in late.text


def test_others_may_not(desk: Inbox) -> None:
    assert desk.world.browser("otto", Role.OFFICER).get("/inbox/refusing?agency=courts").status_code == 403
