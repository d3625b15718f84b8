"""Headcounts that go on, as the screen's band shows them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.control_room.lines import CountLine
from hub.headcount.reading import Brief
from hub.web.language import say_in


def count_lines(counts: Sequence[Brief], language: str, sees_totals: bool) -> list[CountLine]:
    """Lines said in `language`; without `sees_totals` nothing tells how far a number is off."""
    return [
        CountLine(
            key=str(count.number),
            title=count.name or say_in(language, count.words),
            state=say_in(language, count.state_words),
            since_at=count.announced_at,
            freeze_at=count.freeze_at,
            units_all=count.units_all,
            units_in=count.units_in,
            plus=count.off_plus if sees_totals else None,
            minus=count.off_minus if sees_totals else None,
            waiting=count.waiting,
            recounts=count.recounts if sees_totals else (),
            late=count.late,
            page=count.url,
        )
        for count in counts
    ]
