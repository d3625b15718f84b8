"""Asking the gate before each try: what it lets through goes out, what it does not is stopped and never sent.

An event carries no field but the number of the stay, and that only where the agreement has it. The first try is an
act of sharing in the log; a further one asks whether it still may be, and belongs to the same act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sharing.agreements.reading import Standing, agency_by_code, standings
from hub.sharing.catalogue import Way
from hub.sharing.catalogue.custody import BOOKING_NUMBER
from hub.sharing.deciding import Granted, decide
from hub.sharing.gate import Ask, NotAgreedError, note_refusal, share_many

ACTOR: Final = Actor("outbox", "exchange")
"""Who acts where no person does: events go out by themselves, as two people signed that they shall."""
_FIELD: Final = BOOKING_NUMBER.name


@dataclass(frozen=True)
class Asked:
    """What goes out, as the gate let it through."""

    uid: str
    type: str
    version: int
    occurred_at: datetime
    reference: str
    data: str
    disclosure_id: int


def ask(
    session: Session, agency: str, rows: Sequence[Any], at: datetime, way: Way = Way.PUSH
) -> list[Asked | NotAgreedError]:
    """For each delivery, in order, what may go now. A refusal is in the log of disclosures as well."""
    rules = _Rules(session, agency, at)
    found: dict[int, Asked | NotAgreedError] = {}
    fresh: list[tuple[int, Any, tuple[str, ...]]] = []
    for place, row in enumerate(rows):
        granted = rules.of(row.exchange, row.purpose)
        if isinstance(granted, NotAgreedError):
            if row.disclosure_id is not None:
                note_refusal(session, granted, at=at, actor=ACTOR, way=way, reference=row.uid)
                found[place] = granted
            else:
                fresh.append((place, row, ()))
            continue
        names = tuple(one.name for one in granted.fields)
        if row.disclosure_id is None:
            fresh.append((place, row, names))
        else:
            found[place] = _asked(row, row.disclosure_id, known=_FIELD in names)
    asks = [_ask(agency, row, names) for _, row, names in fresh]
    answers = share_many(session, asks, at=at, actor=ACTOR, way=way)
    for (place, row, names), shared in zip(fresh, answers, strict=True):
        found[place] = (
            shared
            if isinstance(shared, NotAgreedError)
            else _asked(row, shared.disclosure_id, known=_FIELD in names)
        )
    return [found[place] for place in range(len(rows))]


class _Rules:
    """What an agency's agreements say of an event's one field, read once for all of a round."""

    def __init__(self, session: Session, agency: str, at: datetime) -> None:
        self._agency = agency
        self._standings: list[Standing] = list(standings(session, at, agency))
        self._known = agency_by_code(session, agency) is not None
        self._found: dict[tuple[str, str], Granted | NotAgreedError] = {}

    def of(self, exchange: str, purpose: str) -> Granted | NotAgreedError:
        key = (exchange, purpose)
        if key not in self._found:
            self._found[key] = self._decide(exchange, purpose)
        return self._found[key]

    def _decide(self, exchange: str, purpose: str) -> Granted | NotAgreedError:
        for wanted in ((_FIELD,), ()):
            try:
                return decide(
                    self._standings,
                    agency=self._agency,
                    known=self._known,
                    exchange=exchange,
                    purpose=purpose,
                    wanted=wanted,
                )
            except NotAgreedError as error:
                if error.code != "field_not_agreed":
                    return error
        raise AssertionError("asking for no field is never one field too many")


def _ask(agency: str, row: Any, names: tuple[str, ...]) -> Ask:
    return Ask(
        agency,
        row.exchange,
        row.purpose,
        person=row.person_id,
        booking=row.booking_id,
        wanted=names,
        reference=row.uid,
    )


def _asked(row: Any, disclosure_id: int, *, known: bool) -> Asked:
    # What an answer refers to is the agency's own number, which it may have whatever the agreement says of stays.
    own = row.booking_id is None and row.person_id is None
    return Asked(
        uid=row.uid,
        type=row.type,
        version=row.version,
        occurred_at=row.occurred_at,
        reference=row.reference if known or own else "",
        data=row.data,
        disclosure_id=disclosure_id,
    )
