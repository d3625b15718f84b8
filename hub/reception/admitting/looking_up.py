"""What the database says against the answers of a step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from hub.custody.actions import open_booking_of
from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.legal import ORDER, LegalStatus
from hub.custody.queries import person_by_number
from hub.custody.records import Booking, Person
from hub.movements.cells.fitting import Fit, fitting
from hub.movements.cells.records import Cell
from hub.movements.cells.rules import Grade, Who
from hub.movements.records import Zone
from hub.reception.admitting import answers
from hub.reception.admitting.content import Content, Step
from hub.sentences import Sentence


def chosen(session: Session, content: Content) -> Person | None:
    """The file that was chosen; None for nobody."""
    number = content.values.get("known", "")
    return None if number in ("", "nobody") else person_by_number(session, number)


def who_of(session: Session, content: Content, now: datetime) -> Who:
    """What counts for a cell."""
    identity, _ = answers.identity_of(content, now)
    ordered, _ = answers.order_of(content, now)
    person = chosen(session, content)
    status = ordered.status or LegalStatus.UNKNOWN
    return Who(0 if person is None else person.id, identity.sex.value, identity.born_on, status.value)


def fits(session: Session, content: Content, now: datetime) -> list[Fit]:
    """All cells for this person, the fitting ones first."""
    return fitting(session, who_of(session, content, now), now)


def order_elsewhere(session: Session, content: Content) -> str:
    """Number of somebody else in custody on an order of the same reference; empty when there is none."""
    reference = content.values.get("order_reference", "")
    if not reference:
        return ""
    # Said as a word, not as a parameter: only then SQLite knows that the index of the orders will do.
    orders = Fact.kind == literal(ORDER.name, literal_execute=True)
    named = session.scalars(select(Fact.person_id).where(orders, Fact.source == reference).distinct()).all()
    rows = session.scalars(select(Fact).where(Fact.person_id.in_(named), Fact.kind == ORDER.name)).all()
    mine = chosen(session, content)
    people = {one.row.person_id for one in holding(ORDER, rows) if one.row.source == reference}
    people -= {mine.id} if mine is not None else set()
    held = (
        select(Person.number)
        .join(Booking, Booking.person_id == Person.id)
        .where(Person.id.in_(people), Booking.released_at.is_(None))
    )
    return session.scalar(held.limit(1)) or ""


def database_faults(session: Session, step: Step, content: Content, now: datetime) -> dict[str, Sentence]:
    """What stands against one step besides what was typed."""
    if step is Step.ORDER:
        return _of_order(session, content)
    if step is Step.KNOWN:
        return _of_known(session, content)
    if step is Step.CELL:
        return _of_cell(session, content, now)
    return {}


def _of_order(session: Session, content: Content) -> dict[str, Sentence]:
    other = order_elsewhere(session, content)
    if not other or content.values.get("twice_because"):
        return {}
    return {
        "twice_because": Sentence(
            "%(number)s is held on an order with this reference. Check it, or write why both are on it.",
            {"number": other},
        )
    }


def _of_known(session: Session, content: Content) -> dict[str, Sentence]:
    number = content.values.get("known", "")
    if number in ("", "nobody"):
        return {}
    person = person_by_number(session, number)
    if person is None:
        return {"known": Sentence("There is no file %(number)s. Choose again.", {"number": number})}
    if open_booking_of(session, person.id) is not None:
        return {
            "known": Sentence(
                "%(number)s is in custody already. If it is the same person, abandon this admission and put the new "
                "order on that file; if not, choose that it is none of these.",
                {"number": person.number},
            )
        }
    return {}


def _of_cell(session: Session, content: Content, now: datetime) -> dict[str, Sentence]:
    code, zone = content.values.get("cell", ""), content.values.get("home_zone", "")
    if not code:
        return _of_zone(session, content, zone)
    fit = next((one for one in fits(session, content, now) if one.cell.code == code), None)
    if fit is None:
        return {"cell": Sentence("There is no such cell. Choose another.")}
    if fit.grade is Grade.NEVER:
        return {"cell": Sentence("Nobody can be put into this cell now. Choose another.")}
    if fit.grade is Grade.SUPERVISOR and content.cell_override is None:
        return {
            "cell": Sentence(
                "Something speaks against this cell. Choose another, or have a supervisor sign for it."
            )
        }
    return {}


def _of_zone(session: Session, content: Content, zone: str) -> dict[str, Sentence]:
    if not zone or session.scalar(select(Zone.id).where(Zone.code == zone)) is None:
        return {"home_zone": Sentence("Choose a cell, or the zone where the person will live.")}
    if fitting_cells_exist(session) and not content.values.get("no_cell_because"):
        return {
            "no_cell_because": Sentence("Write why no cell is allotted: it stays on the list until one is.")
        }
    return {}


def fitting_cells_exist(session: Session) -> bool:
    """Whether this site has cells at all."""

    return session.scalar(select(Cell.id).limit(1)) is not None
