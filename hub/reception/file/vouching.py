"""What vouches for a row whose digest the trail does not hold: brought in by the thousand it has no line of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.records import AuditEntry
from hub.custody.facts.records import Fact
from hub.sentences import Sentence

_SEEDED: Final = (
    select(AuditEntry.at).where(AuditEntry.act == "register.seed").order_by(AuditEntry.id).limit(1)
)
_PARTS: Final = 4
"""Of a line about somebody in a register: "import", its number, "row", the line."""

OLDER: Final = Sentence(
    "recorded before the trail kept digests in this form: this one proves nothing either way"
)
UNKNOWN: Final = Sentence("the trail has no line about it: ask the auditor what vouches for it")
_SEED: Final = Sentence(
    "made together with the invented prison: the trail has one line for the whole of it, not one for each fact"
)
_TAKEN_BACK: Final = Sentence(
    "recorded when a whole register was taken back: the trail has a line for the person, not one for each fact"
)
_REGISTER: Final = Sentence(
    "brought in with a whole register: import %(number)s, row %(row)s. The trail has a line for this person and the "
    "fingerprint of the file, not a line for each fact. The paper named above vouches for it."
)


class Vouching:
    """Says it for the rows of one file; looks into the trail once, and only when a row asks."""

    def __init__(self, session: Session, numbers: Collection[str]) -> None:
        self._session, self._numbers = session, numbers
        self._lines: dict[datetime, Sentence] | None = None

    def of(self, row: Fact) -> Sentence:
        """What the trail has about this row instead of its digest."""
        if self._lines is None:
            self._lines = self._read()
        if row.recorded_at in self._lines:
            return self._lines[row.recorded_at]
        seeded_at = self._session.scalar(_SEEDED)
        return _SEED if seeded_at is not None and row.recorded_at <= seeded_at else UNKNOWN

    def _read(self) -> dict[datetime, Sentence]:
        wanted = select(AuditEntry.at, AuditEntry.act, AuditEntry.detail).where(
            AuditEntry.subject.in_(self._numbers),
            AuditEntry.act.in_(("person.import", "person.import_undo")),
        )
        return {at: _said(act, detail.split()) for at, act, detail in self._session.execute(wanted)}


def _said(act: str, parts: list[str]) -> Sentence:
    if act == "person.import" and len(parts) == _PARTS:
        return Sentence(_REGISTER.text, {"number": parts[1], "row": parts[3]})
    return _TAKEN_BACK
