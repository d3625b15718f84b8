"""The proportions of a prison as its register has them: what an invented one is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.biometrics.documents.records import Document
from hub.biometrics.records import Photo
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import Held, holding
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.legal import HEARING, LEGAL_STATUS, LegalStatus
from hub.custody.life.records import IncidentRow, VisitorRow
from hub.custody.merging.records import MergeCase
from hub.custody.records import Booking, Person
from hub.custody.rules import Sex
from hub.custody.sentencing.forms import SENTENCE, SentenceType
from hub.custody.stays import HOME
from hub.custody.who.contacts import ADDRESS
from hub.custody.who.origin import NATIONALITY
from hub.custody.who.rules_7_and_8 import missing
from hub.movements.cells.records import Cell
from hub.web.formats import SITE_ZONE

_HOME: Final = "BZ"
_AT_ONCE: Final = 500
_YEAR_DAYS: Final = 365
WAITING: Final = frozenset({LegalStatus.REMAND, LegalStatus.CONVICTED_UNSENTENCED})
_AGES: Final = ((0, 17), (18, 24), (25, 34), (35, 49), (50, 120))


@dataclass(frozen=True)
class Line:
    """One figure: what it is, the figure, and what it was made of."""

    code: str
    words: str
    value: float
    unit: str = ""


@dataclass
class _Inside:
    """What is counted of the people inside."""

    statuses: list[LegalStatus]
    ages: list[int]
    sexes: Counter[str]
    foreign: int
    returned: int
    waits_days: list[int]
    terms_days: list[int]
    districts: Counter[str]
    cells: Counter[str]
    complete: int
    with_next_date: int
    waiting: int
    facts: list[int]


def describe(session: Session, today: date) -> list[Line]:
    """Figures of the people in custody, and counts of what the register holds."""
    found = _counted(session, today)
    people = len(found.statuses)
    if not people:
        return [Line("inside", "People inside", 0)]
    status = Counter(found.statuses)
    share = _shares(people)
    lines = [Line("inside", "People inside", people)]
    lines += [share(f"status.{one}", one.value, count) for one, count in status.most_common()]
    lines += [
        Line("women", "Women", found.sexes[Sex.FEMALE.value]),
        share("foreign", "From abroad", found.foreign),
        share("returned", "Here before within the years", found.returned),
        share("complete", "Files without a gap in Rules 7 and 8", found.complete),
    ]
    for first, last in _AGES:
        count = sum(first <= age <= last for age in found.ages)
        lines.append(
            share(f"age.{first}", f"{first} to {last} years old" if last < 99 else "50 or older", count)
        )
    lines += _times(found)
    lines += [share(f"district.{name}", f"Home in {name}", n) for name, n in found.districts.most_common()]
    lines += _cells(session, found)
    return lines + _registers(session, found)


def _shares(people: int) -> Callable[[str, str, int], Line]:
    def share(code: str, words: str, count: int) -> Line:
        return Line(code, words, round(100 * count / people, 1), "%")

    return share


def _times(found: _Inside) -> list[Line]:
    waits, terms = found.waits_days, found.terms_days
    lines = []
    if waits:
        late = [sum(days > years * _YEAR_DAYS for days in waits) for years in (1, 5)]
        lines += [
            Line("wait.median", "Waiting for a court, median", median(waits), "days"),
            Line("wait.1", "of them longer than a year", round(100 * late[0] / len(waits), 1), "%"),
            Line("wait.5", "of them longer than five years", round(100 * late[1] / len(waits), 1), "%"),
            Line(
                "wait.dated",
                "of them with a date to come",
                round(100 * found.with_next_date / found.waiting, 1),
                "%",
            ),
        ]
    if terms:
        short, long = sum(t < _YEAR_DAYS for t in terms), sum(t > 10 * _YEAR_DAYS for t in terms)
        lines += [
            Line("term.median", "Sentence, median", round(median(terms) / _YEAR_DAYS, 1), "years"),
            Line("term.short", "of them under a year", round(100 * short / len(terms), 1), "%"),
            Line("term.long", "of them over ten years", round(100 * long / len(terms), 1), "%"),
        ]
    return lines


def _cells(session: Session, found: _Inside) -> list[Line]:
    cells = session.scalar(select(func.count()).select_from(Cell)) or 0
    used = found.cells
    return [
        Line("cells", "Cells", cells),
        Line("cells.mean", "People in a cell that is lived in", round(used.total() / max(1, len(used)), 1)),
        Line("cells.most", "People in the fullest one", max(used.values(), default=0)),
    ]


def _registers(session: Session, found: _Inside) -> list[Line]:
    tables: Sequence[tuple[str, type[Any]]] = (
        ("People ever", Person),
        ("Stays", Booking),
        ("Facts", Fact),
        ("Visitors", VisitorRow),
        ("Incidents", IncidentRow),
        ("Pairs of files looked at", MergeCase),
        ("Scans", Document),
        ("Photos", Photo),
    )
    counts = [
        Line(
            f"rows.{table.__tablename__}", words, session.scalar(select(func.count()).select_from(table)) or 0
        )
        for words, table in tables
    ]
    return [*counts, Line("facts.median", "Facts on a file of somebody inside, median", median(found.facts))]


def _counted(session: Session, today: date) -> _Inside:
    found = _Inside([], [], Counter(), 0, 0, [], [], Counter(), Counter(), 0, 0, 0, [])
    now_at = datetime.combine(today, time(23, 59), SITE_ZONE)
    open_stays = {
        row.person_id: row for row in session.scalars(select(Booking).where(Booking.released_at.is_(None)))
    }
    counts = session.execute(select(Booking.person_id, func.count()).group_by(Booking.person_id))
    often = {row[0]: row[1] for row in counts}
    ids = sorted(open_stays)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows: dict[int, list[Fact]] = {}
        for row in session.scalars(select(Fact).where(Fact.person_id.in_(part)).order_by(Fact.id)):
            rows.setdefault(row.person_id, []).append(row)
        for person_id in part:
            found.returned += often[person_id] > 1
            _count(found, rows.get(person_id, []), open_stays[person_id], now_at)
        session.expunge_all()
    return found


def _count(found: _Inside, rows: list[Fact], stay: Booking, now_at: datetime) -> None:
    own = [row for row in rows if row.booking_id in (None, stay.id)]
    today = now_at.date()
    found.facts.append(len(rows))
    found.complete += not missing(rows, booking_id=stay.id)
    identity = _held(IDENTITY, own, now_at)[-1].value
    found.sexes[identity.sex.value] += 1
    if identity.born_on is not None:
        found.ages.append(_years(identity.born_on, today))
    found.foreign += _HOME not in {one.value.country for one in _held(NATIONALITY, own, now_at)}
    status = _held(LEGAL_STATUS, own, now_at)
    legal = status[-1].value.status if status else LegalStatus.UNKNOWN
    found.statuses.append(legal)
    if legal in WAITING:
        found.waiting += 1
        found.waits_days.append((now_at - stay.admitted_at).days)
        found.with_next_date += any(not one.value.outcome for one in _held(HEARING, own, None))
    terms = [one.value for one in _held(SENTENCE, own, now_at) if one.value.type is not SentenceType.LIFE]
    if terms:
        found.terms_days.append(max(t.term.years * 365 + t.term.months * 30 + t.term.days for t in terms))
    found.districts.update(one.value.district for one in _held(ADDRESS, own, now_at)[:1])
    found.cells.update(one.value.cell for one in _held(HOME, own, now_at) if one.value.cell)


def _held(kind: Kind[V], rows: Iterable[Fact], at: datetime | None) -> list[Held[V]]:
    return holding(kind, rows, effective_at=at)


def _years(born_on: date, today: date) -> int:
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
