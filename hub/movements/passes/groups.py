"""Groups that go together, and where moves of a reason lead."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.passes.records import PassGroup
from hub.movements.passes.rules import Reason
from hub.movements.records import ZoneKind
from hub.movements.site.tree import load


def new_group(
    session: Session, name: str, officer: str, *, by: str, at: datetime, source: str | None = None
) -> int:
    """A group of people who go together; its number."""
    group = PassGroup(
        name=name.strip()[:80], officer=officer[:64], source=source, made_at=at, made_by=by[:64]
    )
    session.add(group)
    session.flush()
    return group.id


def zone_for(session: Session, reason: Reason, name: str = "") -> int | None:
    """The zone where moves of this reason lead: the one of this name, else the only or first of its kind."""
    kind = _KINDS.get(reason)
    nodes = [node for node in load(session).zones() if kind is not None and node.kind == kind]
    named = [node for node in nodes if name and name.casefold() in (node.name.casefold(), node.code)]
    return next((node.id for node in [*named, *nodes]), None)


_KINDS: Final = {
    Reason.VISITS: ZoneKind.VISITS,
    Reason.CLINIC: ZoneKind.CLINIC,
    Reason.WORK: ZoneKind.WORKSHOP,
    Reason.COURT: ZoneKind.COURT,
}
