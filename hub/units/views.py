"""Pages of units: who has each one, what they signed for, and how old the picture on its terminal is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.headcount.loading import roster
from hub.headcount.reading import blind_units
from hub.movements.site.tree import Node, load
from hub.units.holding import Copy, copies
from hub.units.shifts import Holder, history, holders
from hub.web.door import now, reading, visitor
from hub.web.routes import Pages

pages = Pages("units", __name__, template_folder="templates")


@dataclass(frozen=True)
class UnitRow:
    """One unit. `roll` is None while its count is blind for whoever looks, as is what was signed for."""

    code: str
    name: str
    holder: Holder | None
    roll: int | None
    copies: tuple[Copy, ...]

    @property
    def differs(self) -> bool:
        """Whether whoever took the unit over was shown another number than the hub knew."""
        shift = self.holder
        return shift is not None and shift.roll_known not in (None, shift.roll_seen)


@pages.page("/units", Permission.SEE_COUNTS)
def units() -> str:
    with reading() as session:
        rows = _rows(session, now())
    return render_template("units.html", units=rows)


@pages.page("/units/<code>", Permission.SEE_COUNTS)
def unit(code: str) -> str:
    """Every shift of a unit."""
    with reading() as session:
        node = load(session).by_code(code)
        if node is None or not node.is_unit:
            abort(404)
        shifts, name = history(session, code, 100), load(session).path(node.id)
        hidden = code in _hidden(session)
    return render_template("unit_shifts.html", name=name, shifts=shifts, hidden=hidden)


def _rows(session: Session, at: datetime) -> list[UnitRow]:
    tree, hidden, have = load(session), _hidden(session), holders(session)
    people, held = roster(session, at).units, copies(session)

    def row(node: Node) -> UnitRow:
        known = people.get(node.code)
        return UnitRow(
            code=node.code,
            name=tree.path(node.id),
            holder=have.get(node.code),
            roll=None if node.code in hidden or known is None else len(known.assigned),
            copies=tuple(one for one in held if any(tree.unit_of(zone) == node.id for zone in one.zones)),
        )

    return [row(node) for node in tree.units()]


def _hidden(session: Session) -> frozenset[str]:
    """Units whose totals are hidden from this visitor, who may be the one to count them."""
    who = visitor()
    if who.may(Permission.RUN_COUNT) or who.may(Permission.CLEAR_COUNT):
        return frozenset()
    return blind_units(session)
