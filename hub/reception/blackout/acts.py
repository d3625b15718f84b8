"""What each kind of row of a batch from paper does. The caller holds the transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.facts.reading import current, one
from hub.custody.legal import LegalStatus, ReleaseReason
from hub.custody.merging.reading import family_of
from hub.custody.queries import person_by_number
from hub.custody.records import Booking, Person
from hub.custody.rules import OrderFacts, OrderKind, PersonFacts, Sex, clean_name
from hub.custody.search.finding import sounding_like
from hub.custody.stays import HOME
from hub.custody.stays import Admission as Stay
from hub.headcount.from_paper import PaperCount
from hub.movements.cells.actions import Override, move_to_cell
from hub.movements.cells.reading import cell_of
from hub.movements.on_paper import Crossing, same_on_paper
from hub.movements.passages import Place, Somebody
from hub.reception.admission import Admission, More, admit
from hub.reception.blackout.columns import RowKind
from hub.reception.blackout.records import PaperBatch
from hub.reception.blackout.rules import NEW, Read, read_day
from hub.reception.releasing.afterwards import OnPaper, enter_afterwards
from hub.sentences import RefusedError, Sentence

FINGERS_LATER: Final = "admitted while all was dark"


@dataclass(frozen=True)
class Signers:
    """Whoever wrote the batch in, and whoever signs as second; `overrides` where the second may sign for a cell."""

    first: Actor
    second: Actor
    overrides: bool


@dataclass
class Run:
    """One batch on its way in."""

    session: Session
    vault: Vault
    search: DuplicateSearch
    batch: PaperBatch
    signers: Signers
    at: datetime
    zones: dict[str, int]
    crossings: list[Crossing] = field(default_factory=list)
    counts: list[PaperCount] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)
    bookings: dict[int, int] = field(default_factory=dict)
    records: dict[int, int] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """What stands as paper in what the rows become."""
        return self.batch.paper


def _admission(run: Run, read: Read) -> None:
    cells = read.row.cells
    facts = PersonFacts(
        clean_name(cells["surname"]),
        clean_name(cells["given"]),
        read_day(cells.get("born_on", "")),
        Sex(cells["sex"]),
    )
    known = _known(run, cells.get("person", "").strip(), facts)
    issued_on = read_day(cells["order_issued_on"])
    assert issued_on is not None  # the cells were read before
    order = OrderFacts(OrderKind(cells["order_kind"]), cells["order_reference"].strip(), issued_on)
    came = admit(
        run.session,
        run.vault,
        run.search,
        Admission(
            person=facts,
            order=order,
            home_zone=cells["to"],
            zones=frozenset({cells["to"]}),
            fingers=(),
            more=More(
                known_id=known,
                status=LegalStatus(cells["status"]),
                stay=Stay(admitted_at=read.at, paper=run.source),
                cell=cells.get("cell", "").strip(),
                cell_override=_override(run),
                fingers_later=FINGERS_LATER,
            ),
        ),
        actor=run.signers.first,
        at=run.at,
    )
    booking = open_booking_of(run.session, came.person_id)
    _note(run, read, run.session.get_one(Person, came.person_id), booking)


def _known(run: Run, typed: str, facts: PersonFacts) -> int | None:
    """Row of the person who was here before; None for somebody new. RefusedError while that is open."""
    if typed and typed.lower() not in NEW:
        return _person(run, typed).id
    if not typed:
        alike = sounding_like(run.session, facts.surname, facts.given, limit=3)
        if alike:
            raise RefusedError(
                "person",
                Sentence(
                    "%(numbers)s bears this name or one like it. Write the number if it is the same person, "
                    "otherwise: new.",
                    {"numbers": ", ".join(hit.number for hit in alike)},
                ),
            )
    return None


def _movement(run: Run, read: Read) -> None:
    person = _person(run, read.row.cells["person"])
    booking = _stay_at(run, person, read.at)
    if same_on_paper(run.session, person.id, read.at):
        raise RefusedError(
            "when",
            Sentence("A movement of this person at this minute was entered before. Leave the row out."),
        )
    _note(run, read, person, booking)
    begin, end = (Place(run.zones[read.row.cells[name]], read.row.cells[name]) for name in ("from", "to"))
    somebody = Somebody(person.id, person.number, f"{person.surname.upper()}, {person.given}")
    run.crossings.append(Crossing(somebody, begin, end, read.at, read.row.line))


def _cell(run: Run, read: Read) -> None:
    person, code = _person(run, read.row.cells["person"]), read.row.cells["to"].strip()
    booking = _stay_at(run, person, read.at)
    _note(run, read, person, booking)
    home = one(current(run.session, HOME, person_id=booking.person_id, booking_id=booking.id))
    if booking.released_at is None and (home is None or home.row.effective_at <= read.at):
        reason = f"paper {run.source}"
        move_to_cell(
            run.session,
            person,
            code,
            reason=reason,
            override=_override(run),
            actor=run.signers.first,
            at=run.at,
            effective_at=read.at,
        )
        return
    # The person has moved on or gone since: what the book tells is history and opens no zone.
    cell = cell_of(run.session, code)
    assert cell is not None  # the cells were read before
    assign_home(
        run.session,
        booking,
        cell.zone,
        effective_at=read.at,
        recorded_at=run.at,
        actor=run.signers.first,
        cell=code,
    )


def _release(run: Run, read: Read) -> None:
    cells, person = read.row.cells, _person(run, read.row.cells["person"])
    _note(run, read, person, open_booking_of(run.session, person.id))
    paper = OnPaper(
        released_at=read.at,
        reason=ReleaseReason(cells["reason"]),
        reference=cells["reference"],
        paper=run.source,
        identity=cells["identity"],
        first=cells["first"],
        handed_to=cells.get("handed_to", ""),
    )
    record = enter_afterwards(
        run.session,
        run.vault,
        person,
        paper,
        run.signers.second,
        actor=run.signers.first,
        at=run.at,
    )
    run.records[read.row.line] = record.id


def _count(run: Run, read: Read) -> None:
    """A count moves nobody; those of one batch are kept together, once every row is known to be whole."""
    cells = read.row.cells
    counters = tuple(name for name in (cells["first"].strip(), cells["second"].strip()) if name)
    counted = PaperCount(cells["to"], int(cells["counted"]), counters, read.at, read.row.line)
    run.counts.append(counted)


ACTS: Final = {
    RowKind.ADMISSION: _admission,
    RowKind.MOVEMENT: _movement,
    RowKind.CELL: _cell,
    RowKind.COUNT: _count,
    RowKind.RELEASE: _release,
}


def _person(run: Run, number: str) -> Person:
    person = person_by_number(run.session, number)
    if person is None:
        raise RefusedError("person", Sentence("Nobody has this number. Check it against the book."))
    return person


def _stay_at(run: Run, person: Person, at: datetime) -> Booking:
    """The stay that the moment lies in."""
    wanted = select(Booking).where(
        Booking.person_id.in_(family_of(run.session, person.id)),
        Booking.admitted_at <= at,
        Booking.released_at.is_(None) | (Booking.released_at >= at),
    )
    booking = run.session.scalars(wanted.order_by(Booking.id.desc()).limit(1)).first()
    if booking is None:
        raise RefusedError(
            "person", Sentence("This person was not in custody then. Check the number and the time.")
        )
    return booking


def _override(run: Run) -> Override | None:
    """The second signature stands for a cell that something speaks against, where that account may sign for it."""
    if not run.signers.overrides:
        return None
    return Override(run.signers.second, f"done on paper: {run.source}")


def _note(run: Run, read: Read, person: Person, booking: Booking | None) -> None:
    run.people[read.row.line] = person
    if booking is not None:
        run.bookings[read.row.line] = booking.id
