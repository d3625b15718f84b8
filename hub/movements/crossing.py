"""What passages change, whoever tells of them: absences, movements and places, and the steps of passes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.movements.actions import apply_passages
from hub.movements.external.at_gate import note_outside
from hub.movements.lines import Line
from hub.movements.passages import Passage
from hub.movements.passes.proving import note_passages


def cross(session: Session, passages: Sequence[Passage], *, at: datetime) -> list[Line]:
    """Take passages heard of at `at`, of a finger or of an officer's word; the feed lines, one for each first."""
    meant = note_outside(session, passages, at=at)
    lines = apply_passages(session, passages, at=at, meant=meant)
    note_passages(session, passages, at=at)
    return lines
