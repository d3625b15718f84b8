"""Ten printed codes for the day when phone and key are lost: each good once, kept as keyed hashes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.accounts.factors.held import withdraw_codes
from hub.accounts.factors.records import RecoveryCode
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.rules import readable_code

HOW_MANY: Final = 10
_GROUPS: Final = 3


def print_codes(
    session: Session,
    account_id: int,
    *,
    seal: FactorSeal,
    at: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> list[str]:
    """Ten new codes of 59 bits, to be shown once; those of before are good for nothing from now on."""
    withdraw_codes(session, account_id, at=at)
    made = [readable_code(_GROUPS, choose) for _ in range(HOW_MANY)]
    for code in made:
        hashed = seal.fingerprint(code, account_id)
        session.add(RecoveryCode(account_id=account_id, code_hash=hashed, made_at=at))
    return made


def take_printed(session: Session, account_id: int, code: str, *, seal: FactorSeal, at: datetime) -> bool:
    """Whether this is a printed code that was not used; from then on it is."""
    typed = "".join(letter for letter in code.lower() if letter.isalnum())[:40]
    grouped = "-".join(typed[start : start + 4] for start in range(0, len(typed), 4))
    taken = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == seal.fingerprint(grouped, account_id),
            RecoveryCode.used_at.is_(None),
            RecoveryCode.withdrawn_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None
