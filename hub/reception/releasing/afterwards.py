"""A release that two officers carried out on paper while all was dark, entered afterwards. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.vault import Vault
from hub.custody.legal import ReleaseReason
from hub.custody.records import Booking, Person
from hub.custody.stays import Release
from hub.reception.releasing.carrying_out import booking_inside, carry_out, end_case
from hub.reception.releasing.reading import assess
from hub.reception.releasing.records import CaseState, ReleaseCase, ReleaseRecord
from hub.reception.releasing.standing import Line
from hub.sentences import RefusedError, Sentence

OLDEST_PAPER: Final = timedelta(days=60)


@dataclass(frozen=True)
class OnPaper:
    """A release that was carried out while all was dark, as it is entered afterwards."""

    released_at: datetime
    reason: ReleaseReason
    reference: str
    paper: str
    identity: str
    first: str
    handed_to: str = ""


def enter_afterwards(
    session: Session,
    vault: Vault,
    person: Person,
    paper: OnPaper,
    second: Actor,
    *,
    actor: Actor,
    at: datetime,
) -> ReleaseRecord:
    """Record a release that two officers carried out on paper. It is a fact: nothing of the interlock stops it, and
    what does not agree shows as a doubt. RefusedError for times that cannot be, or without paper and names.
    """
    booking = booking_inside(session, person)
    _check_paper(booking, paper, at)
    row = session.scalar(
        select(ReleaseCase).where(ReleaseCase.booking_id == booking.id, ReleaseCase.state == CaseState.OPEN)
    )
    lines: list[Line] = []
    if row is not None:
        lines = list(assess(session, row, at).lines)
        end_case(session, row, CaseState.DONE, "done on paper", actor, at)
    value = Release(
        released_at=paper.released_at,
        reason=paper.reason,
        reference=paper.reference.strip()[:80],
        by=paper.first.strip()[:80],
        second=second.login,
        identity=paper.identity.strip()[:200],
        paper=paper.paper.strip()[:80],
        handed_to=paper.handed_to.strip()[:120],
    )
    return carry_out(session, vault, person, booking, value, lines, actor, at)


def _check_paper(booking: Booking, paper: OnPaper, at: datetime) -> None:
    if not booking.admitted_at < paper.released_at <= at:
        raise RefusedError(
            "released_at",
            Sentence("The release lies between the admission and now. Check day and hour."),
        )
    if at - paper.released_at > OLDEST_PAPER:
        raise RefusedError(
            "too_old", Sentence("This is more than 60 days ago. Ask the director how to record it.")
        )
    for text, fault in (
        (paper.paper, Sentence("Write the number of the paper form.")),
        (paper.reference, Sentence("Write the reference of the order to release, or what the form says.")),
        (paper.first, Sentence("Write the name of the first officer on the paper.")),
        (paper.identity, Sentence("Write how it was made sure who the person was.")),
    ):
        if not text.strip():
            raise RefusedError("paper", fault)
