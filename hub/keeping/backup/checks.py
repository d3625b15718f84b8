"""When a backup was last tried, how far, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.keeping.backup.records import Backup, BackupCheck
from hub.sentences import Sentence


class How(StrEnum):
    """How far somebody looked. READ_BACK and WHOLE need no key; for EVERY_ROW somebody typed the paper in."""

    READ_BACK = "read_back"
    WHOLE = "whole"
    EVERY_ROW = "every_row"
    PAPER = "paper"
    """The paper alone was tried, with no backup."""


HOWS: Final = {
    How.READ_BACK: Sentence("read back when it was written"),
    How.WHOLE: Sentence("whole and signed"),
    How.EVERY_ROW: Sentence("every row read with the paper key"),
    How.PAPER: Sentence("the paper key typed in"),
}


def note_check(
    session: Session, how: How, *, digest: str, place: Path | None, actor: Actor, at: datetime
) -> None:
    """Write down that a backup, or the paper, was found good."""
    session.add(
        BackupCheck(
            digest=digest,
            how=how.value,
            place="" if place is None else str(place.resolve())[:400],
            at=at,
            by=actor.login[:64],
        )
    )
    if how is not How.READ_BACK:
        write_down(
            session, at=at, actor=actor, act="backup.verify", detail=f"{how.value} {digest[:16]}".rstrip()
        )


@dataclass(frozen=True)
class Line:
    """A backup as the page shows it. `checked` is the last that was looked at, `deepest` the last with the key."""

    backup: Backup
    place: str
    is_there: bool | None
    checked: BackupCheck | None
    deepest: BackupCheck | None


def lines(session: Session, most: int) -> list[Line]:
    """The newest backups of this hub, newest first; `is_there` is None where no place was noted."""
    wanted = select(Backup).where(Backup.restored.is_(False)).order_by(Backup.began_at.desc()).limit(most)
    backups = session.scalars(wanted).all()
    by_digest = _checks(session, [one.digest for one in backups])
    return [_line(one, by_digest.get(one.digest, ())) for one in backups]


def paper_tried(session: Session) -> BackupCheck | None:
    """When somebody last typed the paper in, with a backup or alone."""
    wanted = select(BackupCheck).where(BackupCheck.how.in_([How.EVERY_ROW.value, How.PAPER.value]))
    return session.scalar(wanted.order_by(BackupCheck.id.desc()).limit(1))


def _checks(session: Session, digests: Sequence[str]) -> Mapping[str, list[BackupCheck]]:
    found: dict[str, list[BackupCheck]] = {}
    wanted = select(BackupCheck).where(BackupCheck.digest.in_([one for one in digests if one]))
    for row in session.scalars(wanted.order_by(BackupCheck.id)):
        found.setdefault(row.digest, []).append(row)
    return found


def _line(backup: Backup, checks: Sequence[BackupCheck]) -> Line:
    place = next((one.place for one in reversed(checks) if one.place), "")
    deepest = next((one for one in reversed(checks) if one.how == How.EVERY_ROW), None)
    return Line(backup, place, _is_there(place), checks[-1] if checks else None, deepest)


def _is_there(place: str) -> bool | None:
    if not place:
        return None
    try:
        return Path(place).is_file()
    except OSError:
        return False
