"""Passages as a terminal writes them into its journal, for figures that need thousands."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wire.codec import encode
from wire.happenings import Decision, Evidence, Outcome, Passage
from wire.journal import Clock, Entry
from wire.versions import Version

BOOT: Final = "0123456789abcdef" * 2
"""A boot of the terminal's that was before this one."""
_EVIDENCE: Final = Evidence(Outcome.MATCH, 71, 12.34, 3.21, 2_400, 1_200, 3_479.1, 141.7, 8.4)


def passage(checkpoint: str, from_zone: str, to_zone: str, person: str, *, admitted: bool = True) -> Passage:
    """Somebody known by one touch, let through or refused for the zone."""
    return Passage(
        checkpoint=checkpoint,
        from_zone=from_zone,
        to_zone=to_zone,
        decision=Decision.ADMIT if admitted else Decision.REFUSE,
        rule="expected" if admitted else "zone_not_allowed",
        person=person,
        attempt=1,
        evidence=_EVIDENCE,
        roll_version=Version(1, 1_200),
        roll_age_s=40,
        config_version=Version(1, 1),
        rules_age_s=40,
    )


def entry(sequence: int, boot_time_ms: int, at: datetime, said: Passage) -> bytes:
    """The passage as one entry of a journal whose clock is sure."""
    return encode(
        Entry(
            sequence=sequence,
            boot_id=BOOT,
            boot_time_ms=boot_time_ms,
            wall_time=at,
            clock=Clock.SYNCHRONISED,
            kind=Passage.KIND,
            body=encode(said),
        )
    )
