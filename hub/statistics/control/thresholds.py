"""The threshold: from how many on a number may be given. Dated data, each with the authority it comes from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.smallest import asked_by_agreements
from hub.sharing.inbox.definitions import in_force
from hub.statistics.control.records import DisclosureRule
from hub.web.formats import SITE_ZONE

K: Final = 5
"""Where nobody has set another."""
_MOST: Final = 1_000
"""As much as the observatory may ask for."""


def small(count: int, k: int) -> bool:
    """Whether a number may not be shown. A nought is shown: nobody stands in it."""
    return 0 < count < k


def k_on(session: Session, day: date, known_at: datetime | None = None) -> int:
    """What holds on a day, as known then: the threshold of the house, or more where an agreement asks for more.

    An agreement counts that is in force at the end of the day, or when something is made public about it later.
    """
    ends_at = datetime.combine(day + timedelta(days=1), time(), SITE_ZONE).astimezone(UTC)
    moments = [ends_at] if known_at is None else [min(ends_at, known_at), known_at]
    return max(house_k_on(session, day, known_at), asked_by_agreements(session, moments))


def house_k_on(session: Session, day: date, known_at: datetime | None = None) -> int:
    """The threshold of the house on a day, as known then."""
    wanted = select(DisclosureRule.k).where(DisclosureRule.effective_on <= day)
    if known_at is not None:
        wanted = wanted.where(DisclosureRule.recorded_at <= known_at)
    newest = wanted.order_by(DisclosureRule.effective_on.desc(), DisclosureRule.id.desc()).limit(1)
    return session.scalar(newest) or K


def set_k(
    session: Session, k: int, effective_on: date, authority: str, *, actor: Actor, at: datetime
) -> DisclosureRule:
    """Set it from a day on; RefusedError below 3, below what the observatory asks, or without an authority."""
    if not 3 <= k <= _MOST:
        raise RefusedError(
            "wrong_threshold", Sentence("Write a threshold from 3 to %(most)s.", {"most": _MOST})
        )
    asked = in_force(session, at).smallest
    if asked is not None and k < asked:
        raise RefusedError(
            "below_observatory",
            Sentence(
                "The observatory's definitions that were accepted ask for at least %(asked)s. Write that or more.",
                {"asked": asked},
            ),
        )
    if not authority.strip():
        raise RefusedError("no_authority", Sentence("Write who asks for this threshold, and in what."))
    row = DisclosureRule(
        k=k, effective_on=effective_on, authority=authority.strip()[:300], recorded_at=at,
        recorded_by=actor.login[:64],
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_down(
        session, at=at, actor=actor, act="figures.threshold", subject=str(k), detail=f"from {effective_on}"
    )
    return row


def history(session: Session, known_at: datetime | None = None) -> list[DisclosureRule]:
    """Every threshold that was set by then, the last to be set first."""
    wanted = select(DisclosureRule).order_by(DisclosureRule.id.desc())
    if known_at is not None:
        wanted = wanted.where(DisclosureRule.recorded_at <= known_at)
    return list(session.scalars(wanted))


def take_over(session: Session, effective_on: date, *, actor: Actor, at: datetime) -> DisclosureRule:
    """Set what the observatory asks, from a day on; RefusedError where it asks for no more than is in force then."""
    asked = in_force(session, at)
    if asked.smallest is None or asked.smallest <= house_k_on(session, effective_on):
        raise RefusedError(
            "nothing_to_take_over", Sentence("The observatory asks for no more than is in force already.")
        )
    authority = Sentence("Definitions of the observatory, message %(number)s", {"number": asked.number})
    return set_k(session, asked.smallest, effective_on, str(authority), actor=actor, at=at)
