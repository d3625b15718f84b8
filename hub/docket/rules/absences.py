"""Out with permission, and not back: a stay that nobody watches from inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.custody.absence import ABSENCE
from hub.docket.limits import Limits
from hub.docket.rules.base import Band, Check, Doubt
from hub.docket.snapshot import Snapshot
from hub.sentences import Sentence


def _overdue(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    for held in snapshot.of(ABSENCE):
        if snapshot.at <= held.value.due_back_at:
            continue
        yield Doubt(
            held.value.due_back_at,
            Sentence(
                "Out with permission at %(where)s, and no return is recorded.", {"where": held.value.where}
            ),
            held.item,
            rows=(held.row,),
        )


CHECKS: Final = (
    Check(
        "absence_overdue",
        Sentence("Not back from outside"),
        Sentence(
            "Ask the escort or the place. When the person is back, end the absence; when not, record who is "
            "unlawfully at large."
        ),
        Band.CARE, 1, _overdue, (ABSENCE,), needs=(ABSENCE,),
    ),
)  # fmt: skip
