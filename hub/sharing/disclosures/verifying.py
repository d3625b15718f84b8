"""Finding out whether the log is whole: the first fault is named, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.chaining import Misfit
from hub.accounts.records import AuditEntry
from hub.errors import HubError
from hub.sharing.disclosures.chain import START
from hub.sharing.disclosures.sealing import LOG, SEAL


@dataclass(frozen=True)
class Whole:
    """The log is whole: `rows` are linked, `waiting` were written since, `seals` stand in the trail."""

    rows: int
    waiting: int
    seals: int
    link: bytes


class LogFaultError(HubError):
    """The log is not as it was written. `code` says how, `position` where in the chain."""

    def __init__(self, code: str, position: int, sentence: str) -> None:
        super().__init__(code, sentence)
        self.position = position


def verify_log(session: Session) -> Whole:
    """Follow the chain from its first row, against what the trail says of it; LogFaultError at the first misfit.

    The trail itself is verified by `pims-hub audit verify`; both together leave nothing out.
    """
    seals = dict(_seals(session))
    position, link, met = 0, START, 0
    sealed_at: datetime | None = None
    for row in LOG.linked(session):
        position += 1
        link = _follow(link, position, row, sealed_at)
        said = seals.get(position)
        if said is not None:
            met += 1
            if said[0] != link.hex():
                raise LogFaultError(
                    "rewritten", position, f"The log up to row {position} is not the one that the trail tells of."
                )  # fmt: skip
            sealed_at = said[1]
    last = max(seals, default=0)
    if last > position:
        raise LogFaultError(
            "cut_off",
            position + 1,
            f"The log ends at row {position}, but the trail tells of row {last}: the end was cut off.",
        )
    if last < position:
        raise LogFaultError(
            "unsealed", last + 1, f"Rows {last + 1} to {position} are linked, and the trail does not tell of it."
        )  # fmt: skip
    return Whole(position, _check_waiting(session, sealed_at), met, link)


def _follow(before: bytes, position: int, row: Any, sealed_at: datetime | None) -> bytes:
    link, misfit = LOG.follow(before, position, row, sealed_at)
    if misfit is not None:
        raise LogFaultError(misfit, position, _said(misfit, position, row))
    return link


def _said(misfit: Misfit, position: int, row: Any) -> str:
    if misfit is Misfit.LINK_MISSING:
        return f"The link of row {position} of the log is missing."
    if misfit is Misfit.DELETED:
        return f"Row {position} of the log was deleted; its link is there."
    if misfit is Misfit.CHANGED:
        return f"Row {position} of the log (disclosure {row.id}) was changed or put in another's place."
    return (
        f"Row {position} of the log (disclosure {row.id}) is dated {row.at:%Y-%m-%d %H:%M:%S} UTC, "
        "long before the rows ahead of it were sealed: it was put in later."
    )


def _check_waiting(session: Session, sealed_at: datetime | None) -> int:
    waiting, late = LOG.unlinked(session, sealed_at)
    if late is not None:
        raise LogFaultError(
            Misfit.INSERTED,
            0,
            f"Disclosure {late[0]} is in no link and dated {late[1]:%Y-%m-%d %H:%M:%S} UTC, "
            "long before the last seal: it was put in later.",
        )
    return waiting


def _seals(session: Session) -> Iterator[tuple[int, tuple[str, datetime]]]:
    """By place the link that the trail tells of, and when."""
    wanted = select(AuditEntry.detail, AuditEntry.at).where(AuditEntry.act == SEAL).order_by(AuditEntry.id)
    for detail, at in session.execute(wanted):
        place, _, link = detail.partition(" ")
        yield int(place), (link, at)
