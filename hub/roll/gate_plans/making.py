"""A plan that says something new gets the next number: in one transaction, whoever makes it first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from hub.database import Sessions, session_scope
from hub.roll.gate_plans.gates import newest
from hub.roll.gate_plans.records import GatePlan
from hub.terminals.epochs import current_epoch
from wire.codec import encode
from wire.plan import Plan
from wire.versions import Version


@dataclass(frozen=True)
class Made:
    """A plan as it goes out; `plain` is its encoded content."""

    version: Version
    plan: Plan
    plain: bytes


def number_plans(sessions: Sessions, plans: Mapping[int, Plan], now: datetime) -> dict[int, Made]:
    """Each plan with its version; what is new is written down. One that somebody else numbered meanwhile waits."""
    encoded = {terminal: encode(plan) for terminal, plan in plans.items()}
    digests = {terminal: hashlib.sha256(plain).hexdigest() for terminal, plain in encoded.items()}
    with session_scope(sessions, writes=False) as session:
        epoch, held = current_epoch(session), newest(session)
        counters = {terminal: row.counter for terminal, row in held.items()}
        fresh = [
            terminal
            for terminal, digest in digests.items()
            if terminal not in held or held[terminal].digest != digest
        ]
    for terminal in fresh:
        counter = counters.get(terminal, 0) + 1
        if _write(sessions, terminal, counter, digests[terminal], plans[terminal], now):
            counters[terminal] = counter
        else:
            counters.pop(terminal, None)
    return {
        terminal: Made(Version(epoch, counters[terminal]), plan, encoded[terminal])
        for terminal, plan in plans.items()
        if terminal in counters
    }


def _write(sessions: Sessions, terminal: int, counter: int, digest: str, plan: Plan, now: datetime) -> bool:
    """False when another process gave this number away."""
    try:
        with session_scope(sessions) as session:
            session.add(
                GatePlan(
                    terminal_id=terminal,
                    counter=counter,
                    digest=digest,
                    made_at=now,
                    known_until_at=plan.known_until_at or now,
                    passes=len(plan.passes),
                    pairs=len(plan.pairs),
                )
            )
    except IntegrityError:
        return False
    return True
