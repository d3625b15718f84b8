"""Asking the gate before each try: what it lets through goes out, what it does not is stopped and never sent.

An event carries no field but the number that it is asked for by, of a stay or of a person, and that only where the
agreement has it. The first try is an act of sharing in the log; a further one asks whether it still may be, and belongs
to the same act. What an agency's program fetches is an act each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sharing.catalogue import Way
from hub.sharing.catalogue.custody import BOOKING_NUMBER
from hub.sharing.catalogue.persons import NUMBER
from hub.sharing.deciding import Granted
from hub.sharing.gate import Ask, NotAgreedError, Rules, note_refusal, share_many

ACTOR: Final = Actor("outbox", "exchange")
"""Who acts where no person does: events go out by themselves, as two people signed that they shall."""
_NUMBERS: Final = {"B-": BOOKING_NUMBER.name, "P-": NUMBER.name}
"""Numbers of ours by how they begin. Any other reference is the agency's own, or that of our receipt for it."""


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
    session: Session,
    agency: str,
    rows: Sequence[Any],
    at: datetime,
    way: Way = Way.PUSH,
    actor: Actor = ACTOR,
) -> list[Asked | NotAgreedError]:
    """For each delivery, in order, what may go now. A refusal is in the log of disclosures as well."""
    rules = _Rules(session, agency, at)
    found: dict[int, Asked | NotAgreedError] = {}
    fresh: list[tuple[int, Any]] = []
    for place, row in enumerate(rows):
        if row.disclosure_id is None or way is not Way.PUSH:
            fresh.append((place, row))
            continue
        granted = rules.of(row)
        if isinstance(granted, NotAgreedError):
            note_refusal(session, granted, at=at, actor=actor, way=way, reference=row.uid)
            found[place] = granted
        else:
            found[place] = _asked(row, row.disclosure_id, _names(granted))
    asks = [_ask(agency, row, rules.of(row)) for _, row in fresh]
    answers = share_many(session, asks, at=at, actor=actor, way=way)
    for (place, row), shared in zip(fresh, answers, strict=True):
        found[place] = (
            shared
            if isinstance(shared, NotAgreedError)
            else _asked(row, shared.disclosure_id, _names(rules.of(row)))
        )
    return [found[place] for place in range(len(rows))]


def number_field(reference: str) -> str:
    """The field that a reference is; "" for one that is no number of ours."""
    return _NUMBERS.get(reference[:2], "")


class _Rules:
    """What an agency's agreements say of an event's one field, read once for all of a round."""

    def __init__(self, session: Session, agency: str, at: datetime) -> None:
        self._agency, self._rules = agency, Rules(session, at)
        self._found: dict[tuple[str, str, str], Granted | NotAgreedError] = {}

    def of(self, row: Any) -> Granted | NotAgreedError:
        wanted = number_field(row.reference)
        key = (row.exchange, row.purpose, wanted)
        if key not in self._found:
            self._found[key] = self._decide(*key)
        return self._found[key]

    def _decide(self, exchange: str, purpose: str, field: str) -> Granted | NotAgreedError:
        for wanted in ((field,), ()) if field else ((),):
            try:
                return self._rules.of(Ask(self._agency, exchange, purpose, wanted=wanted))
            except NotAgreedError as error:
                if error.code != "field_not_agreed":
                    return error
        raise AssertionError("asking for no field is never one field too many")


def _names(granted: Granted | NotAgreedError) -> tuple[str, ...]:
    return () if isinstance(granted, NotAgreedError) else tuple(one.name for one in granted.fields)


def _ask(agency: str, row: Any, granted: Granted | NotAgreedError) -> Ask:
    return Ask(
        agency,
        row.exchange,
        row.purpose,
        person=row.person_id,
        booking=row.booking_id,
        wanted=_names(granted),
        reference=row.uid,
    )


def _asked(row: Any, disclosure_id: int, names: Sequence[str]) -> Asked:
    field = number_field(row.reference)
    return Asked(
        uid=row.uid,
        type=row.type,
        version=row.version,
        occurred_at=row.occurred_at,
        reference=row.reference if not field or field in names else "",
        data=row.data,
        disclosure_id=disclosure_id,
    )
