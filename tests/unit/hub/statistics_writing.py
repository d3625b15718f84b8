"""An invented prison of plain records, written into a register as its own rows: each sentence a fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.kinds import Form, Kind, write_value
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import (
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    ORDER,
    Charge,
    Hearing,
    LegalStatus,
    OrderToHold,
    Status,
)
from hub.custody.legal import ReleaseReason as Reason
from hub.custody.life.complaints import COMPLAINT, CONFIDENTIAL, Channel, Complaint
from hub.custody.life.incident_forms import IncidentSort, Report
from hub.custody.life.records import IncidentRow, IncidentStep
from hub.custody.life.visits import VISIT, Visit, VisitKind
from hub.custody.merging import actions as merging
from hub.custody.merging.checks import Proposal
from hub.custody.records import Booking
from hub.custody.records import Person as PersonRow
from hub.custody.rules import OrderKind, Sex
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.stays import ADMISSION, RELEASE, Admission, Release
from hub.custody.who.contacts import ADDRESS, Address, AddressSort
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.docket.records import DocketLimit, Finding
from hub.headcount.records import Headcount, HeadcountStep
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.passes.records import PassRow, PassStep
from hub.statistics.entered.records import EnteredFigure

from .statistics_truth import Person, Rows, Said, Stay, Truth
from .statistics_world import RITA

OTTO = Actor("otto", "10.0.0.6")


@dataclass
class Writer:
    """Writes a truth into an empty register, in one transaction."""

    session: Session
    truth: Truth
    zone_id: int
    persons: list[int] = field(default_factory=list)
    bookings: list[int] = field(default_factory=list)

    def write(self) -> None:
        for number, person in enumerate(self.truth.people):
            self._person(number, person)
        for number, stay in enumerate(self.truth.stays):
            self._stay(number, stay)
        for whose, confidential, rows in self.truth.complaints:
            kind = CONFIDENTIAL if confidential else COMPLAINT
            self._facts(kind, self.persons[whose], None, rows, lambda value: Complaint(
                about="a", said="b", channel=Channel.BOX, due_on=value[0], outcome=value[1]))  # fmt: skip
        self._books()
        self._work()
        self._figures()
        for lead, led, at in self.truth.merges:
            proposal = Proposal(self.persons[lead], self.persons[led], "same finger", False)
            case = merging.propose(self.session, proposal, actor=RITA, at=at)
            merging.confirm(self.session, case.id, seen=1, actor=OTTO, at=at)

    def _person(self, number: int, person: Person) -> None:
        last = person.identity[-1]
        sex, born = last.value if last.corrected is None else last.corrected[0]
        row = PersonRow(
            number=f"P-{number + 1:06d}", surname="Novelo", given=f"A{number}", born_on=born, sex=sex,
            created_at=person.identity[0].known,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        self.persons.append(row.id)
        self._facts(IDENTITY, row.id, None, person.identity, lambda value: Identity(
            surname="Novelo", given=f"A{number}", sex=Sex(value[0]), born_on=value[1]))  # fmt: skip
        for rows in person.nations:
            self._facts(NATIONALITY, row.id, None, rows, lambda value: Nationality(country=value))
        for rows in person.homes:
            self._facts(ADDRESS, row.id, None, rows, lambda value: Address(
                sort=AddressSort.HOME, town="b", district=value[0], country=value[1]))  # fmt: skip

    def _stay(self, number: int, stay: Stay) -> None:
        came, gone = stay.admission, [one for one in stay.releases if one.withdrawn is None]
        row = Booking(
            number=f"B-{number + 1:06d}", person_id=self.persons[stay.person],
            admitted_at=came.value if came.corrected is None else came.corrected[0],
            released_at=gone[-1].value[0] if gone else None, recorded_at=came.known, recorded_by="rita",
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        self.bookings.append(row.id)

        def facts(kind: Kind[Any], rows: Rows, form: Callable[[Any], Form]) -> int:
            return self._facts(kind, row.person_id, row.id, rows, form)

        facts(ADMISSION, [came], lambda value: Admission(admitted_at=value))
        facts(RELEASE, stay.releases, lambda value: Release(
            released_at=value[0], reason=Reason(value[1]), reference="R", by="a", second="b", identity=""))  # fmt: skip
        facts(LEGAL_STATUS, stay.statuses, lambda value: Status(status=LegalStatus(value)))
        for rows in stay.orders:
            facts(ORDER, rows, lambda value: OrderToHold(
                kind=OrderKind(value), reference="O", issued_on=date(2020, 1, 1)))  # fmt: skip
        for rows in stay.charges:
            facts(CHARGE, rows, lambda value: Charge(
                iccs=value[0], offence="c", outcome=value[1], decided_on=value[2]))  # fmt: skip
        for rows in stay.away:
            facts(AT_LARGE, rows, lambda value: AtLarge(how=How(value), since_at=came.value, police="P"))
        for rows in stay.hearings:
            facts(HEARING, rows, lambda value: Hearing(
                court="d", hearing_at=value[0], purpose="e", outcome=value[1], produced=value[2]))  # fmt: skip
        for rows in stay.visits:
            facts(VISIT, rows, lambda value: Visit(
                visitors=("V-1",), visit_at=value[0], sort=VisitKind(value[1]), outcome=value[2]))  # fmt: skip
        items: list[int] = []
        for rows in stay.sentences:
            items.append(facts(SENTENCE, rows, lambda value: Imposed(
                type=SentenceType(value[0]), imposed_on=date(2020, 1, 1), term=Term(*value[1]),
                consecutive_to=None if value[2] is None else items[value[2]])))  # fmt: skip

    def _facts(
        self,
        kind: Kind[Any],
        person_id: int,
        booking_id: int | None,
        rows: Sequence[Said],
        form: Callable[[Any], Form],
    ) -> int:
        """Rows of one thing; gives its number."""
        item: int | None = None

        def add(act: str, value: Any, since: datetime, known: datetime, corrects: int | None = None) -> int:
            fact = Fact(
                person_id=person_id, booking_id=booking_id, kind=kind.name, item=item, act=act,
                value=write_value(form(value)), effective_at=since, recorded_at=known, recorded_by="rita", source="p",
                document_id=None, reason="", corrects_id=corrects,
            )  # fmt: skip
            self.session.add(fact)
            self.session.flush()
            return fact.id

        for one in rows:
            number = add("states", one.value, one.since, one.known)
            item = item or (number if kind.many else None)
            if one.corrected is not None:
                add("states", *one.corrected, number)
            if one.ended is not None:
                add("ends", one.value, *one.ended)
            if one.withdrawn is not None:
                add("withdraws", one.value, one.since, one.withdrawn, number)
        return item or 0

    def _books(self) -> None:
        for number, reports in enumerate(self.truth.incidents, 1):
            row = IncidentRow(number=f"I-{number}", recorded_at=reports[0][0])
            self.session.add(row)
            self.session.flush()
            for place, (known, sort, occurred) in enumerate(reports, 1):
                value = msgspec.json.encode(Report(IncidentSort(sort), occurred, "f", "g")).decode()
                step = IncidentStep(
                    incident_id=row.id, number=place, act="report", value=value, at=known, by="", reason=""
                )
                self.session.add(step)
                self.session.flush()

    def _work(self) -> None:
        add, zone = self.session.add, self.zone_id
        for made, from_at, steps in self.truth.passes:
            moved = PassRow(
                person_id=self.persons[0], from_zone_id=zone, to_zone_id=zone, reason="WORK", escort="NONE",
                from_at=from_at, there_at=from_at, until_at=from_at, one_way=False, made_at=made, made_by="rita",
                state="DUE", leg="OUT", state_at=made,
            )  # fmt: skip
            add(moved)
            self.session.flush()
            for what, at in steps:
                add(PassStep(pass_id=moved.id, what=what, occurred_at=at, at=at, by="", text="", evidence=""))
        for freeze, steps in self.truth.counts:
            count = Headcount(
                kind="FORMAL", name="h", state="CLEARED", method="BY_NUMBER", blind=True, scope="", site="",
                announced_at=freeze, announced_by="", freeze_at=freeze,
            )  # fmt: skip
            add(count)
            self.session.flush()
            for state, at in steps:
                add(
                    HeadcountStep(
                        headcount_id=count.id, step="s", state=state, at=at, by="", unit="", detail=""
                    )
                )
                self.session.flush()
        for number, (whose, opened, closed) in enumerate(self.truth.findings):
            add(Finding(
                check_code=f"check-{number}", person_id=self.persons[whose], booking_id=self.bookings[0], subject=0,
                band=1, opened_at=opened, since_at=opened, due_at=opened, what="{}", rows="[]", rule="", inputs="",
                fact_id=1, earlier_rule=False, escalated=0, closed_at=closed, version=1))  # fmt: skip

    def _figures(self) -> None:
        for number, terms in enumerate(self.truth.cells):
            cell = Cell(code=f"t-{number}", zone_id=self.zone_id)
            self.session.add(cell)
            self.session.flush()
            for known, since, certified, out in terms:
                self.session.add(CellTerms(
                    cell_id=cell.id, name="c", block="A", tier="1", certified=certified, working=certified,
                    maximum=certified, sexes="any", ages="any", statuses="", out_of_order=out, reason="",
                    recorded_at=known, recorded_by="rita", effective_on=since))  # fmt: skip
                self.session.flush()
        for value, on, known in self.truth.entered:
            self.session.add(EnteredFigure(
                name="official_capacity", value=value, effective_on=on, source="s", recorded_at=known,
                recorded_by="rita"))  # fmt: skip
        for value, on, known in self.truth.limits:
            self.session.add(DocketLimit(
                name="remand_days", value=value, effective_on=on, authority="law", recorded_at=known,
                recorded_by="rita"))  # fmt: skip
        self.session.flush()
