"""Alarms of passes, and the lines that tell what became of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.passes.records import PassRow, PassStep
from hub.movements.passes.rules import LATE, Leg, PassState, Standing
from hub.movements.passes.seen import Known
from hub.sentences import Sentence

HUB: Final = "hub"
"""Who wrote a step that nobody wrote."""
OVERDUE: Final = "pass_overdue"
UNACCOUNTED: Final = "pass_unaccounted"

_SAID: Final = {
    (PassState.OVERDUE, Leg.OUT): Sentence("Pass %(number)s: left and has not come there in time"),
    (PassState.OVERDUE, Leg.BACK): Sentence("Pass %(number)s: is not back in time"),
    (PassState.UNACCOUNTED, Leg.OUT): Sentence("Pass %(number)s: nobody knows where the person is"),
    (PassState.UNACCOUNTED, Leg.BACK): Sentence("Pass %(number)s: nobody knows where the person is"),
}


def ring(
    session: Session,
    row: PassRow,
    was: PassState,
    standing: Standing,
    place: Known | None,
    now: datetime,
    *,
    silent: bool = False,
) -> None:
    """An alarm for whoever is on the way and late, or unaccounted for. Staying at home is on the board, and no more.

    `silent` ends what rang and raises nothing.
    """
    key = _key(row)
    not_gone = row.departed_at is None and row.arrived_at is None
    rings = standing.state is PassState.UNACCOUNTED or (standing.state is PassState.OVERDUE and not not_gone)
    if was in LATE:
        over(session, OVERDUE if was is PassState.OVERDUE else UNACCOUNTED, key, now)
    if not rings or silent:
        return
    evidence: dict[str, object] = {
        "pass": row.id,
        "leg": standing.leg.value,
        "since": standing.since.isoformat(),
        "seen_at": None if place is None else place.proven_at.isoformat(),
    }
    cause = Cause(
        code=OVERDUE if standing.state is PassState.OVERDUE else UNACCOUNTED,
        key=key,
        zone_id=row.from_zone_id if place is None else place.zone_id,
        person_id=row.person_id,
        evidence=evidence,
        words=replace(_SAID[standing.state, standing.leg], values={"number": row.id}),
    )
    raise_alarm(session, cause, now)


def silence(session: Session, row: PassRow, now: datetime) -> None:
    """The cause of whatever rings for this pass is over."""
    for code in (OVERDUE, UNACCOUNTED):
        over(session, code, _key(row), now)


def _key(row: PassRow) -> str:
    return f"pass:{row.id}"


def evidence_of(place: Known | None) -> str:
    return "" if place is None else place.evidence


def write_step(
    session: Session,
    pass_id: int,
    what: str,
    occurred_at: datetime,
    now: datetime,
    *,
    by: str = HUB,
    text: str = "",
    evidence: str = "",
) -> None:
    """Add a line to what became of a pass."""
    session.add(
        PassStep(
            pass_id=pass_id,
            what=what,
            occurred_at=occurred_at,
            at=now,
            by=by[:64],
            text=text[:300],
            evidence=evidence[:120],
        )
    )
