"""Writing a correction down and having it told, in the transaction in which facts become events.

The duty to correct outlives an agreement, the right to send does not: without an agreement in force that has notices
of correction nothing leaves by itself, and somebody tells the agency by the route that it agreed to once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import write_down
from hub.custody.actions import next_number
from hub.custody.facts.records import Act as FactAct
from hub.custody.merging.records import MergeCase, MergeStep
from hub.custody.merging.rules import Act as MergeAct
from hub.custody.records import Booking, Person
from hub.sharing.agreements.reading import agency_by_code, agreements_in_force, standings
from hub.sharing.agreements.records import Agreement, AgreementVersion
from hub.sharing.agreements.terms import read_terms
from hub.sharing.catalogue.values import moment
from hub.sharing.corrections.finding import Hearer, numbers_of, told_fact, told_of_number
from hub.sharing.corrections.records import Correction, CorrectionHearer, Duty, Sort
from hub.sharing.deciding import NotAgreedError, decide
from hub.sharing.outbox.asking import ACTOR
from hub.sharing.outbox.deriving import FactRow
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.replaying import lay_anew
from hub.sharing.outbox.spreading import enqueue

SERIES: Final = "corrections"
NOTICE: Final = "correction_notice"
_STEPS: Final = (MergeAct.MERGED.value, MergeAct.PARTED.value)
_PLACES: Final = {"remand_ageing": "/v1/lists/remand-ageing", "census_list": "/v1/lists/census"}


@dataclass(frozen=True)
class _Wrong:
    """What proved wrong, and about whom."""

    sort: Sort
    person: int
    booking: int | None = None
    kind: str = ""
    fact_id: int | None = None
    wrong_id: int | None = None
    step_id: int | None = None


class Corrector:
    """What the outbox hands on: facts that correct others, and merges since it last looked."""

    def facts(self, session: Session, rows: Sequence[FactRow], at: datetime) -> None:
        """Tell of every row that says another was wrong; in the transaction in which they are read."""
        for row in rows:
            if row.corrects_id is None:
                continue
            hearers = told_fact(session, row)
            if hearers:
                sort = Sort.WITHDRAWN if row.act == FactAct.WITHDRAWS else Sort.CORRECTED
                wrong = _Wrong(sort, row.person_id, row.booking_id, row.kind, row.id, row.corrects_id)
                _tell(session, wrong, hearers, at)

    def waits(self, session: Session) -> bool:
        """Whether people were joined or parted and nobody was told yet."""
        return session.scalar(_unseen().limit(1)) is not None

    def merges(self, session: Session, at: datetime) -> None:
        """Tell of every merge and parting that was not looked at yet."""
        for step in session.scalars(_unseen()).all():
            wrong, hearers = _of_step(session, step)
            _tell(session, wrong, hearers, at)


def _unseen() -> Any:
    seen = select(Correction.step_id).where(Correction.step_id == MergeStep.id).exists()
    return select(MergeStep).where(MergeStep.act.in_(_STEPS), ~seen).order_by(MergeStep.id)


def _of_step(session: Session, step: MergeStep) -> tuple[_Wrong, list[Hearer]]:
    """Of a merge whoever knows the number that is led; of a parting whoever was told of the two as one."""
    case = session.get_one(MergeCase, step.case_id)
    if step.act == MergeAct.MERGED:
        lead = case.one_id if step.lead_id is None else step.lead_id
        led = case.other_id if lead == case.one_id else case.one_id
        numbers = {session.get_one(Person, led).number}
        return _Wrong(Sort.JOINED, lead, step_id=step.id), told_of_number(session, numbers, None, step.at)
    merged = session.scalars(
        select(MergeStep)
        .where(MergeStep.case_id == case.id, MergeStep.act == MergeAct.MERGED.value, MergeStep.id < step.id)
        .order_by(MergeStep.id.desc())
    ).first()
    lead = case.one_id if merged is None or merged.lead_id is None else merged.lead_id
    since = None if merged is None else merged.at
    found = told_of_number(session, numbers_of(session, lead), since, step.at)
    return _Wrong(Sort.PARTED, lead, step_id=step.id), found


def _tell(session: Session, wrong: _Wrong, hearers: Sequence[Hearer], at: datetime) -> None:
    person = session.get_one(Person, wrong.person)
    booking = None if wrong.booking is None else session.get_one(Booking, wrong.booking)
    reference = person.number if booking is None else booking.number
    row = Correction(
        number=f"C-{next_number(session, SERIES):06d}",
        at=at,
        sort=wrong.sort.value,
        kind=wrong.kind,
        fact_id=wrong.fact_id,
        wrong_id=wrong.wrong_id,
        step_id=wrong.step_id,
        person=person.number,
        reference=reference,
    )
    session.add(row)
    session.flush()
    by_agency: dict[str, list[Hearer]] = defaultdict(list)
    for one in hearers:
        by_agency[one.agency].append(one)
    for agency, own in sorted(by_agency.items()):
        _tell_agency(session, row, wrong, agency, own, at)
    if hearers:
        detail = f"{row.number} {' '.join(sorted(by_agency))}"[:200]
        write_down(session, at=at, actor=ACTOR, act="correction.found", subject=person.number, detail=detail)


def _tell_agency(
    session: Session, row: Correction, wrong: _Wrong, agency: str, own: Sequence[Hearer], at: datetime
) -> None:
    purpose, why = _right(session, agency, at)
    judged = [(one, _duty(session, one, purpose, at)) for one in own]
    told = [one for one, duty in judged if duty is Duty.NOTICE]
    delivery = None
    if told:
        delivery = enqueue(
            session,
            agency=agency,
            type=EventType.CORRECTED,
            exchange=NOTICE,
            purpose=purpose or "",
            reference=row.reference,
            person=wrong.person,
            booking=wrong.booking,
            at=at,
            data={"correction": row.number, **_given(row, told)},
        )
        lay_anew(session, agency, {each.reference for one in told for each in one.disclosures}, at)
    for one, duty in judged:
        last = one.disclosures[-1] if one.disclosures else None
        session.add(
            CorrectionHearer(
                correction_id=row.id,
                agency=agency,
                exchange=one.exchange,
                fields=",".join(one.fields),
                disclosures=",".join(str(each.id) for each in one.disclosures),
                told_at=one.told_at,
                agreement="" if last is None else last.agreement,
                version=0 if last is None else last.version,
                duty=duty.value,
                why=why if duty is Duty.BY_HAND else "",
                delivery_id=delivery if duty is Duty.NOTICE else None,
            )
        )
    session.flush()


def _duty(session: Session, one: Hearer, purpose: str | None, at: datetime) -> Duty:
    days = [_kept_days(session, told.agreement, told.version) for told in one.disclosures]
    if days and all(day is not None and one.told_at + timedelta(days=day) < at for day in days):
        return Duty.LAPSED
    return Duty.BY_HAND if purpose is None else Duty.NOTICE


def _kept_days(session: Session, agreement: str, version: int) -> int | None:
    """For how many days they may keep what they were told under this version; None where it is unknown."""
    raw = session.scalar(
        select(AgreementVersion.terms)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Agreement.code == agreement, AgreementVersion.number == version)
    )
    return None if raw is None else read_terms(raw).retention_days


def _right(session: Session, agency: str, at: datetime) -> tuple[str | None, str]:
    """The purpose under which a notice may go out now, or None and the gate's code."""
    for one in agreements_in_force(session, at, agency):
        for purpose in one.terms.purposes_of(NOTICE):
            return purpose, ""
    try:
        decide(
            standings(session, at, agency),
            agency=agency,
            known=agency_by_code(session, agency) is not None,
            exchange=NOTICE,
            purpose="correction",
            wanted=(),
        )
    except NotAgreedError as error:
        return None, error.code
    return "correction", ""


def _given(row: Correction, told: Sequence[Hearer]) -> Mapping[str, Any]:
    """What the notice says when it is fetched, by name of field: no more than they were told before, by its names."""
    rows = [each for one in told for each in one.disclosures]
    fields = dict.fromkeys(name for one in told for name in one.fields)
    return {
        "pims:CorrectionID": row.number,
        "pims:CorrectionCategoryCode": row.sort,
        "pims:CorrectedDisclosureID": [str(each.id) for each in rows],
        "pims:CorrectedFieldName": list(fields),
        "pims:CorrectedDate": moment(row.at),
        "pims:DisclosedDate": moment(max(one.told_at for one in told)),
        "pims:CorrectedRecordAddress": sorted({place for each in rows if (place := _place(each))}),
    }


def _place(told: Any) -> str:
    """Where they fetch it anew, by the reference that they used before."""
    if told.exchange in _PLACES:
        return _PLACES[told.exchange]
    if told.exchange == "custody_status" and told.reference[:2] in ("B-", "P-"):
        return f"/v1/custody/{told.reference}"
    return f"/v1/events/{told.reference}" if len(told.reference) == 36 else ""
