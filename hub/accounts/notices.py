"""What every page says at its top: an open file under break-glass, reviews that are late, a factor that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from hub.accounts.emergencies.held import ESCALATE_AFTER, REVIEW_WITHIN, open_uses, unreviewed
from hub.accounts.permissions import Permission
from hub.accounts.slips.actions import unconfirmed
from hub.sentences import Sentence
from hub.web.door import Visitor, now, reading, visitor_or_none
from hub.web.formats import calendar_date, clock_time


@dataclass(frozen=True)
class Notice:
    """A sentence, and the page that does something about it. An urgent one needs a person now."""

    sentence: Sentence
    href: str
    words: Sentence
    urgent: bool


def notices() -> list[Notice]:
    """For this visitor, the gravest first."""
    who = visitor_or_none()
    if who is None or who.asked:
        return []
    found = _of_emergencies(who) + _of_slips(who)
    if who.factor_due_at is not None:
        due = Sentence(
            "Your role needs a second factor by %(date)s.", {"date": calendar_date(who.factor_due_at)}
        )
        found.append(Notice(due, "/account", Sentence("Add one now"), urgent=False))
    return found


def _of_emergencies(who: Visitor) -> list[Notice]:
    reviews, manages = who.may(Permission.REVIEW_EMERGENCIES), who.may(Permission.MANAGE_ACCOUNTS)
    found: list[Notice] = []
    if not (who.opened or reviews or manages):
        return found  # most people on most pages: nothing is asked of the database
    with reading() as session:
        if who.opened:
            found += _open(session, who)
        if reviews:
            found += _late(session, REVIEW_WITHIN, who, "/emergencies", Sentence("See them"))
        elif manages:
            found += _late(session, ESCALATE_AFTER, who, "/permissions", Sentence("Who reviews them"))
    return found


def _of_slips(who: Visitor) -> list[Notice]:
    if not who.may(Permission.CONFIRM_ACCOUNTS):
        return []
    with reading() as session:
        count = len(unconfirmed(session, who.login, at=now()))
    if not count:
        return []
    sentence = Sentence("Slips for accounts that wait for a second person: %(count)s.", {"count": count})
    return [Notice(sentence, "/accounts/slips", Sentence("See them"), urgent=False)]


def _open(session: Session, who: Visitor) -> list[Notice]:
    return [
        Notice(
            Sentence(
                "Break-glass: the file of %(number)s is open to you until %(time)s. It will be reviewed.",
                {"number": use.person_number, "time": clock_time(use.until_at)},
            ),
            "/break-glass",
            Sentence("Close it"),
            urgent=True,
        )
        for use in open_uses(session, who.account_id, now=now())
    ]


def _late(session: Session, after: timedelta, who: Visitor, href: str, words: Sentence) -> list[Notice]:
    late = [use for use in unreviewed(session, before=now() - after) if use.login != who.login]
    if not late:
        return []
    hours = int(after.total_seconds()) // 3600
    sentence = Sentence(
        "Uses of break-glass that nobody reviewed within %(hours)s hours: %(count)s.",
        {"hours": hours, "count": len(late)},
    )
    return [Notice(sentence, href, words, urgent=True)]
