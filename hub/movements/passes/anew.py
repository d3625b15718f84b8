"""Moves that were planned, and that something speaks against since: a date in court, a keep-apart, a closed place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.records import Person
from hub.movements.passes.clashes import Clash
from hub.movements.passes.looking import FREE, MOST_AT_ONCE, Plan, draft_again, look
from hub.movements.passes.planning import Override, refuse_clashes, sign
from hub.movements.passes.reading import Pass, open_passes, pass_of
from hub.movements.passes.records import PassRow, PassStep
from hub.movements.passes.rules import LATE, PassState
from hub.sentences import RefusedError, Sentence

_AHEAD = (PassState.DUE, *LATE)


def spoken_against(session: Session, now: datetime, until: datetime) -> list[tuple[Pass, list[Clash]]]:
    """Passes that begin by `until`, that nobody has begun, and what speaks against each that nobody signed for."""
    held = [one for one in open_passes(session, now, until=until) if _is_ahead(one)]
    found = []
    for start in range(0, len(held), MOST_AT_ONCE):
        part = held[start : start + MOST_AT_ONCE]
        plan = _look(session, part, now)
        found += [(one, against) for place, one in enumerate(part) if (against := _grave(plan, place))]
    return found


def against(session: Session, one: Pass, now: datetime) -> list[Clash]:
    """What speaks by now against a pass that nobody has begun, and nobody signed for."""
    return _grave(_look(session, [one], now), 0) if _is_ahead(one) else []


def sign_for(session: Session, number: int, override: Override, *, actor: Actor, at: datetime) -> None:
    """A second officer signs for what speaks against a pass by now; ClashesError for what nobody may sign for."""
    row = session.get(PassRow, number, with_for_update=True, populate_existing=True)
    one = None if row is None else pass_of(session, number, at)
    if row is None or one is None or row.closed_at is not None:
        raise RefusedError("pass_over", Sentence("This pass is over already. Nothing was changed."))
    if override.actor.login == actor.login:
        raise RefusedError(
            "second_same",
            Sentence("The second officer is another person than the first. Somebody else has to sign."),
        )
    plan = _look(session, [one], at)
    refuse_clashes(plan, override)
    row.signed_by = override.actor.login[:64]
    sign(session, row, override, " ".join(sorted(clash.key for clash in plan.found.of(0))), at)
    session.flush()


def _is_ahead(one: Pass) -> bool:
    return (
        one.state in _AHEAD and not one.trace.departed_at and not one.trace.arrived_at and one.going is None
    )


def _look(session: Session, passes: Sequence[Pass], now: datetime) -> Plan:
    own, pairs = _signed(session)
    drafts = [
        draft_again(one, own.get(one.id, frozenset()) | pairs.get(one.number, frozenset())) for one in passes
    ]
    return look(session, drafts, now)


def _grave(plan: Plan, place: int) -> list[Clash]:
    signed = plan.drafts[place].signed_for
    return [one for one in plan.found.of(place) if one.grade not in FREE and one.key not in signed]


Keys = frozenset[str]


def _signed(session: Session) -> tuple[dict[int, Keys], dict[str, Keys]]:
    """Keys that were signed for on each pass, and by person: whoever signed for one of two knew of the other."""
    wanted = (
        select(PassStep.pass_id, Person.number, PassStep.evidence)
        .join(PassRow, PassRow.id == PassStep.pass_id)
        .join(Person, Person.id == PassRow.person_id)
        .where(PassRow.closed_at.is_(None), PassRow.signed_by != "", PassStep.what == "SIGNED")
    )
    own: dict[int, Keys] = {}
    pairs: dict[str, Keys] = {}
    for number, person, said in session.execute(wanted):
        keys = frozenset(said.split())
        own[number] = own.get(number, frozenset()) | keys
        for code, _, other in (key.partition("/") for key in keys):
            if other:
                pairs[other] = pairs.get(other, frozenset()) | {f"{code}/{person}"}
    return own, pairs
