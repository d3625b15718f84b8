"""Inventing a stay: order, charge, court dates, sentence, home and release, as they would have been written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from hub.custody.facts.kinds import Form, Kind
from hub.custody.legal import (
    CHARGE,
    HEARING,
    HOLD,
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    UNFIT_REVIEW,
    Charge,
    Hearing,
    Hold,
    LegalStatus,
    OrderToHold,
    OrderToRelease,
    ReleaseReason,
    Status,
    UnfitReview,
)
from hub.custody.rules import OrderKind
from hub.custody.sentencing.forms import (
    FINE_PAYMENT,
    REMAND_CREDIT,
    SENTENCE,
    FinePayment,
    Imposed,
    RemandCredit,
    SentenceType,
    Term,
)
from hub.custody.stays import ADMISSION, HOME, RELEASE, Admission, Home, Release
from hub.custody.who.origin import CONSULATE, Consulate, Told
from hub.reception.bulk import Bulk
from hub.reception.seed.offences import Offence
from hub.reception.seed.plan import Wrong
from hub.reception.seed.who import Somebody
from hub.web.formats import SITE_ZONE, start_of

COURTS: Final = (
    "Belize City Magistrate's Court",
    "San Ignacio Magistrate's Court",
    "Orange Walk Magistrate's Court",
    "Dangriga Magistrate's Court",
    "Supreme Court, Central Session",
)
_JUDGES: Final = ("Magistrate A. Vale", "Magistrate R. Moor", "Justice L. Quay", "Justice T. Fairbank")
_STATIONS: Final = (
    "Raccoon Street police station",
    "San Ignacio police station",
    "Orange Walk police station",
)
BETWEEN_HEARINGS: Final = 56
MOST_HEARINGS: Final = 14
_RELEASED_FROM_REMAND: Final = (
    ReleaseReason.BAIL,
    ReleaseReason.ACQUITTED,
    ReleaseReason.CHARGES_WITHDRAWN,
    ReleaseReason.DISCHARGED,
)


@dataclass(frozen=True)
class Stay:
    """A stay to be written. `released_on` None is open; `cell` is empty for nobody's and for none allotted."""

    status: LegalStatus
    offence: Offence
    admitted_on: date
    sentenced_on: date | None
    term_days: int
    released_on: date | None
    zone: str
    cell: str
    wrong: Wrong | None = None

    @property
    def is_sentenced(self) -> bool:
        return self.sentenced_on is not None


