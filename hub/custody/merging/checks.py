"""What has to hold before two files are joined or parted; RefusedError says what does not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.merging.reading import Standing, lead_of, standing_of
from hub.custody.merging.records import MergeCase
from hub.custody.merging.rules import FOLLOWS, Act
from hub.custody.records import Booking, Person
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Proposal:
    """What somebody asks to be joined. `same_stay` says that two open stays are one that was recorded twice."""

    lead_id: int
    led_id: int
    reason: str
    same_stay: bool = False


def standing_at(session: Session, case_id: int, act: Act, seen: int) -> Standing:
    """The case, ready for `act`; RefusedError where there is none or another officer was quicker."""
    standing = standing_of(session, case_id)
    if standing is None:
        raise RefusedError("no_case", Sentence("There is no such merge. Go back to the list."))
    last = standing.last
    if last.number != seen or act not in FOLLOWS[Act(last.act)]:
        raise RefusedError(
            "decided_already",
            Sentence("Somebody decided this while you were looking. The page shows it as it is now."),
        )
    return standing


def other_account(first: str, actor: Actor) -> None:
    """RefusedError when the second person is the first."""
    if actor.login == first:
        raise RefusedError(
            "same_account",
            Sentence("You asked for this yourself. Another officer has to decide it."),
        )


def need_reason(reason: str) -> str:
    """The reason as it is kept; RefusedError for none."""
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with both files."))
    return reason.strip()[:300]


def other_of(case: MergeCase, person_id: int) -> int:
    """The other of the two."""
    return case.other_id if person_id == case.one_id else case.one_id


def pair(session: Session, proposal: Proposal) -> tuple[int, int]:
    if proposal.lead_id == proposal.led_id:
        raise RefusedError(
            "same_file", Sentence("This is one and the same file. Write the number of the other one.")
        )
    lead, led = lead_of(session, proposal.lead_id), lead_of(session, proposal.led_id)
    if lead == led:
        raise RefusedError(
            "joined_already",
            Sentence("These two files are one already. Their page shows all numbers of the person."),
        )
    if lead != proposal.lead_id or led != proposal.led_id:
        hidden, shown = (proposal.lead_id, lead) if lead != proposal.lead_id else (proposal.led_id, led)
        raise RefusedError(
            "led_by_another",
            Sentence(
                "%(number)s is led by %(lead)s already. Propose the merge with %(lead)s.",
                {"number": number_of(session, hidden), "lead": number_of(session, shown)},
            ),
        )
    return lead, led


def stays(session: Session, lead: int, led: int, *, same_stay: bool) -> tuple[int | None, int | None]:
    into, aside = _open_stay(session, lead), _open_stay(session, led)
    if aside is None:
        return (None if into is None else into.id), None
    if into is None:
        raise RefusedError(
            "held_one_leads",
            Sentence(
                "%(number)s is in custody. The number under which somebody is held leads, so that terminals "
                "and papers inside stay right. Choose it as the one that leads.",
                {"number": number_of(session, led)},
            ),
        )
    if not same_stay:
        raise RefusedError(
            "two_open_stays",
            Sentence(
                "Both files have an open stay: %(into)s and %(aside)s. Say that it is one stay recorded twice, "
                "or release one of them first.",
                {"into": into.number, "aside": aside.number},
            ),
        )
    return into.id, aside.id


def _open_stay(session: Session, person_id: int) -> Booking | None:
    return session.scalar(
        select(Booking).where(Booking.person_id == person_id, Booking.released_at.is_(None))
    )


def number_of(session: Session, person_id: int) -> str:
    return session.get_one(Person, person_id).number
