"""Cells of a site file: what is new is added, what changed is said anew, nothing is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.legal import LegalStatus
from hub.movements.cells.defining import CellDraft, define_cell
from hub.movements.cells.reading import cells
from hub.movements.cells.rules import Ages, Sexes

REASON: Final = "site file"


class Entry(Protocol):
    """What a site file says of a cell."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def block(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def certified(self) -> int: ...
    @property
    def working(self) -> int | None: ...
    @property
    def maximum(self) -> int | None: ...
    @property
    def sexes(self) -> Sexes: ...
    @property
    def ages(self) -> Ages: ...
    @property
    def statuses(self) -> list[LegalStatus]: ...


def import_cells(session: Session, entries: Iterable[Entry], *, actor: Actor, at: datetime) -> None:
    """RefusedError for numbers that cannot be. A cell that is out of order stays so."""
    known = cells(session)
    for one in entries:
        draft = CellDraft(
            code=one.code,
            name=one.name,
            block=one.block,
            tier=one.tier,
            zone=one.zone,
            certified=one.certified,
            working=one.working,
            maximum=one.maximum,
            sexes=one.sexes,
            ages=one.ages,
            statuses=frozenset(status.value for status in one.statuses),
            out_of_order=one.code in known and known[one.code].out_of_order,
        )
        define_cell(session, draft, reason=REASON, actor=actor, at=at)
