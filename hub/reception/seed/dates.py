"""The rule of release of the invented prison, and the two signatures under its dates.

The rule is invented like the people: it is no country's law, and its name and authority say so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.audit import COMMAND_LINE, Actor
from hub.custody.sentencing import policies
from hub.custody.sentencing.basis import Rules, digest_of
from hub.custody.sentencing.case import Case, Outcome, Reckoned, encode
from hub.custody.sentencing.dates import rules_of
from hub.custody.sentencing.policy import Policy, Reach
from hub.custody.sentencing.reading import cases
from hub.custody.sentencing.reckoner import reckon
from hub.custody.sentencing.records import ReckoningRow, Signature, SignatureAct
from hub.reception.bulk import Bulk
from hub.reception.seed.pen import at_hour
from hub.reception.seed.staff import CLERKS, two

_TO_SERVE: Final = "3/4"
SERVED: Final = Fraction(_TO_SERVE)
"""The part of a term that is served in the invented prison: neither more nor less likely than any other."""
_FRESH_DAYS: Final = 5
"""Sentences younger than this still wait for a signature."""
_NEAR_DAYS: Final = 60
_ALL_UNTIL: Final = 2_500
"""In a larger prison only the dates that are near have been signed."""
_FROM_THE_START: Final = date(2000, 1, 1)


def enact(session: Session, *, at: datetime) -> None:
    """Write the invented rule down, signed by two."""
    rule = Policy(
        name="Invented rule of an invented prison",
        authority="None: invented for trials. No law says so.",
        effective_on=_FROM_THE_START,
        serve=_TO_SERVE,
        reach=Reach.EVERYONE,
    )
    row = policies.draft(session, rule, actor=Actor(CLERKS[0], COMMAND_LINE), at=at)
    policies.accept(session, row.id, actor=Actor(CLERKS[1], COMMAND_LINE), at=at)


def sign(session: Session, rng: Random, left_open: Collection[int], today: date, *, people: int) -> int:
    """Reckon every open stay and sign its date twice, but for those `left_open`; how many were signed."""
    rules = rules_of(session, today=today)
    made = _Made(session, rng, rules)
    for booking_id, case in cases(session):
        found = reckon(case, rules.policies, rules.holidays, today=today, explain=False)
        release_on = found.dates.release_on
        if found.dates.outcome is not Outcome.RELEASE or release_on is None or found.blocked:
            continue
        near = (release_on - today).days <= _NEAR_DAYS
        if booking_id in left_open or (people > _ALL_UNTIL and not near):
            continue
        on = max(one.imposed.imposed_on for one in case.sentences)
        fresh = not near and (today - on).days < _FRESH_DAYS
        if not fresh or rng.random() < 0.5:
            told = reckon(case, rules.policies, rules.holidays, today=today)
            made.add(booking_id, case, told, on, once=fresh)
    return made.write()


class _Made:
    """Reckonings with their second signatures."""

    def __init__(self, session: Session, rng: Random, rules: Rules) -> None:
        self._bulk, self._rng, self._rules = Bulk(session, by=CLERKS[0]), rng, rules
        self.count = 0

    def add(self, booking_id: int, case: Case, reckoned: Reckoned, on: date, *, once: bool) -> None:
        first, second = two(self._rng, CLERKS)
        at = at_hour(min(on + timedelta(days=self._rng.randint(0, 2)), self._rules.today), 10)
        number = self._bulk.id_of(ReckoningRow)
        row = {
            "id": number,
            "booking_id": booking_id,
            "digest": digest_of(case, reckoned, self._rules),
            "inputs": msgspec.json.encode(case.in_order(), order="deterministic").decode(),
            "result": encode(reckoned),
            "outcome": reckoned.dates.outcome.value,
            "release_on": reckoned.dates.release_on,
            "full_term_on": reckoned.dates.full_term_on,
            "reckoned_by": first,
            "reckoned_at": at,
        }
        self._bulk.add(ReckoningRow, row)
        self.count += 1
        if not once:
            verified, later = SignatureAct.VERIFIED.value, at + timedelta(hours=1)
            word = {"reckoning_id": number, "act": verified, "by": second, "at": later, "reason": ""}
            self._bulk.add(Signature, word)

    def write(self) -> int:
        self._bulk.flush()
        return self.count
