"""Somebody who went out: was it right, and are they really gone? Found by queries, not from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.docket.limits import Limits
from hub.docket.rules.base import Band, Check, Doubt
from hub.docket.snapshot import Snapshot
from hub.sentences import Sentence


def _not_here(_snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    return iter(())


CHECKS: Final = (
    Check(
        "seen_after_release",
        Sentence("Released, and seen inside since"),
        Sentence("Find the person: they are inside without authority, or somebody else went out in their name."),
        Band.LIBERTY, 1, _not_here,
    ),
    Check(
        "release_doubtful",
        Sentence("Released, perhaps in error"),
        Sentence("Compare the release with what was recorded since; tell the director."),
        Band.LIBERTY, 1, _not_here,
    ),
)  # fmt: skip
