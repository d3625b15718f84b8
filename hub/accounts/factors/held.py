"""Which second factors an account holds, and taking them away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.factors.records import Factor, FactorKind, RecoveryCode
from hub.sentences import RefusedError, Sentence

MOST_FACTORS = 8
_ANY: Final = (
    select(Factor.id)
    .where(
        Factor.account_id == bindparam("account_id"),
        Factor.confirmed_at.is_not(None),
        Factor.removed_at.is_(None),
    )
    .limit(1)
)


def factors_of(session: Session, account_id: int) -> Sequence[Factor]:
    """Those in use, the oldest first."""
    return session.scalars(_in_use(account_id).order_by(Factor.id)).all()


def has_factor(session: Session, account_id: int) -> bool:
    """Whether a second factor can be asked for."""
    return session.scalar(_ANY, {"account_id": account_id}) is not None


def with_factor(session: Session) -> set[int]:
    """Ids of all accounts that hold one."""
    kept = select(Factor.account_id).where(Factor.confirmed_at.is_not(None), Factor.removed_at.is_(None))
    return set(session.scalars(kept))


def check_room(session: Session, account_id: int) -> None:
    """RefusedError when the account holds as many as it may."""
    if len(factors_of(session, account_id)) >= MOST_FACTORS:
        raise RefusedError(
            "many_factors",
            Sentence(
                "You have %(count)s already. Remove one that you no longer use.", {"count": MOST_FACTORS}
            ),
        )


def remove_factor(session: Session, account_id: int, factor_id: int, *, at: datetime) -> FactorKind:
    """Take one away, and the printed codes with the last; RefusedError when the account holds none of this number."""
    row = session.scalar(_in_use(account_id).where(Factor.id == factor_id).with_for_update())
    if row is None:
        raise RefusedError("no_factor", Sentence("It was removed already. Look at the list again."))
    row.removed_at, row.sealed = at, None
    session.flush()
    if not has_factor(session, account_id):
        withdraw_codes(session, account_id, at=at)
    return FactorKind(row.kind)


def remove_all(session: Session, account_id: int, *, at: datetime) -> int:
    """Take every factor and printed code away; gives how many factors there were."""
    gone = session.scalars(
        update(Factor)
        .where(Factor.account_id == account_id, Factor.removed_at.is_(None))
        .values(removed_at=at, sealed=None)
        .returning(Factor.id)
    ).all()
    withdraw_codes(session, account_id, at=at)
    return len(gone)


def withdraw_codes(session: Session, account_id: int, *, at: datetime) -> None:
    """The printed codes of before are good for nothing from now on."""
    session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
            RecoveryCode.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


def codes_left(session: Session, account_id: int) -> int:
    """How many printed codes are still good."""
    good = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.used_at.is_(None),
        RecoveryCode.withdrawn_at.is_(None),
    )
    return session.scalar(good) or 0


def _in_use(account_id: int) -> Select[Factor]:
    return select(Factor).where(
        Factor.account_id == account_id, Factor.confirmed_at.is_not(None), Factor.removed_at.is_(None)
    )
