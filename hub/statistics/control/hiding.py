"""Disclosure control of one plain list of parts under a known total."""

from __future__ import annotations

from collections.abc import Mapping

from hub.statistics.control.model import Equation, Number, Numbers
from hub.statistics.control.suppressing import suppress


def hide(counts: Mapping[str, int], k: int) -> set[str]:
    """Which of the parts not to show beside their total, so that none below `k` can be reckoned.

    Where nothing less will do, all of them, the noughts too.
    """
    numbers = {name: Number(name, many) for name, many in counts.items()}
    total = sum(counts.values())
    if 0 < total < k:
        return set(counts)
    equation = Equation(tuple((name, 1) for name in counts), total)
    return set(suppress(Numbers(numbers, [equation], (), {"parts": tuple(counts)}), k).withheld)
