"""What is due, of whom and by which rule. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.biometrics.documents.records import Document
from hub.biometrics.records import Finger, PersonKey, Photo
from hub.custody.facts.reading import holding, rows_of_kind
from hub.custody.facts.records import Fact
from hub.custody.merging.reading import joined_stays, leads
from hub.custody.records import Booking, Person
from hub.custody.retention_hold import RETENTION_HOLD
from hub.custody.stays import RELEASE
from hub.keeping.retention.records import RetentionItem, RetentionRule, RetentionRun
from hub.keeping.retention.rules import OTHER, Due, Rule, Stay, binding, due
from hub.keeping.retention.things import Thing
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class DueItem:
    """A thing of a person that may no longer be kept since `due.on`."""

    person_id: int
    number: str
    thing: Thing
    due: Due


@dataclass(frozen=True)
class Outlook:
    """What is due by a day; `held` are numbers of people of whom something would be, but for a legal hold."""

    items: Sequence[DueItem]
    held: Sequence[str]


def approved_rules(session: Session) -> list[RetentionRule]:
    """Rules that two persons agreed on."""
    return list(session.scalars(select(RetentionRule).where(RetentionRule.approved_at.is_not(None))))


def all_rules(session: Session) -> list[RetentionRule]:
    """Every rule that was ever proposed, newest first."""
    return list(session.scalars(select(RetentionRule).order_by(RetentionRule.id.desc())))


def open_run(session: Session) -> RetentionRun | None:
    """The deletion that is being looked at or carried out."""
    return session.scalar(select(RetentionRun).where(RetentionRun.ended_at.is_(None)))


def items_of(session: Session, run_id: int) -> list[RetentionItem]:
    """Items of a deletion, in the order in which they are done."""
    return list(
        session.scalars(
            select(RetentionItem).where(RetentionItem.run_id == run_id).order_by(RetentionItem.id)
        )
    )


def outlook(session: Session, today: date, *, only: Collection[int] | None = None) -> Outlook:
    """What is due on `today`, of everybody or of the persons `only`. Without an approved rule nothing ever is."""
    in_force = binding(approved_rules(session), today)
    if not in_force:
        return Outlook((), ())
    stays, holds, there = _stays(session), _holds(session), _present(session)
    numbers = {row.id: row.number for row in session.execute(select(Person.id, Person.number))}
    items: list[DueItem] = []
    held: set[str] = set()
    for person_id in sorted(stays if only is None else stays.keys() & set(only)):
        found = _of_person(person_id, numbers[person_id], stays[person_id], in_force, there, today)
        if found and person_id in holds:
            held.add(numbers[person_id])
        else:
            items += found
    return Outlook(items, sorted(held))


def _of_person(
    person_id: int,
    number: str,
    stays: Sequence[Stay],
    in_force: Mapping[tuple[str, str], Rule],
    there: Mapping[Thing, set[int]],
    today: date,
) -> list[DueItem]:
    dues = {thing: due(stays, in_force, thing) for thing in Thing}
    whole = dues[Thing.FILE]
    if whole is not None and whole.on <= today and person_id in there[Thing.FILE]:
        # A paper or a print of nobody is still of somebody: they go with the file.
        for thing in (Thing.DOCUMENTS, Thing.BIOMETRICS):
            dues[thing] = min(
                (one for one in (dues[thing], whole) if one is not None), key=lambda one: one.on
            )
    return [
        DueItem(person_id, number, thing, one)
        for thing in (Thing.DOCUMENTS, Thing.BIOMETRICS, Thing.FILE)
        if (one := dues[thing]) is not None and one.on <= today and person_id in there[thing]
    ]


def _stays(session: Session) -> dict[int, list[Stay]]:
    """Stays of everybody of whose family nobody is inside."""
    reasons = {
        held.row.booking_id: held.value.reason.value
        for held in holding(RELEASE, rows_of_kind(session, RELEASE))
    }
    set_aside, leading = joined_stays(session), leads(session)
    families: dict[int, list[Stay]] = {}
    members: dict[int, set[int]] = {}
    inside: set[int] = set()
    rows = session.execute(
        select(Booking.id, Booking.person_id, Booking.admitted_at, Booking.released_at, Person.born_on).join(
            Person, Person.id == Booking.person_id
        )
    )
    for booking, person_id, admitted_at, released_at, born_on in rows:
        lead = leading.get(person_id, person_id)
        members.setdefault(lead, set()).add(person_id)
        if released_at is None:
            inside.add(lead)
        elif booking not in set_aside:
            admitted_on = admitted_at.astimezone(SITE_ZONE).date()
            left_on = released_at.astimezone(SITE_ZONE).date()
            stay = Stay(left_on, reasons.get(booking, OTHER), admitted_on, born_on)
            families.setdefault(lead, []).append(stay)
    return {
        person_id: stays
        for lead, stays in families.items()
        if lead not in inside
        for person_id in members[lead]
    }


def _holds(session: Session) -> set[int]:
    """People whose file must stay, with everybody who is one person with them."""
    leading = leads(session)
    held = {one.row.person_id for one in holding(RETENTION_HOLD, rows_of_kind(session, RETENTION_HOLD))}
    leaders = {leading.get(person_id, person_id) for person_id in held}
    return held | leaders | {person_id for person_id, lead in leading.items() if lead in leaders}


def _present(session: Session) -> dict[Thing, set[int]]:
    """Of whom there is anything to delete."""

    def ids(*columns: object) -> set[int]:
        return {one for column in columns for one in session.scalars(select(column).distinct())}  # type: ignore[call-overload]

    return {
        Thing.BIOMETRICS: ids(Finger.person_id, Photo.person_id)
        | ids(PersonKey.person_id) - ids(Document.person_id),
        Thing.DOCUMENTS: ids(Document.person_id),
        Thing.FILE: ids(Fact.person_id),
    }
