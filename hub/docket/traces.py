"""Why a finding is no longer so: the trace that it leaves for whoever looks after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.catalogue import KINDS
from hub.custody.facts.records import Fact
from hub.custody.records import Booking
from hub.docket.records import Finding
from hub.docket.rules import CHECKS
from hub.docket.surroundings import Surroundings
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE


def traces(
    session: Session, around: Surroundings, closing: Sequence[Finding], here: Collection[int]
) -> Callable[[Finding], Sentence]:
    """Says of each of the findings that are closing which facts changed; `here` are people in custody."""
    news = _news(session, around, closing)
    ends = _ends(session, closing)

    def trace(row: Finding) -> Sentence:
        if row.person_id in around.leads:
            return Sentence("The file was joined with another: what is still so stands there.")
        if row.person_id not in here:
            return _gone(ends.get(row.booking_id))
        return _changed(row, news.get(around.leads.get(row.person_id, row.person_id), ()))

    return trace


def _news(session: Session, around: Surroundings, closing: Sequence[Finding]) -> dict[int, list[Fact]]:
    if not closing:
        return {}
    family = around.family([row.person_id for row in closing])
    oldest = min(row.fact_id for row in closing)
    rows = session.scalars(select(Fact).where(Fact.person_id.in_(family), Fact.id > oldest).order_by(Fact.id))
    found: dict[int, list[Fact]] = {}
    for row in rows:
        found.setdefault(family[row.person_id], []).append(row)
    return found


def _ends(session: Session, closing: Sequence[Finding]) -> dict[int, Booking]:
    ids = {row.booking_id for row in closing}
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(Booking).where(Booking.id.in_(ids)))}


def _gone(booking: Booking | None) -> Sentence:
    if booking is None or booking.released_at is None:
        return Sentence("It is no longer so.")
    return Sentence(
        "The person was released on %(day)s.", {"day": booking.released_at.astimezone(SITE_ZONE).date()}
    )


def _changed(row: Finding, news: Sequence[Fact]) -> Sentence:
    check = CHECKS.get(row.check_code)
    reads = {kind.name for kind in check.reads} if check is not None else set()
    later = [fact for fact in news if fact.kind in reads and fact.id > row.fact_id]
    if not later:
        return Sentence("What was reckoned or seen of the person changed.")
    fact = later[-1]
    return Sentence(
        "The facts changed: %(kind)s, number %(row)s, recorded by %(by)s on %(day)s.",
        {
            "kind": KINDS[fact.kind].words,
            "row": fact.id,
            "by": fact.recorded_by,
            "day": fact.recorded_at.astimezone(SITE_ZONE).date(),
        },
    )
