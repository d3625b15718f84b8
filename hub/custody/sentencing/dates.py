"""The best known date of release of a stay, and whether two officers signed it. For one stay or for all at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, defer

from hub.custody.facts.records import Fact
from hub.custody.records import Booking
from hub.custody.sentencing.basis import Rules, Worked, digest_of, work_out, worked_out
from hub.custody.sentencing.case import Case, Outcome, Problem, Weight
from hub.custody.sentencing.holidays import holidays_of
from hub.custody.sentencing.policies import in_force
from hub.custody.sentencing.reading import case_from, case_of, cases
from hub.custody.sentencing.records import ReckoningRow, Signature, SignatureAct
from hub.sentences import Sentence


class Certainty(StrEnum):
    """How sure a date is."""

    VERIFIED = "verified"
    """Signed by two officers, and nothing has changed since."""
    UNVERIFIED = "unverified"
    NOT_LATER_THAN = "not_later_than"
    """The end of the full term: no policy says when release is due, or an entry is in doubt."""
    NO_DATE = "no_date"
    """Life, an open term, unfit to plead; or entries from which nothing can be reckoned."""


_MANY: Final = 5_000
"""Stays named one by one in a query; beyond that everybody's are read."""


@dataclass(frozen=True)
class BestKnown:
    """The date of a stay as well as it is known. `on` is the day that clocks run on, None of NO_DATE.

    `reasons` say why it is no better; `reckoning_id` is the newest one that an officer signed, and `signed_on` the day
    that two officers signed in it, whatever has changed since; `signed_by` are those two, who reckoned it first.
    """

    booking_id: int
    certainty: Certainty
    on: date | None
    reasons: tuple[Sentence, ...] = ()
    full_term_on: date | None = None
    parole_on: date | None = None
    licence_until_on: date | None = None
    problems: tuple[Problem, ...] = ()
    reckoning_id: int | None = None
    signed_on: date | None = None
    signed_by: tuple[str, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether an entry has to be cleared up first."""
        return any(problem.weight is not Weight.LOOK for problem in self.problems)


@dataclass(frozen=True)
class Signed:
    """A reckoning with the second officer's word on it, as known at a time."""

    row: ReckoningRow
    signature: Signature | None

    @property
    def verified(self) -> bool:
        return self.signature is not None and self.signature.act == SignatureAct.VERIFIED

    @property
    def refused(self) -> bool:
        return self.signature is not None and self.signature.act == SignatureAct.REFUSED


def rules_of(session: Session, *, today: date, known_at: datetime | None = None) -> Rules:
    """Policies and holidays, as known at a time."""
    days = frozenset(row.on for row in holidays_of(session, known_at=known_at))
    return Rules(tuple(in_force(session, known_at=known_at)), days, today)


def best_known(
    session: Session, booking_id: int, *, today: date, known_at: datetime | None = None
) -> BestKnown | None:
    """The date of one stay; None where no sentence is recorded."""
    return best_known_all(session, today=today, known_at=known_at, booking_ids=[booking_id]).get(booking_id)


def best_known_from(
    session: Session, booking_id: int, rows: Sequence[Fact], *, today: date, known_at: datetime | None = None
) -> BestKnown | None:
    """The same from facts at hand: all of the stay, and of those that were joined to it."""
    case = case_from(rows, known_at=known_at)
    if case is None:
        return None
    rules = rules_of(session, today=today, known_at=known_at)
    signed = newest_signed(session, [booking_id], known_at=known_at)
    return judge(booking_id, case, rules, signed.get(booking_id))


def best_known_all(
    session: Session,
    *,
    today: date,
    known_at: datetime | None = None,
    booking_ids: Collection[int] | None = None,
) -> dict[int, BestKnown]:
    """Dates of stays, of `booking_ids` or of all that are open; those without a sentence are left out."""
    found = cases(session, booking_ids, known_at=known_at)
    work = work_out
    if booking_ids is not None and len(booking_ids) <= _MANY:
        few = list(found)
        if not few:
            return {}  # on remand, as most are: rules and signatures need not be read
        found, work = iter(few), worked_out
    rules = rules_of(session, today=today, known_at=known_at)
    signed = newest_signed(session, booking_ids, known_at=known_at)
    return {
        booking_id: judge(booking_id, case, rules, signed.get(booking_id), work) for booking_id, case in found
    }


def verified_date_of(
    session: Session, booking_id: int, *, today: date, known_at: datetime | None = None
) -> date | None:
    """The date that may be told outside: signed by two officers and still what the facts say. None otherwise."""
    found = best_known(session, booking_id, today=today, known_at=known_at)
    return found.on if found is not None and found.certainty is Certainty.VERIFIED else None


def verified_dates_of(session: Session, booking_ids: Collection[int], *, today: date) -> dict[int, date]:
    """The same of several stays; only those with two signatures are reckoned again."""
    asked = session.scalars(_VERIFIED, {"booking_ids": list(booking_ids)}).all() if booking_ids else []
    found = best_known_all(session, today=today, booking_ids=asked) if asked else {}
    return {
        booking_id: one.on
        for booking_id, one in found.items()
        if one.on is not None and one.certainty is Certainty.VERIFIED
    }


_VERIFIED: Final = (
    select(ReckoningRow.booking_id)
    .join(Signature, Signature.reckoning_id == ReckoningRow.id)
    .where(
        ReckoningRow.booking_id.in_(bindparam("booking_ids", expanding=True)),
        Signature.act == SignatureAct.VERIFIED.value,
    )
    .distinct()
)


def judge(
    booking_id: int,
    case: Case,
    rules: Rules,
    signed: Signed | None,
    work: Callable[[Case, Rules], Worked] = work_out,
) -> BestKnown:
    """The date of a case, and how sure it is."""
    worked = work(case, rules)
    reckoned, dates = worked.reckoned, worked.reckoned.dates
    certainty = _certainty(case, worked, rules, signed)
    return BestKnown(
        booking_id,
        certainty,
        dates.best_on,
        _reasons(certainty, reckoned.problems, signed),
        dates.full_term_on,
        dates.parole_on,
        dates.licence_until_on,
        reckoned.problems,
        None if signed is None else signed.row.id,
        signed.row.release_on if signed is not None and signed.verified else None,
        _two(signed),
    )


def _two(signed: Signed | None) -> tuple[str, ...]:
    if signed is None or signed.signature is None or not signed.verified:
        return ()
    return signed.row.reckoned_by, signed.signature.by


def _certainty(case: Case, worked: Worked, rules: Rules, signed: Signed | None) -> Certainty:
    dates = worked.reckoned.dates
    if dates.outcome is Outcome.NO_DATE:
        return Certainty.NO_DATE
    if dates.outcome is Outcome.NOT_LATER_THAN:
        return Certainty.NOT_LATER_THAN
    if signed is not None and signed.verified:
        digest = worked.digest or digest_of(case, worked.reckoned, rules)
        return Certainty.VERIFIED if digest == signed.row.digest else Certainty.UNVERIFIED
    return Certainty.UNVERIFIED


_NO_POLICY: Final = Sentence("No policy is in force for it: the full term is the bound.")
_UNSIGNED: Final = Sentence("Nobody has signed it yet.")
_ONE_SIGNATURE: Final = Sentence("A second records officer has to sign it.")
_REFUSED: Final = Sentence("The second officer did not sign it: see why, and reckon again.")
CHANGED: Final = Sentence("Something it was reckoned from has changed since it was signed.")
_ENDLESS: Final = Sentence("The sentence has no date of release.")


def _reasons(
    certainty: Certainty, problems: Sequence[Problem], signed: Signed | None
) -> tuple[Sentence, ...]:
    if certainty is Certainty.VERIFIED:
        return ()
    blocking = tuple(problem.words for problem in problems if problem.weight is not Weight.LOOK)
    if blocking:
        return blocking
    if certainty is Certainty.NO_DATE:
        return (_ENDLESS,)
    if certainty is Certainty.NOT_LATER_THAN:
        return (_NO_POLICY,)
    if signed is None:
        return (_UNSIGNED,)
    if signed.refused:
        return (_REFUSED,)
    return (CHANGED,) if signed.verified else (_ONE_SIGNATURE,)


def newest_signed(
    session: Session, booking_ids: Collection[int] | None, *, known_at: datetime | None = None
) -> dict[int, Signed]:
    """The newest reckoning of each stay that an officer signed, with the second word on it."""
    few = booking_ids is not None and len(booking_ids) <= _MANY
    asked: dict[str, object] = {}
    if known_at is not None:
        asked["known_at"] = known_at
    if booking_ids is not None and few:
        asked["booking_ids"] = list(booking_ids)
    rows = session.execute(_newest(inside=booking_ids is None, few=few, then=known_at is not None), asked)
    return {row.booking_id: Signed(row, _known(signature, known_at)) for row, signature in rows}


@cache
def _newest(*, inside: bool, few: bool, then: bool) -> Select[ReckoningRow, Signature]:
    """Of whom: everybody inside, or a few stays; as known then, or now. Each is put together once."""
    newest = select(func.max(ReckoningRow.id)).group_by(ReckoningRow.booking_id)
    if then:
        newest = newest.where(ReckoningRow.reckoned_at <= bindparam("known_at"))
    if inside:
        newest = newest.join(Booking, Booking.id == ReckoningRow.booking_id)
        newest = newest.where(Booking.released_at.is_(None))
    elif few:
        newest = newest.where(ReckoningRow.booking_id.in_(bindparam("booking_ids", expanding=True)))
    return (
        select(ReckoningRow, Signature)
        .outerjoin(Signature, Signature.reckoning_id == ReckoningRow.id)
        .where(ReckoningRow.id.in_(newest))
        # Steps of everybody would fill the memory, and a digest is all that is compared.
        .options(defer(ReckoningRow.inputs), defer(ReckoningRow.result))
    )


def _known(signature: Signature | None, known_at: datetime | None) -> Signature | None:
    if signature is None or (known_at is not None and signature.at > known_at):
        return None
    return signature


def is_current(session: Session, signed: Signed, *, today: date) -> bool:
    """Whether the entries and the rules still are those that were signed."""
    case = case_of(session, signed.row.booking_id)
    if case is None:
        return False
    rules = rules_of(session, today=today)
    return digest_of(case, work_out(case, rules).reckoned, rules) == signed.row.digest
