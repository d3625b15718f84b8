"""What a row of a register says, as facts of a person and of one stay."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final

from hub.custody.facts.kinds import Form, Kind
from hub.custody.legal import (
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    ORDER,
    Charge,
    Hearing,
    LegalStatus,
    OrderToHold,
    ReleaseReason,
    Status,
)
from hub.custody.rules import OrderKind
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType
from hub.custody.stays import ADMISSION, HOME, RELEASE, Admission, Home, Release
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort
from hub.custody.who.naming import ALIAS, Alias
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.reception.bulk import Bulk
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.reception.register.rules import Entry
from hub.web.formats import SITE_ZONE, start_of

_NO_CLASS: Final = "11"
"""ICCS section of what is not classified: a register in words says no class."""


class RowFacts:
    """Writes the facts of one row; `written` counts them."""

    def __init__(self, bulk: Bulk, found: RegisterImport, row: RegisterRow, *, by: str, at: datetime) -> None:
        self._bulk, self._found, self._by, self._at = bulk, found, by, at
        self._source = source_of(found, row)
        self.written = 0

    def who(self, entry: Entry, person_id: int) -> None:
        """Numbers, other name and nationality."""
        for sort, number in (
            (IdentifierSort.OTHER, entry.number),
            (IdentifierSort.SOCIAL_SECURITY, entry.social_security),
            (IdentifierSort.POLICE, entry.police),
        ):
            if number:
                issued_by = self._found.name[:80] if sort is IdentifierSort.OTHER else ""
                self.say(
                    IDENTIFIER,
                    Identifier(sort=sort, number=number, issued_by=issued_by),
                    person_id,
                    None,
                    self._at,
                )
        if entry.alias:
            self.say(ALIAS, Alias(surname=entry.alias), person_id, None, self._at)
        if entry.nationality:
            self.say(NATIONALITY, Nationality(country=entry.nationality), person_id, None, self._at)

    def stay(self, entry: Entry, person_id: int) -> int:
        """A stay with the law's facts, where the person lives, and the release; gives its row."""
        assert entry.admitted_on is not None
        admitted_at = _noon(entry.admitted_on)
        released_at = None if entry.released_on is None else _noon(entry.released_on)
        booking_id = self._bulk.stay(
            person_id, admitted_at=admitted_at, recorded_at=self._at, released_at=released_at
        )
        self.say(ADMISSION, Admission(admitted_at=admitted_at), person_id, booking_id, admitted_at)
        self._law(entry, person_id, booking_id)
        if entry.zone and released_at is None:
            self.say(HOME, Home(zone=entry.zone, cell=entry.cell), person_id, booking_id, admitted_at)
            self._bulk.permit(person_id, (entry.zone,), self._at)
        if released_at is not None:
            release = Release(
                released_at=released_at,
                reason=ReleaseReason.ORDER_ENDED,
                reference=self._source,
                by=self._by,
                second="",
                identity="",
                paper=self._source,
            )
            self.say(RELEASE, release, person_id, booking_id, released_at)
        return booking_id

    def _law(self, entry: Entry, person_id: int, booking_id: int) -> None:
        assert entry.admitted_on is not None
        since = start_of(entry.admitted_on)
        if entry.order_reference:
            kind = OrderKind.SENTENCE_ORDER if entry.sentenced_on else OrderKind.WARRANT
            issued_on = entry.order_issued_on or entry.sentenced_on or entry.admitted_on
            order = OrderToHold(
                kind=kind,
                reference=entry.order_reference,
                issued_on=issued_on,
                expires_on=entry.order_expires_on,
                court=entry.court,
            )
            self.say(ORDER, order, person_id, booking_id, start_of(issued_on))
        status = entry.status
        if status is LegalStatus.UNKNOWN and entry.sentenced_on is not None:
            status = LegalStatus.INDETERMINATE_SENTENCE if entry.life else LegalStatus.SENTENCED
        if status is not LegalStatus.UNKNOWN:
            self.say(
                LEGAL_STATUS,
                Status(status=status),
                person_id,
                booking_id,
                start_of(entry.sentenced_on or entry.admitted_on),
            )
        charge = None
        if entry.offence:
            value = Charge(iccs=_NO_CLASS, offence=entry.offence, court=entry.court)
            charge = self.say(CHARGE, value, person_id, booking_id, since)
        if entry.sentenced_on is not None:
            sort = SentenceType.LIFE if entry.life else SentenceType.TERM
            if entry.life or any((entry.term.years, entry.term.months, entry.term.weeks, entry.term.days)):
                imposed = Imposed(
                    type=sort,
                    imposed_on=entry.sentenced_on,
                    term=entry.term,
                    charge=charge,
                    court=entry.court,
                )
                self.say(SENTENCE, imposed, person_id, booking_id, start_of(entry.sentenced_on))
        if entry.next_court_on is not None:
            at = datetime.combine(entry.next_court_on, time(9), SITE_ZONE)
            hearing = Hearing(court=entry.court or "-", hearing_at=at, purpose="-", charge=charge)
            self.say(HEARING, hearing, person_id, booking_id, self._at)

    def say(
        self,
        kind: Kind[Any],
        value: Form,
        person_id: int,
        booking_id: int | None,
        since: datetime,
    ) -> int:
        """One fact that holds from `since` on; gives its number."""
        self.written += 1
        return self._bulk.fact(kind, value, person_id, booking_id, since, self._at, self._source)


def source_of(found: RegisterImport, row: RegisterRow) -> str:
    """What the facts of a row name as their source."""
    return f"{found.name}, import {found.id} row {row.line}"


def _noon(day: date) -> datetime:
    """The hour is not known: midday is on the right day however it is shown."""
    return datetime.combine(day, time(12), SITE_ZONE)
