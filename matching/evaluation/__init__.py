"""How good the engine is on prints whose fingers are known: error rates, what the score is worth, time and memory."""

from __future__ import annotations

from matching.evaluation.protocol import SetResult, Taken, compare_all, evaluate_set, extracted
from matching.evaluation.rates import (
    Curve,
    ErrorRates,
    RatesAtScore,
    Scores,
    det_curve,
    error_rates,
    interval,
    rates_at,
)
from matching.evaluation.report import report

__all__ = [
    "Curve",
    "ErrorRates",
    "RatesAtScore",
    "Scores",
    "SetResult",
    "Taken",
    "compare_all",
    "det_curve",
    "error_rates",
    "evaluate_set",
    "extracted",
    "interval",
    "rates_at",
    "report",
]
