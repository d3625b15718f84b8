"""Sanctions: only after a finding, never two alike at once, and lost remission goes into the reckoning of dates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import Statement, end, state, withdraw
from hub.custody.facts.kinds import Field, Form, Input, Kind, Per
from hub.custody.facts.reading import Held, holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.life.incident_forms import Finding, IncidentPart
from hub.custody.life.turn import take_turn
from hub.custody.sentencing.forms import ADJUSTMENT, Adjustment, AdjustmentType
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, start_of

LONGEST_CONFINEMENT_DAYS: Final = 15
"""More than 15 days in a row apart from others is prolonged solitary confinement: Nelson Mandela Rules 43 and 44."""


class SanctionType(StrEnum):
    """What is imposed."""

    WARNING = "warning"
    LOSS_OF_PRIVILEGES = "loss_of_privileges"
    CONFINEMENT = "confinement"
    REMISSION_FORFEITED = "remission_forfeited"
    RESTITUTION = "restitution"


SANCTION_TYPES: Final = {
    SanctionType.WARNING: Sentence("Warning"),
    SanctionType.LOSS_OF_PRIVILEGES: Sentence("Loss of privileges"),
    SanctionType.CONFINEMENT: Sentence("Apart from others"),
    SanctionType.REMISSION_FORFEITED: Sentence("Remission forfeited"),
    SanctionType.RESTITUTION: Sentence("Pays for the damage"),
}
RUNNING: Final = frozenset({SanctionType.LOSS_OF_PRIVILEGES, SanctionType.CONFINEMENT})
"""Those that have a first and a last day."""


class Sanction(Form, frozen=True):
    """`part` is the item of the person's part in the incident, `adjustment` that of the days in the reckoning."""

    part: int
    incident: str
    type: SanctionType
    decided_by: str
    why: str
    from_on: date
    until_on: date | None = None
    days: int = 0
    doctor: str = ""
    adjustment: int | None = None


def _say(value: Sanction) -> Sentence:
    if value.type in RUNNING and value.until_on is not None:
        return Sentence(
            "%(type)s from %(first)s to %(last)s",
            {"type": SANCTION_TYPES[value.type], "first": value.from_on, "last": value.until_on},
        )
    if value.days:
        return Sentence("%(type)s, %(days)s days", {"type": SANCTION_TYPES[value.type], "days": value.days})
    return SANCTION_TYPES[value.type]


SANCTION: Final = Kind(
    name="sanction",
    form=Sanction,
    words=Sentence("Sanction"),
    say=_say,
    fields=(
        Field("part", Sentence("Part in an incident"), Input.ITEM, of="incident_part"),
        Field("adjustment", Sentence("Adjustment"), Input.ITEM, of="adjustment"),
    ),
    many=True,
    per=Per.BOOKING,
    by_hand=False,
    record=Permission.DECIDE_SANCTIONS,
)


def sanctions_of(
    session: Session, person_ids: Collection[int], *, known_at: datetime | None = None
) -> list[Held[Sanction]]:
    """Sanctions that were not ended or withdrawn, oldest first."""
    return holding(SANCTION, rows_of(session, person_ids, SANCTION), known_at=known_at)


def impose(
    session: Session, part: Held[IncidentPart], wanted: Sanction, *, actor: Actor, at: datetime
) -> Fact:
    """Impose a sanction. RefusedError before a finding, for what no rule allows, and for one that overlaps."""
    row = part.row
    take_turn(session, row.person_id)
    check_sanction(part, wanted)
    _refuse_overlap(session, row.person_id, wanted)
    value = replace(wanted, part=part.item, incident=part.value.incident)
    if wanted.type is SanctionType.REMISSION_FORFEITED:
        days = Adjustment(
            type=AdjustmentType.REMISSION_FORFEITED, days=wanted.days, why=wanted.why.strip()[:200]
        )
        said = Statement(
            ADJUSTMENT, days, start_of(wanted.from_on), source=part.value.incident, booking_id=row.booking_id
        )
        adjusted = state(session, row.person_id, said, actor=actor, at=at)
        value = replace(value, adjustment=adjusted.id)
    statement = Statement(
        SANCTION, value, start_of(wanted.from_on), source=part.value.incident, booking_id=row.booking_id
    )
    return state(session, row.person_id, statement, actor=actor, at=at)


