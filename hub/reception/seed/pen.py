"""What every part of an invented stay is written with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from hub.custody.facts.kinds import Form, Kind, Per
from hub.custody.legal import LegalStatus
from hub.reception.bulk import Bulk
from hub.reception.seed.offences import Offence
from hub.reception.seed.plan import Wrong
from hub.reception.seed.staff import CLERKS
from hub.reception.seed.who import Somebody
from hub.web.formats import SITE_ZONE, start_of

COURTS: Final = (
    "Belize City Magistrate's Court",
    "San Ignacio Magistrate's Court",
    "Orange Walk Magistrate's Court",
    "Dangriga Magistrate's Court",
    "Supreme Court, Central Session",
)


@dataclass(frozen=True)
class Stay:
    """A stay to be written. `released_on` None is open; `cell` is empty for nobody's and for none allotted.

    `thick` says whether the file holds the life inside as well, not the law's facts alone.
    """

    status: LegalStatus
    offence: Offence
    admitted_on: date
    sentenced_on: date | None
    term_days: int
    released_on: date | None
    zone: str
    cell: str
    wrong: Wrong | None = None
    thick: bool = False

    @property
    def is_sentenced(self) -> bool:
        return self.sentenced_on is not None

    @property
    def is_open(self) -> bool:
        return self.released_on is None


class Pen:
    """Writes facts of one stay of somebody: what is the same for all of them is here."""

    def __init__(self, bulk: Bulk, rng: Random, who: Somebody, stay: Stay, today: date) -> None:
        self.bulk, self.rng, self.who, self.stay, self.today = bulk, rng, who, stay, today
        self.court = rng.choice(COURTS)
        self.case = f"{rng.randint(1, 9_999)}/{stay.admitted_on.year}"
        self.clerk = rng.choice(CLERKS)
        self.now_at = at_hour(today, 12)
        self.admitted_at = min(at_hour(stay.admitted_on, rng.randint(8, 20)), self.now_at)
        self.released_at = None if stay.released_on is None else at_hour(stay.released_on, 10)
        self.until = min(stay.released_on or today, today)
        self.documents: dict[str, int] = {}
        """Scans of papers of this stay by reference, where there are any."""
        self.booking_id = bulk.stay(
            who.person_id,
            admitted_at=self.admitted_at,
            recorded_at=self.admitted_at,
            released_at=self.released_at,
        )

    @property
    def days(self) -> int:
        """How long the stay has lasted."""
        return (self.until - self.stay.admitted_on).days

    def chance(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.rng.random() < share

    def day(self, least_before: int = 0) -> date:
        """Some day of the stay, at least so many days before its end."""
        return self.stay.admitted_on + timedelta(days=self.rng.randint(0, max(0, self.days - least_before)))

    def law(
        self, kind: Kind[Any], value: Form, on: date, *, source: str = "", item: int | None = None
    ) -> int:
        """A fact of the law, from a day on, recorded within hours; from the scan where the paper has one."""
        at = start_of(on) if kind.name == "order" else max(at_hour(on, 9), self.admitted_at)
        recorded_at = max(self.admitted_at, at) + timedelta(minutes=self.rng.randint(2, 240))
        return self.bulk.fact(
            kind,
            value,
            self.who.person_id,
            self.booking_id,
            min(at, self.now_at),
            min(recorded_at, self.now_at),
            source,
            item,
            by=self.clerk,
            document_id=self.documents.get(source),
        )

    def at(
        self,
        kind: Kind[Any],
        value: Form,
        at: datetime,
        *,
        source: str = "",
        item: int | None = None,
        by: str | None = None,
        recorded_at: datetime | None = None,
    ) -> int:
        """A fact that takes effect at a time, recorded then or at `recorded_at`."""
        at = min(max(at, self.admitted_at), self.now_at)
        booking_id = self.booking_id if kind.per is Per.BOOKING else None
        told_at = at if recorded_at is None else min(max(recorded_at, self.admitted_at), self.now_at)
        return self.bulk.fact(
            kind, value, self.who.person_id, booking_id, at, told_at, source, item, by=by or self.clerk
        )


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day at the site."""
    return datetime.combine(day, time(hour, minute), SITE_ZONE)


def weekday(day: date) -> date:
    """The day, or the Monday after it: no court sits on a weekend."""
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() > 4 else day
