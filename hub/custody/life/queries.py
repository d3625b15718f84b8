"""A query, or "this is wrong": what the person says, who looks into it, until when, and the answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec.structs import replace
from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.actions import next_number
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Field, Form, Input, Kind
from hub.custody.facts.reading import Held, holding, item_of, rows_of, rows_of_kind
from hub.custody.facts.records import Act, Fact
from hub.custody.life.turn import take_turn
from hub.custody.merging.reading import family_of
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

ANSWER_WITHIN_DAYS: Final = 7
LONGEST_DAYS: Final = 60


class Came(StrEnum):
    """How it reached the office."""

    SLIP = "slip"
    OFFICER = "officer"
    TERMINAL = "terminal"
    LETTER = "letter"
    LAWYER = "lawyer"


CAME: Final = {
    Came.SLIP: Sentence("On the slip"),
    Came.OFFICER: Sentence("Told an officer"),
    Came.TERMINAL: Sentence("At a terminal"),
    Came.LETTER: Sentence("In a letter"),
    Came.LAWYER: Sentence("By a lawyer or the family"),
}


class Result(StrEnum):
    """What looking into it showed."""

    CORRECTED = "corrected"
    RIGHT_AS_IT_IS = "right_as_it_is"
    NOT_OURS = "not_ours"
    TAKEN_BACK = "taken_back"


RESULTS: Final = {
    Result.CORRECTED: Sentence("It was wrong and has been corrected"),
    Result.RIGHT_AS_IT_IS: Sentence("It is right as it stands"),
    Result.NOT_OURS: Sentence("Another authority has to correct it"),
    Result.TAKEN_BACK: Sentence("The person took it back"),
}


class Query(Form, frozen=True):
    """`about` is the item of the fact that is said to be wrong, `correction` the row that put it right.

    `result` is empty while nobody answered. `slip` is the number of the slip that it came from.
    """

    number: str
    said: str
    came: Came
    due_on: date
    owner: str = ""
    slip: str = ""
    about: int | None = None
    result: str = ""
    answer: str = ""
    answered_by: str = ""
    correction: int | None = None


@dataclass(frozen=True)
class OpenQuery:
    """One that waits for its answer; `held` is the fact."""

    person_id: int
    item: int
    number: str
    opened_at: datetime
    due_on: date
    owner: str
    said: str
    held: Held[Query]


def _say(value: Query) -> Sentence:
    if value.result:
        return Sentence(
            "%(number)s: %(result)s", {"number": value.number, "result": RESULTS[Result(value.result)]}
        )
    return Sentence("%(number)s: answer due %(day)s", {"number": value.number, "day": value.due_on})


QUERY: Final = Kind(
    name="query",
    form=Query,
    words=Sentence("This is wrong"),
    say=_say,
    fields=(
        Field("about", Sentence("What is said to be wrong"), Input.ITEM, of="any"),
        Field("correction", Sentence("Correction"), Input.ITEM, of="any"),
    ),
    many=True,
    whole_days=False,
    by_hand=False,
    record=Permission.RECORD_UNIT_LIFE,
)


def open_query(
    session: Session, person: Person, asked: Query, *, actor: Actor, at: datetime
) -> tuple[Fact, str]:
    """Open a query; gives its row and its number. RefusedError without what is wrong, and for a clock that cannot be.

    `asked.number` is not looked at: the next one of the series is given.
    """
    if not asked.said.strip():
        raise RefusedError("nothing_said", Sentence("Write what the person says is wrong, in their words."))
    _check_due(asked.due_on, at)
    if asked.about is not None and asked.about not in _items(session, person.id):
        raise RefusedError(
            "strange_fact", Sentence("Choose what is said to be wrong from the list of this file.")
        )
    number = f"Q-{next_number(session, 'query'):06d}"
    value = replace(
        asked, number=number, said=asked.said.strip()[:2_000], result="", answer="", correction=None
    )
    row = state(session, person.id, Statement(QUERY, value, at, source=asked.slip), actor=actor, at=at)
    return row, number


def give_to(session: Session, held: Held[Query], owner: str, *, actor: Actor, at: datetime) -> Fact:
    """Say who looks into it."""
    if not owner.strip():
        raise RefusedError("no_owner", Sentence("Write the account of whoever looks into it."))
    now = _waiting(session, held)
    return _go_on(session, now, replace(now.value, owner=owner.strip()[:64]), actor, at)


def answer_query(
    session: Session,
    held: Held[Query],
    result: Result,
    answer: str,
    correction: int | None,
    *,
    actor: Actor,
    at: datetime,
) -> Fact:
    """Answer it in words for the person. A correction has to stand in the file, recorded since it was asked."""
    now = _waiting(session, held)
    if not answer.strip():
        raise RefusedError("no_answer", Sentence("Write the answer in words for the person."))
    if result is Result.CORRECTED and correction not in {row.id for row in corrections_since(session, now)}:
        raise RefusedError(
            "no_correction",
            Sentence("Correct the file first, then choose the correction here: the answer names it."),
        )
    value = replace(
        now.value,
        result=result.value,
        answer=answer.strip()[:2_000],
        answered_by=actor.login,
        correction=correction if result is Result.CORRECTED else None,
    )
    return _go_on(session, now, value, actor, at)


def ask_again(
    session: Session, held: Held[Query], said: str, due_on: date, *, actor: Actor, at: datetime
) -> Fact:
    """The person is not content with the answer: the clock runs again, the answer before stays in the history."""
    if not held.value.result:
        raise RefusedError("not_answered", Sentence("This has not been answered yet."))
    if not said.strip():
        raise RefusedError("nothing_said", Sentence("Write what the person says is wrong, in their words."))
    _check_due(due_on, at)
    take_turn(session, held.row.person_id)
    value = replace(
        held.value,
        said=f"{held.value.said}\n{said.strip()}"[:2_000],
        due_on=due_on,
        result="",
        answer="",
        answered_by="",
        correction=None,
    )
    return _go_on(session, held, value, actor, at)


def _check_due(due_on: date, at: datetime) -> None:
    today = at.astimezone(SITE_ZONE).date()
    if not today <= due_on <= today + timedelta(days=LONGEST_DAYS):
        raise RefusedError(
            "query_due",
            Sentence(
                "Choose by when the person is answered: between today and %(days)s days.",
                {"days": LONGEST_DAYS},
            ),
        )


def queries_of(
    session: Session, person_ids: Collection[int], *, known_at: datetime | None = None
) -> list[Held[Query]]:
    """Queries of somebody, the newest first."""
    return holding(QUERY, rows_of(session, person_ids, QUERY), known_at=known_at)[::-1]


def open_queries(session: Session, known_at: datetime | None = None) -> list[OpenQuery]:
    """Those of everybody that wait for an answer, the most urgent first."""
    rows = list(rows_of_kind(session, QUERY))
    opened = {row.id: row.recorded_at for row in rows}
    found = [
        OpenQuery(
            one.row.person_id,
            one.item,
            one.value.number,
            opened[one.item],
            one.value.due_on,
            one.value.owner,
            one.value.said,
            one,
        )
        for one in holding(QUERY, rows, known_at=known_at)
        if not one.value.result
    ]
    return sorted(found, key=lambda one: (one.due_on, one.item))


def count_open(session: Session, *, due_by: date | None = None) -> int:
    """How many wait for an answer, of those due until a day or of all. Reads nothing of what was answered long ago."""
    item = func.coalesce(Fact.item, Fact.id)
    newest = select(func.max(Fact.id)).where(Fact.kind == QUERY.name).group_by(item)
    # A form leaves out what is empty, and a quotation mark inside of a text is escaped: only an answer has this key.
    answered = and_(Fact.act == Act.STATES.value, Fact.value.contains('"result":"', autoescape=True))
    live = select(item).where(Fact.id.in_(newest), not_(answered))
    rows = session.scalars(select(Fact).where(Fact.kind == QUERY.name, item.in_(live)))
    return sum(
        not one.value.result and (due_by is None or one.value.due_on <= due_by)
        for one in holding(QUERY, rows)
    )


def corrections_since(session: Session, held: Held[Query]) -> list[Fact]:
    """What was corrected, withdrawn or added on the person's file since they asked, besides queries."""
    rows = rows_of(session, family_of(session, held.row.person_id))
    opened = next((row.recorded_at for row in rows if row.id == held.item), held.row.recorded_at)
    return [
        row for row in rows if row.recorded_at >= opened and row.kind != QUERY.name and row.id > held.item
    ]


def _waiting(session: Session, held: Held[Query]) -> Held[Query]:
    take_turn(session, held.row.person_id)
    for now in queries_of(session, [held.row.person_id]):
        if now.item == held.item and not now.value.result:
            return now
    raise RefusedError(
        "answered_already", Sentence("Somebody answered this already. Load the page again to read it.")
    )


def _go_on(session: Session, held: Held[Query], value: Query, actor: Actor, at: datetime) -> Fact:
    statement = Statement(QUERY, value, at, source=value.slip)
    return state(session, held.row.person_id, statement, actor=actor, at=at, item=held.item)


def _items(session: Session, person_id: int) -> set[int]:
    rows = rows_of(session, family_of(session, person_id))
    return {item_of(row) for row in rows if row.act == Act.STATES}
