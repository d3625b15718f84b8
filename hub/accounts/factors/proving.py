"""Taking whatever somebody shows as second factor: a code of the app, a printed one, or a key's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.factors.app_codes import digits, take
from hub.accounts.factors.held import factors_of
from hub.accounts.factors.printed_codes import take_printed
from hub.accounts.factors.records import FactorKind
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.factors.security_keys import Origin, take_answer

APP: Final = "app"
KEY: Final = "key"
PRINTED: Final = "printed code"


@dataclass(frozen=True)
class Shown:
    """What the form carried: typed `code` or a key's `answer`, one of them empty, and the challenge it answers."""

    code: str
    answer: str
    origin: Origin
    challenge: bytes | None


def proves(session: Session, account_id: int, shown: Shown, *, seal: FactorSeal, at: datetime) -> str | None:
    """What was shown (APP, KEY or PRINTED) when it is good, None when it is not. It is spent afterwards."""
    if shown.answer:
        if shown.challenge is None:
            return None
        found = take_answer(session, account_id, shown.answer, shown.origin, shown.challenge, at=at)
        return KEY if found is not None else None
    if digits(shown.code).isdigit():
        apps = [row for row in factors_of(session, account_id) if row.kind == FactorKind.APP.value]
        return APP if any(take(session, row, shown.code, seal=seal, at=at) for row in apps) else None
    return PRINTED if take_printed(session, account_id, shown.code, seal=seal, at=at) else None
