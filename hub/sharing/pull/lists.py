"""Lists of people, page by page in an order that stays: whoever comes later stands at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.custody.facts.bulk import piles_of
from hub.custody.facts.reading import holding, one
from hub.custody.legal import LEGAL_STATUS, LegalStatus
from hub.custody.records import Booking
from hub.sharing.api.calls import Answer, Call, Unwritten, WriterNeededError
from hub.sharing.api.routes import ApiRoutes, Example
from hub.sharing.catalogue import Way
from hub.sharing.gate import Ask, read_list, write_list
from hub.sharing.pull import cursors, purposes
from hub.sharing.pull.custody import Fields, Purpose
from hub.sharing.pull.shapes import page_of, tag_of

api = ApiRoutes("lists", "Lists of people in custody")

MOST: Final = 200
_READ_AT_ONCE: Final = 100


class ListQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which page, how long, and what of it."""

    cursor: Annotated[
        str, Meta(pattern=cursors.PATTERN, description="`next` of the page before; left out at the first.")
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST, description="People on a page.")] = 100
    fields: Fields = None
    purpose: Purpose = None


Keep = Callable[[Session, Mapping[int, int]], set[int]]
"""Of stays, each with its person, those that stand on the list."""


@api.operation(
    "GET",
    "/v1/lists/remand-ageing",
    exchange="remand_ageing",
    query=ListQuery,
    summary="Who is on remand, and for how long?",
    answers={200: page_of("remand_ageing")},
    problems=(purposes.SAY_PURPOSE,),
    examples=(Example("The first page", query={"limit": "50"}),),
)
def remand_ageing(call: Call, query: ListQuery) -> Answer | Unwritten:
    return _page(call, query, "remand_ageing", _on_remand)


@api.operation(
    "GET",
    "/v1/lists/census",
    exchange="census_list",
    query=ListQuery,
    summary="Who is held here?",
    description="Everybody with an open stay, for comparing with a list of one's own.",
    answers={200: page_of("census_list")},
    problems=(purposes.SAY_PURPOSE,),
    examples=(Example("The first page"),),
)
def census(call: Call, query: ListQuery) -> Answer | Unwritten:
    return _page(call, query, "census_list", lambda _session, stays: set(stays))


def _page(call: Call, query: ListQuery, exchange: str, keep: Keep) -> Answer | Unwritten:
    purpose = purposes.purpose_of(call, exchange, query.purpose)
    after = cursors.read_cursor(exchange, query.cursor)
    found = _people(call.session, after, query.limit + 1, keep)
    more = len(found) > query.limit
    shown = found[: query.limit]
    whole = Ask(
        call.client.agency,
        exchange,
        purpose,
        wanted=None if query.fields is None else query.fields.split(","),
        reference=f"after {after}" if after else "first page",
    )
    read = read_list(call.session, whole, [person for _, person in shown], at=call.at, rules=call.rules)
    behind = cursors.write_cursor(exchange, shown[-1][0]) if more else None
    tag = tag_of({**read.around, "data": read.data, "next": behind})

    def write(session: Session) -> Answer:
        listed = write_list(session, read, actor=call.actor, way=Way.PULL)
        if listed is None:
            raise WriterNeededError
        return Answer({**listed.document, "next": behind}, etag=tag)

    return write(call.session) if call.writes else Unwritten(write)


def _people(session: Session, after: int, wanted: int, keep: Keep) -> list[tuple[int, int]]:
    """(stay, person) of the next stays of the list, `wanted` of them at the most."""
    found: list[tuple[int, int]] = []
    while len(found) < wanted:
        rows = session.execute(_OPEN, {"after": after}).all()
        kept = keep(session, {row.id: row.person_id for row in rows})
        found += [(row.id, row.person_id) for row in rows if row.id in kept]
        if len(rows) < _READ_AT_ONCE:
            break
        after = rows[-1].id
    return found[:wanted]


_OPEN: Final = (
    select(Booking.id, Booking.person_id)
    .where(Booking.released_at.is_(None), Booking.id > bindparam("after"))
    .order_by(Booking.id)
    .limit(_READ_AT_ONCE)
)


def on_remand(session: Session) -> list[int]:
    """Everybody on the list of people on remand, in its order."""
    return [person for _, person in _people(session, 0, sys.maxsize, _on_remand)]


def _on_remand(session: Session, stays: Mapping[int, int]) -> set[int]:
    piles = piles_of(
        session,
        whose={person: person for person in stays.values()},
        of_person=(),
        stays=stays,
        of_stay=(LEGAL_STATUS.name,),
    )
    found = set()
    for stay, person in stays.items():
        pile = piles.get(person, {}).get(LEGAL_STATUS.name)
        now = None if pile is None else one(holding(LEGAL_STATUS, pile.rows))
        if now is not None and now.value.status is LegalStatus.REMAND:
            found.add(stay)
    return found
