"""The register of visitors: who they are, and whether they may come. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import next_number
from hub.custody.life import logbook
from hub.custody.life.records import VisitorRow, VisitorStep
from hub.custody.rules import MAX_NAME_LENGTH, clean_name
from hub.sentences import RefusedError, Sentence

FULL_AGE_YEARS: Final = 18
_WHO, _BAN, _LIFT = "who", "ban", "lift"


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who a visitor is. `identity` is the number of the paper that they show; a child may have none."""

    surname: str
    given: str
    identity: str = ""
    identity_sort: str = ""
    born_on: date | None = None
    phone: str = ""
    address: str = ""


class Ban(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """May not come. `person` is the number of the one they may not visit; empty: nobody. `until_on` is the last day."""

    reason: str
    authority: str
    from_on: date
    until_on: date | None = None
    person: str = ""


@dataclass(frozen=True)
class Visitor:
    """A visitor as known, with every ban that was not lifted, whether it still runs."""

    id: int
    number: str
    who: Who
    bans: tuple[tuple[int, Ban], ...]
    last_step: int

    def ban_on(self, day: date, person_number: str) -> Ban | None:
        """The ban that keeps them from visiting somebody on a day."""
        for _, ban in self.bans:
            runs = ban.from_on <= day and (ban.until_on is None or day <= ban.until_on)
            if runs and ban.person in ("", person_number):
                return ban
        return None

    def is_child(self, day: date) -> bool:
        """Under eighteen; not where the date of birth is not known."""
        born = self.who.born_on
        if born is None:
            return False
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        return years < FULL_AGE_YEARS


class _Lifted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ban: int


def register_visitor(session: Session, who: Who, today: date, *, actor: Actor, at: datetime) -> VisitorRow:
    """A new visitor; RefusedError for one who is in the register already, by the number of their paper."""
    who = _clean(who)
    _check(who, today)
    _refuse_known(session, who)
    row = VisitorRow(number=f"V-{next_number(session, 'visitor'):06d}", recorded_at=at)
    session.add(row)
    session.flush()
    _add(session, row, 1, _WHO, who, "", actor, at)
    return row


def correct_visitor(
    session: Session,
    number: str,
    who: Who,
    today: date,
    *,
    reason: str,
    seen: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Who they are, as it should read; what stood there before stays readable, and a ban stays with the number.

    RefusedError without a reason, and for a paper with which somebody else is in the register.
    """
    who = _clean(who)
    _check(who, today)
    _need(reason)
    _refuse_known(session, who, besides=number)
    row = _row(session, number)
    _add(session, row, seen + 1, _WHO, who, reason, actor, at)


def ban(session: Session, number: str, wanted: Ban, *, seen: int, actor: Actor, at: datetime) -> None:
    """Keep a visitor away; RefusedError for a ban without reason or authority, or that ends before it begins."""
    _need(wanted.reason)
    if not wanted.authority.strip():
        raise RefusedError("no_authority", Sentence("Write on whose authority the ban is."))
    if wanted.until_on is not None and wanted.until_on < wanted.from_on:
        raise RefusedError("ban_backwards", Sentence("The ban ends before it begins. Check both dates."))
    _add(session, _row(session, number), seen + 1, _BAN, wanted, wanted.reason, actor, at)


def lift_ban(
    session: Session, number: str, step: int, reason: str, *, seen: int, actor: Actor, at: datetime
) -> None:
    """End a ban; `step` is the number of the step that made it."""
    _need(reason)
    found = visitor(session, number)
    if found is None or step not in {made for made, _ in found.bans}:
        raise RefusedError("no_ban", Sentence("There is no such ban, or it was lifted already."))
    _add(session, _row(session, number), seen + 1, _LIFT, _Lifted(step), reason, actor, at)


def visitor(session: Session, number: str, known_at: datetime | None = None) -> Visitor | None:
    """The visitor with this number."""
    row = session.scalar(select(VisitorRow).where(VisitorRow.number == number.strip().upper()))
    found = [] if row is None else _read(session, [row], known_at)
    return found[0] if found else None


def visitors(session: Session, numbers: Collection[str], known_at: datetime | None = None) -> list[Visitor]:
    """Those of these numbers, in the order of their numbers."""
    rows = session.scalars(
        select(VisitorRow).where(VisitorRow.number.in_(numbers)).order_by(VisitorRow.number)
    ).all()
    return _read(session, rows, known_at)


def all_visitors(session: Session) -> list[Visitor]:
    """The whole register."""
    return _read(session, session.scalars(select(VisitorRow).order_by(VisitorRow.id)).all(), None)


def find_visitors(session: Session, text: str) -> list[Visitor]:
    """Those whose number, name or paper holds each word."""
    words = text.casefold().split()[:6]
    return [one for one in all_visitors(session) if all(word in _text(one) for word in words)]


def history(session: Session, visitor_id: int) -> list[VisitorStep]:
    """Every step, oldest first."""
    return logbook.steps_of(session, VisitorStep, [visitor_id]).get(visitor_id, [])


def _read(session: Session, rows: Sequence[VisitorRow], known_at: datetime | None) -> list[Visitor]:
    steps = logbook.steps_of(session, VisitorStep, [row.id for row in rows], known_at)
    return [_made(row, steps[row.id]) for row in rows if row.id in steps]


def _made(row: VisitorRow, steps: list[VisitorStep]) -> Visitor:
    who = msgspec.json.decode([step for step in steps if step.act == _WHO][-1].value, type=Who)
    lifted = {msgspec.json.decode(step.value, type=_Lifted).ban for step in steps if step.act == _LIFT}
    bans = tuple(
        (step.number, msgspec.json.decode(step.value, type=Ban))
        for step in steps
        if step.act == _BAN and step.number not in lifted
    )
    return Visitor(row.id, row.number, who, bans, steps[-1].number)


def _add(
    session: Session,
    row: VisitorRow,
    number: int,
    act: str,
    value: msgspec.Struct,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    step = VisitorStep(visitor_id=row.id, number=number)
    logbook.add(session, step, act, value, reason=reason, actor=actor, at=at)
    write_down(session, at=at, actor=actor, act=f"visitor.{act}", subject=row.number, detail=f"step {number}")


def _row(session: Session, number: str) -> VisitorRow:
    row = session.scalar(select(VisitorRow).where(VisitorRow.number == number))
    if row is None:
        raise RefusedError("no_visitor", Sentence("There is no visitor with this number."))
    return row


def _refuse_known(session: Session, who: Who, besides: str = "") -> None:
    if not who.identity:
        return
    for known in all_visitors(session):
        if known.number != besides and _key(known.who) == _key(who):
            raise RefusedError(
                "visitor_known",
                Sentence(
                    "%(number)s is in the register with this paper already. Use that one.",
                    {"number": known.number},
                ),
            )


def _clean(who: Who) -> Who:
    return Who(
        surname=clean_name(who.surname),
        given=clean_name(who.given),
        identity=who.identity.strip()[:40],
        identity_sort=who.identity_sort.strip()[:40],
        born_on=who.born_on,
        phone=who.phone.strip()[:40],
        address=who.address.strip()[:200],
    )


def _check(who: Who, today: date) -> None:
    if not who.surname or not who.given or max(len(who.surname), len(who.given)) > MAX_NAME_LENGTH:
        raise RefusedError("visitor_name", Sentence("Write the visitor's names, each at most 80 characters."))
    if who.born_on is not None and not date(1900, 1, 1) <= who.born_on <= today:
        raise RefusedError("visitor_born", Sentence("The date of birth cannot be right. Check the year."))
    child = Visitor(0, "", who, (), 0).is_child(today)
    if not who.identity and not child:
        raise RefusedError(
            "visitor_paper",
            Sentence("Write the number of the paper the visitor shows, or the birth date of a child."),
        )


def _need(reason: str) -> None:
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))


def _key(who: Who) -> str:
    return "".join(letter for letter in who.identity.casefold() if letter.isalnum())


def _text(one: Visitor) -> str:
    return f"{one.number} {one.who.surname} {one.who.given} {one.who.identity}".casefold()
