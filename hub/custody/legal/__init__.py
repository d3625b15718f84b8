"""The law's facts about a stay: status, orders to hold and to release, other holds, charges, hearings."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.facts.kinds import Kind
from hub.custody.legal.appeals import APPEAL, APPEAL_OUTCOMES, Appeal, AppealOutcome
from hub.custody.legal.court import (
    CHARGE,
    HEARING,
    UNFIT_REVIEW,
    Charge,
    Hearing,
    UnfitReview,
)
from hub.custody.legal.orders import (
    HOLD,
    ORDER,
    ORDER_KINDS,
    RELEASE_ORDER,
    RELEASE_REASONS,
    Hold,
    OrderToHold,
    OrderToRelease,
    ReleaseReason,
)
from hub.custody.legal.statuses import (
    LEGAL_STATUS,
    LEGAL_STATUSES,
    LegalStatus,
    Status,
)

__all__ = (
    "APPEAL",
    "APPEAL_OUTCOMES",
    "CHARGE",
    "HEARING",
    "HOLD",
    "KINDS",
    "LEGAL_STATUS",
    "LEGAL_STATUSES",
    "ORDER",
    "ORDER_KINDS",
    "RELEASE_ORDER",
    "RELEASE_REASONS",
    "UNFIT_REVIEW",
    "Appeal",
    "AppealOutcome",
    "Charge",
    "Hearing",
    "Hold",
    "LegalStatus",
    "OrderToHold",
    "OrderToRelease",
    "ReleaseReason",
    "Status",
    "UnfitReview",
)

KINDS: Final[tuple[Kind[Any], ...]] = (
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    HOLD,
    CHARGE,
    HEARING,
    APPEAL,
    UNFIT_REVIEW,
)
