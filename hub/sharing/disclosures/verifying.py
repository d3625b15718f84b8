"""Finding out whether the log is whole: the first fault is named, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.records import AuditEntry
from hub.errors import HubError
from hub.sharing.disclosures.chain import START, link_of
from hub.sharing.disclosures.records import Disclosure, DisclosureLink
from hub.sharing.disclosures.sealing import SEAL

LATE: Final = timedelta(minutes=5)
"""A row dated longer before the seal that it comes after was not written when it says."""
_CHUNK: Final = 2_000


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
    for row in _rows(session):
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
    if row.position != position:
        raise LogFaultError("link_missing", position, f"The link of row {position} of the log is missing.")
    if row.id is None:
        raise LogFaultError("deleted", position, f"Row {position} of the log was deleted; its link is there.")
    link = link_of(before, position, row)
    if link != row.link:
        raise LogFaultError(
            "changed",
            position,
            f"Row {position} of the log (disclosure {row.id}) was changed or put in another's place.",
        )
    if sealed_at is not None and row.at < sealed_at - LATE:
        raise LogFaultError(
            "inserted",
            position,
            f"Row {position} of the log (disclosure {row.id}) is dated {row.at:%Y-%m-%d %H:%M:%S} UTC, "
            "long before the rows ahead of it were sealed: it was put in later.",
        )
    return link


def _check_waiting(session: Session, sealed_at: datetime | None) -> int:
    unlinked = (
        select(Disclosure.id, Disclosure.at)
        .outerjoin(DisclosureLink, DisclosureLink.disclosure_id == Disclosure.id)
        .where(DisclosureLink.disclosure_id.is_(None))
        .order_by(Disclosure.id)
    )
    waiting = 0
    for number, at in session.execute(unlinked):
        if sealed_at is not None and at < sealed_at - LATE:
            raise LogFaultError(
                "inserted",
                0,
                f"Disclosure {number} is in no link and dated {at:%Y-%m-%d %H:%M:%S} UTC, "
                "long before the last seal: it was put in later.",
            )
        waiting += 1
    return waiting


def _rows(session: Session) -> Iterator[Any]:
    """Links with their rows, as plain rows: `id` is None where the row is gone."""
    wanted = (
        select(
            DisclosureLink.position,
            DisclosureLink.disclosure_id,
            DisclosureLink.link,
            *Disclosure.__table__.columns,
        )
        .outerjoin(Disclosure, Disclosure.id == DisclosureLink.disclosure_id)
        .order_by(DisclosureLink.position)
        .execution_options(yield_per=_CHUNK)
    )
    return iter(session.execute(wanted))


def _seals(session: Session) -> Iterator[tuple[int, tuple[str, datetime]]]:
    """By place the link that the trail tells of, and when."""
    wanted = select(AuditEntry.detail, AuditEntry.at).where(AuditEntry.act == SEAL).order_by(AuditEntry.id)
    for detail, at in session.execute(wanted):
        place, _, link = detail.partition(" ")
        yield int(place), (link, at)
