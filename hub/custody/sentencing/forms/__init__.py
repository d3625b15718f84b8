"""The facts that a release date is reckoned from."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.facts.kinds import Kind
from hub.custody.sentencing.forms.counted import (
    ABSENCES,
    ADJUSTMENT,
    ADJUSTMENT_TYPES,
    REMAND_CREDIT,
    Adjustment,
    AdjustmentType,
    RemandCredit,
)
from hub.custody.sentencing.forms.imposed import (
    FINE_PAYMENT,
    LONGEST_PART,
    LONGEST_YEARS,
    OLDEST_SENTENCE,
    SENTENCE,
    SENTENCE_TYPES,
    FinePayment,
    Imposed,
    SentenceType,
)
from hub.custody.sentencing.terms import Term

__all__ = (
    "ABSENCES",
    "ADJUSTMENT",
    "ADJUSTMENT_TYPES",
    "FINE_PAYMENT",
    "KINDS",
    "LONGEST_PART",
    "LONGEST_YEARS",
    "OLDEST_SENTENCE",
    "REMAND_CREDIT",
    "SENTENCE",
    "SENTENCE_TYPES",
    "Adjustment",
    "AdjustmentType",
    "FinePayment",
    "Imposed",
    "RemandCredit",
    "SentenceType",
    "Term",
)

KINDS: Final[tuple[Kind[Any], ...]] = (SENTENCE, FINE_PAYMENT, REMAND_CREDIT, ADJUSTMENT)
