"""Somebody before the screen notes what came, one by one or summed up."""

from __future__ import annotations

import json
from typing import Any

from simulation.onlooker import Onlooker


def hear(onlooker: Onlooker, event: dict[str, Any]) -> None:
    onlooker._read(f"data: {json.dumps(event)}")


def late(last: int) -> dict[str, Any]:
    rows = [{"terminal": "gate", "journal": "j", "first_sequence": 5, "last_sequence": last}]
    return {"id": 9, "kind": "late", "terminals": rows}


def test_a_sum_that_grows_brings_each_of_its_entries_once() -> None:
    onlooker = Onlooker(1, "ada", "secret")
    hear(onlooker, {"kind": "passage", "terminal": "gate", "journal": "j", "sequence": 12, "late": False})
    hear(onlooker, late(7))
    hear(onlooker, late(7))
    hear(onlooker, late(9))
    found = [(arrival.key[2], arrival.late) for arrival in onlooker.arrivals]
    assert found == [(12, False), (5, True), (6, True), (7, True), (8, True), (9, True)]