def set_aside(session: Session, held: Held[Sanction], reason: str, *, actor: Actor, at: datetime) -> None:
    """End a sanction, as an appeal or mercy has it; days that it took from the remission come back."""
    take_turn(session, held.row.person_id)
    if held.item not in {one.item for one in sanctions_of(session, [held.row.person_id])}:
        raise RefusedError(
            "sanction_ended", Sentence("This sanction was ended already. Load the page again.")
        )
    end(session, held.row, SANCTION, effective_at=at, reason=reason, actor=actor, at=at)
    if held.value.adjustment is not None:
        rows = rows_of(session, [held.row.person_id], ADJUSTMENT)
        for one in holding(ADJUSTMENT, rows):
            if one.item == held.value.adjustment:
                withdraw(session, one.row, ADJUSTMENT, reason=reason, actor=actor, at=at)


def running(held: Held[Sanction], at: datetime) -> bool:
    """Whether it is being served on the day."""
    day = at.astimezone(SITE_ZONE).date()
    value = held.value
    return (
        value.type in RUNNING and value.from_on <= day and (value.until_on is None or day <= value.until_on)
    )


def check_sanction(part: Held[IncidentPart], wanted: Sanction) -> None:
    """RefusedError for a sanction that may not be imposed."""
    if part.value.finding != Finding.PROVED:
        raise RefusedError(
            "no_finding",
            Sentence(
                "No sanction before a finding: write first when the person was heard and what was found."
            ),
        )
    if not wanted.decided_by.strip() or not wanted.why.strip():
        raise RefusedError("no_reason", Sentence("Write who decided it and why: it stays with the record."))
    if wanted.type in RUNNING:
        _check_days(wanted)
    if wanted.type is SanctionType.REMISSION_FORFEITED and not 1 <= wanted.days <= 3_650:
        raise RefusedError(
            "forfeited_days", Sentence("Write how many days of remission are lost, 1 or more.")
        )


def _check_days(wanted: Sanction) -> None:
    if wanted.until_on is None or wanted.until_on < wanted.from_on:
        raise RefusedError(
            "sanction_days", Sentence("Write the first and the last day, the last not before.")
        )
    if wanted.type is SanctionType.CONFINEMENT:
        days = (wanted.until_on - wanted.from_on).days + 1
        if days > LONGEST_CONFINEMENT_DAYS:
            raise RefusedError(
                "confined_too_long",
                Sentence(
                    "Nobody is kept apart from others for more than %(days)s days in a row. Choose an earlier end.",
                    {"days": LONGEST_CONFINEMENT_DAYS},
                ),
            )
        if not wanted.doctor.strip():
            raise RefusedError(
                "no_doctor", Sentence("Write which doctor or nurse was told: they see the person every day.")
            )


def _refuse_overlap(session: Session, person_id: int, wanted: Sanction) -> None:
    if wanted.type not in RUNNING or wanted.until_on is None:
        return
    for one in sanctions_of(session, [person_id]):
        value = one.value
        last = value.until_on or value.from_on
        if value.type is wanted.type and value.from_on <= wanted.until_on and wanted.from_on <= last:
            raise RefusedError(
                "sanction_overlaps",
                Sentence(
                    "The same sanction runs from %(first)s to %(last)s already. Choose days outside of it.",
                    {"first": value.from_on, "last": last},
                ),
            )
        gap = min(abs((wanted.from_on - last).days), abs((value.from_on - wanted.until_on).days))
        total = (max(last, wanted.until_on) - min(value.from_on, wanted.from_on)).days + 1
        if (
            wanted.type is value.type is SanctionType.CONFINEMENT
            and gap <= 1
            and total > LONGEST_CONFINEMENT_DAYS
        ):
            raise RefusedError(
                "confined_too_long",
                Sentence(
                    "Nobody is kept apart from others for more than %(days)s days in a row. Choose an earlier end.",
                    {"days": LONGEST_CONFINEMENT_DAYS},
                ),
            )
