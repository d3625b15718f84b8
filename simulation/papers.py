"""What the papers of a walker say: offence, sentence, court and cell, so that their file reads like somebody's."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from hub.custody.legal import LegalStatus
from hub.custody.rules import OrderKind
from simulation.facility import CELL_PLACES, Facility
from simulation.people import Walker

_COURTS: Final = ("Harbour Magistrate's Court", "Hillside Magistrate's Court", "High Court, Central Session")
_OFFENCES: Final = (
    ("0501", "Burglary", 12, 84),
    ("0502", "Theft", 8, 30),
    ("0401", "Robbery", 24, 120),
    ("0201", "Wounding", 9, 48),
    ("0702", "Handling stolen goods", 8, 36),
)
"""Class, words, shortest and longest term in months."""
_MOST_SERVED: Final = 0.6
"""Of a term, so that nobody's has passed."""
_COURT_AGAIN: Final = 0.25


def papers_of(walker: Walker, facility: Facility, seed: int, today: date) -> dict[str, Any]:
    """Fields of a manifest's entry, besides name, home and fingers. The same seed gives the same papers."""
    rng = random.Random(seed * 100_003 + walker.index)
    iccs, words, least, most = rng.choice(_OFFENCES)
    months = rng.randint(least, most)
    sentenced_on = today - timedelta(days=rng.randint(2, int(months * 30 * _MOST_SERVED)))
    case = f"{rng.randint(100, 2999)}/{sentenced_on.year}"
    papers: dict[str, Any] = {
        "order_kind": OrderKind.SENTENCE_ORDER.value,
        "order_reference": f"SO {case}",
        "order_issued_on": sentenced_on.isoformat(),
        "admitted_on": sentenced_on.isoformat(),
        "status": LegalStatus.SENTENCED.value,
        "court": rng.choice(_COURTS),
        "country": "BZ",
        "offence": {"iccs": iccs, "offence": words, "case": case},
        "sentence": {"years": months // 12, "months": months % 12},
    }
    if rng.random() < _COURT_AGAIN:
        papers["next_court_on"] = _weekday(today + timedelta(days=rng.randint(1, 40))).isoformat()
    cells = facility.cells(walker.home)
    place = walker.place_in_home // CELL_PLACES
    if place < len(cells):
        papers["cell"] = cells[place]
    return papers


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