class StayWriter:
    """Writes the facts of one stay of somebody."""

    def __init__(self, bulk: Bulk, rng: Random, who: Somebody, stay: Stay, today: date) -> None:
        self._bulk, self._rng, self._who, self._stay, self._today = bulk, rng, who, stay, today
        self._court = rng.choice(COURTS)
        self._case = f"{rng.randint(1, 9_999)}/{stay.admitted_on.year}"
        self._admitted_at = self._at(stay.admitted_on, rng.randint(8, 20))
        released_at = None if stay.released_on is None else self._at(stay.released_on, 10)
        self._released_at = released_at
        self._booking_id = bulk.stay(
            who.person_id,
            admitted_at=self._admitted_at,
            recorded_at=self._admitted_at,
            released_at=released_at,
        )

    def write(self) -> int:
        """All of it; gives the stay's row."""
        stay = self._stay
        self._admission()
        order = self._order()
        charge = self._charge(order)
        first = stay.status
        if stay.is_sentenced or stay.status is LegalStatus.INDETERMINATE_SENTENCE:
            first = LegalStatus.REMAND
        if first is not LegalStatus.REMAND or (stay.sentenced_on or self._today) > stay.admitted_on:
            self._status(first, stay.admitted_on)
        if first is LegalStatus.REMAND:
            self._hearings(charge)
        if stay.sentenced_on is not None and stay.wrong is not Wrong.NO_SENTENCE:
            self._sentence(charge)
        elif stay.sentenced_on is not None:
            self._status(stay.status, stay.sentenced_on)
        if stay.status is LegalStatus.OTHER and stay.released_on is None:
            self._unfit()
        self._home()
        self._consulate()
        self._going()
        return self._booking_id

    def _say(
        self, kind: Kind[Any], value: Form, on: date, *, source: str = "", item: int | None = None
    ) -> int:
        at = max(self._at(on, 9), self._admitted_at) if kind.name != "order" else start_of(on)
        recorded_at = max(self._admitted_at, at) + timedelta(minutes=self._rng.randint(2, 240))
        return self._bulk.fact(
            kind, value, self._who.person_id, self._booking_id, at, min(recorded_at, self._now), source, item
        )

    @property
    def _now(self) -> datetime:
        return self._at(self._today, 12)

    @staticmethod
    def _at(day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), SITE_ZONE)

    def _admission(self) -> None:
        arrested_at = self._admitted_at - timedelta(hours=self._rng.randint(6, 70))
        hurt = self._rng.random()
        bare = self._stay.wrong is Wrong.BARE_FILE
        value = Admission(
            admitted_at=self._admitted_at,
            arrested_at=None if bare else arrested_at,
            arrested_where="" if bare else self._rng.choice(("at home", "in the street", "at a checkpoint")),
            reasons="" if bare else self._stay.offence.words,
            brought_by=self._rng.choice(_STATIONS),
            injuries="" if bare else ("none seen" if hurt < 0.9 else "bruise on the left arm"),
            ill_treatment="" if bare else ("none" if hurt < 0.96 else "says he was struck at the station"),
            informed_of_rules=not bare,
            family_told="" if bare else "by telephone",
            override="The court sends the order tomorrow." if self._stay.wrong is Wrong.NO_ORDER else "",
            override_by="supervisor" if self._stay.wrong is Wrong.NO_ORDER else "",
        )
        at = self._admitted_at
        self._bulk.fact(ADMISSION, value, self._who.person_id, self._booking_id, at, at)

    def _order(self) -> int | None:
        stay = self._stay
        if stay.wrong is Wrong.NO_ORDER:
            return None
        sentenced_at_once = stay.sentenced_on == stay.admitted_on
        kind = OrderKind.SENTENCE_ORDER if sentenced_at_once else OrderKind.REMAND_ORDER
        if stay.status in (LegalStatus.IMMIGRATION_DETAINEE, LegalStatus.CIVIL_PRISONER):
            kind = OrderKind.WARRANT
        value = OrderToHold(
            kind=kind,
            reference=f"{'RO' if kind is OrderKind.REMAND_ORDER else 'W'} {self._case}",
            issued_on=stay.admitted_on,
            expires_on=self._today - timedelta(days=self._rng.randint(2, 60))
            if stay.wrong is Wrong.ORDER_EXPIRED and stay.admitted_on < self._today - timedelta(days=61)
            else None,
            court=self._court,
            judge=self._rng.choice(_JUDGES),
            named_surname="Somebody Else" if stay.wrong is Wrong.OTHER_NAME else "",
        )
        return self._say(ORDER, value, stay.admitted_on, source=value.reference)

    def _charge(self, order: int | None) -> int:
        offence, stay = self._stay.offence, self._stay
        value = Charge(
            iccs=offence.iccs,
            offence=offence.words,
            statute=offence.statute,
            offence_on=stay.admitted_on - timedelta(days=self._rng.randint(1, 40)),
            court=self._court,
            case=self._case,
            order=order,
        )
        item = self._say(CHARGE, value, stay.admitted_on, source=self._case)
        if stay.sentenced_on is not None:
            decided = replace(value, outcome="convicted", decided_on=stay.sentenced_on)
            self._say(CHARGE, decided, stay.sentenced_on, source=self._case, item=item)
        return item

    def _status(self, status: LegalStatus, on: date) -> None:
        self._say(LEGAL_STATUS, Status(status=status), on, source=self._case)

    def _hearings(self, charge: int) -> None:
        stay = self._stay
        until = min(stay.sentenced_on or stay.released_on or self._today, self._today)
        every = max(BETWEEN_HEARINGS, (until - stay.admitted_on).days // MOST_HEARINGS)
        day, fixed_on = stay.admitted_on + timedelta(days=self._rng.randint(7, every)), stay.admitted_on
        day = weekday(day)
        while day < until:
            open_end = stay.wrong in (Wrong.NO_OUTCOME, Wrong.NO_NEXT_DATE)
            last = weekday(day + timedelta(days=every)) >= until
            forgotten = stay.wrong is Wrong.NO_OUTCOME and last and open_end
            self._hearing(charge, day, fixed_on, done=not forgotten)
            fixed_on, day = day, weekday(day + timedelta(days=every + self._rng.randint(-9, 9)))
        if (
            stay.released_on is None
            and stay.sentenced_on is None
            and stay.wrong not in (Wrong.NO_NEXT_DATE, Wrong.NO_OUTCOME)
        ):
            coming = weekday(self._today + timedelta(days=self._rng.randint(1, BETWEEN_HEARINGS)))
            self._hearing(charge, coming, fixed_on, done=False)

    def _hearing(self, charge: int, day: date, fixed_on: date, *, done: bool) -> None:
        value = Hearing(
            court=self._court,
            hearing_at=self._at(day, self._rng.choice((9, 9, 10, 13))),
            purpose=self._rng.choice(
                ("Mention", "Disclosure", "Trial", "Bail application", "Case management")
            ),
            case=self._case,
            charge=charge,
            video=self._rng.random() < 0.2,
        )
        item = self._say(HEARING, value, fixed_on, source=self._case)
        if done:
            brought = self._rng.random() < 0.93
            outcome = "remanded" if self._rng.random() < 0.6 else "adjourned"
            why = "" if brought else "No transport"
            told = replace(value, outcome=outcome, produced=brought, not_produced_because=why)
            self._say(HEARING, told, day, source=self._case, item=item)

    def _sentence(self, charge: int) -> None:
        stay = self._stay
        assert stay.sentenced_on is not None
        on = stay.sentenced_on
        reference = f"SO {self._case}"
        order = self._say(
            ORDER,
            OrderToHold(kind=OrderKind.SENTENCE_ORDER, reference=reference, issued_on=on, court=self._court),
            on,
            source=reference,
        )
        self._status(stay.status, on)
        life = stay.status is LegalStatus.INDETERMINATE_SENTENCE
        fine = stay.wrong is Wrong.FINE_PAID or (stay.term_days <= 60 and self._rng.random() < 0.7)
        kind = SentenceType.LIFE if life else SentenceType.FINE_IN_DEFAULT if fine else SentenceType.TERM
        cents = self._rng.randint(2, 40) * 25_000 if fine and not life else 0
        value = Imposed(
            type=kind,
            imposed_on=on,
            term=Term(years=15) if life else term_of(stay.term_days),
            charge=charge,
            order=order,
            fine_cents=cents,
            court=self._court,
        )
        item = self._say(SENTENCE, value, on, source=reference)
        if stay.wrong is Wrong.FINE_PAID:
            paid = FinePayment(
                sentence=item, paid_on=self._today - timedelta(days=1), cents=cents, receipt="R 114"
            )
            self._say(FINE_PAYMENT, paid, paid.paid_on, source="R 114")
        elif not life and not fine:
            self._more_terms(item, reference)
        waited = (on - stay.admitted_on).days
        if waited > 20 and not life and self._rng.random() < 0.8:
            credit = RemandCredit(days=waited, from_on=stay.admitted_on, until_on=on - timedelta(days=1))
            self._say(REMAND_CREDIT, credit, on, source=reference)

    def _more_terms(self, first: int, reference: str) -> None:
        """A second count, served together or after the first."""
        stay = self._stay
        assert stay.sentenced_on is not None
        if self._rng.random() < 0.15:
            after = first if self._rng.random() < 0.4 else None
            term = term_of(max(30, stay.term_days // 3))
            value = Imposed(
                type=SentenceType.TERM,
                imposed_on=stay.sentenced_on,
                term=term,
                consecutive_to=after,
                court=self._court,
            )
            self._say(SENTENCE, value, stay.sentenced_on, source=reference)

    def _unfit(self) -> None:
        late = self._stay.wrong is Wrong.NO_REVIEW
        day = self._today + timedelta(days=-40 if late else 50)
        self._say(
            UNFIT_REVIEW,
            UnfitReview(next_review_on=day, reviewed_by="Dr. Vale"),
            self._stay.admitted_on,
            source=self._case,
        )

    def _home(self) -> None:
        if self._stay.wrong is Wrong.NO_CELL or not self._stay.zone:
            return
        value = Home(zone=self._stay.zone, cell=self._stay.cell)
        self._say(HOME, value, max(self._stay.admitted_on, self._stay.sentenced_on or self._stay.admitted_on))
        if self._stay.released_on is None:
            zones = (self._stay.zone, "yard", "clinic", "visits")
            self._bulk.permit(self._who.person_id, zones, self._admitted_at)

    def _consulate(self) -> None:
        if self._who.country == "BZ" or self._stay.wrong is Wrong.NO_CONSULATE:
            return
        day = self._stay.admitted_on + timedelta(days=self._rng.randint(1, 3))
        refused = self._rng.random() < 0.15
        done = day <= (self._stay.released_on or self._today)
        told = Told.NOT_YET if not done else Told.REFUSED_BY_PERSON if refused else Told.YES
        value = Consulate(
            country=self._who.country,
            told=told,
            notified_at=self._at(day, 8) if done else None,
            notified_by="records" if done else "",
            how="by letter" if told is Told.YES else "",
        )
        self._say(CONSULATE, value, day if done else self._stay.admitted_on)

    def _going(self) -> None:
        stay, rng = self._stay, self._rng
        if stay.wrong is Wrong.BAIL_GRANTED:
            bail = OrderToRelease(
                reason=ReleaseReason.BAIL,
                reference=f"B {self._case}",
                issued_on=self._today - timedelta(days=2),
                court=self._court,
            )
            self._say(RELEASE_ORDER, bail, bail.issued_on, source=bail.reference)
        if stay.released_on is None:
            if rng.random() < 0.03:
                hold = Hold(
                    authority="Immigration",
                    reason="Removal order",
                    reference=f"IM {rng.randint(1, 999)}",
                    issued_on=stay.admitted_on,
                )
                self._say(HOLD, hold, stay.admitted_on, source=hold.reference)
            return
        assert self._released_at is not None
        reason = ReleaseReason.SENTENCE_SERVED if stay.is_sentenced else rng.choice(_RELEASED_FROM_REMAND)
        value = Release(
            released_at=self._released_at,
            reason=reason,
            reference=f"R {self._case}",
            by="records",
            second="supervisor",
            identity="finger" if rng.random() < 0.9 else "attested by photo and order",
        )
        at = self._released_at
        self._bulk.fact(RELEASE, value, self._who.person_id, self._booking_id, at, at, value.reference)


def weekday(day: date) -> date:
    """The day, or the Monday after it: no court sits on a weekend."""
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() > 4 else day


def term_of(days: int) -> Term:
    """The length as a court would say it."""
    if days >= 365 and days % 365 == 0:
        return Term(years=days // 365)
    if days >= 60 and days % 30 == 0:
        return Term(months=days // 30)
    return Term(days=days)
