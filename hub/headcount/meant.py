"""Which count a slip or a mark belongs to, also where its terminal knew of none. The caller has the transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.headcount.records import Headcount, HeadcountUnit
from hub.headcount.states import State
from hub.headcount.turning import SCHEDULE, note
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError, Sentence
from wire.happenings import CountKind, CountMethod


def meant(
    session: Session, number: int, code: str, began_at: datetime, ended_at: datetime, at: datetime
) -> tuple[Headcount, HeadcountUnit]:
    """The count and unit that a slip or mark from `began_at` to `ended_at` is of. Without a number: the one that ran
    then, or a count of its own. RefusedError where no unit is meant."""
    wanted = (
        select(Headcount, HeadcountUnit)
        .join(HeadcountUnit, HeadcountUnit.headcount_id == Headcount.id)
        .where(HeadcountUnit.code == code, Headcount.state != State.CANCELLED.value)
        .with_for_update()
    )
    if number:
        row = session.execute(wanted.where(Headcount.id == number)).first()
        if row is None:
            raise RefusedError("no_unit", Sentence("This unit is not counted in this headcount."))
        return row[0], row[1]
    ran_then = wanted.where(
        Headcount.announced_at <= ended_at,
        Headcount.ended_at.is_(None) | (Headcount.ended_at >= began_at),
    )
    row = session.execute(ran_then.order_by(Headcount.id.desc()).limit(1)).first()
    if row is None:
        return _own_count(session, code, began_at, at)
    count, unit = row[0], row[1]
    if (
        is_own(count) and began_at < count.freeze_at
    ):  # its marks came first, and the slip says when the walk began
        count.announced_at = count.freeze_at = count.began_at = count.effective_at = began_at
        session.flush()
    return count, unit


def is_own(count: Headcount) -> bool:
    """Whether a unit counted by itself, announced by nobody."""
    return count.announced_by == SCHEDULE.login and count.slot is None


def _own_count(
    session: Session, code: str, began_at: datetime, at: datetime
) -> tuple[Headcount, HeadcountUnit]:
    """A unit counted although nobody announced anything: kept as an informal count of that unit."""
    tree = load_tree(session)
    node = tree.by_code(code)
    if node is None or not node.is_unit:
        raise RefusedError("no_unit", Sentence("This zone is no unit in which counts are taken."))
    count = Headcount(
        kind=CountKind.INFORMAL.value,
        name="",
        state=State.COUNTING.value,
        method=CountMethod.NUMBER.value,
        blind=False,
        scope=node.name[:200],
        site="",
        announced_at=began_at,
        announced_by=SCHEDULE.login,
        freeze_at=began_at,
        began_at=began_at,
        effective_at=began_at,
        cleared_by="",
    )
    session.add(count)
    session.flush()
    unit = HeadcountUnit(
        headcount_id=count.id,
        zone_id=node.id,
        code=node.code,
        name=tree.path(node.id)[:160],
        recount=0,
        method=count.method,
        named_off=0,
    )
    session.add(unit)
    session.flush()
    note(session, count, "UNANNOUNCED", SCHEDULE, at, unit=code)
    return count, unit
