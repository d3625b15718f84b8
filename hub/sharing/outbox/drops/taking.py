"""Files that an agency laid down for us: each row goes the way of a message, and a report is laid beside the file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.sentences import RefusedError
from hub.sharing.catalogue import EXCHANGES, Direction
from hub.sharing.outbox.drop_records import DropFile, DropSetting
from hub.sharing.outbox.drops.places import OUT, Place
from hub.sharing.outbox.drops.tables import MOST_BYTES, ReadRow, message_of, read_table, write_table

Receive = Callable[[Session, str, str, Mapping[str, Any], str, datetime], str]
"""(session, agency, exchange, message, message id, at) -> number of the receipt. RefusedError for what is not taken."""
_NAME: Final = re.compile(r"([a-z_]{2,32})-[A-Za-z0-9._-]{1,80}\.csv")
_MOST_DETAIL: Final = 300
_REPORT: Final = ("line", "state", "receipt", "reason", "detail")


def take_in(
    sessions: Sessions, setting: DropSetting, place: Place, name: str, receive: Receive, at: datetime
) -> DropFile:
    """Take one file in; whatever is wrong with it or with a row stands in the report, and the file is put away.

    A file with the bytes of an earlier one is not taken twice. A row's message id is made from the file and its line.
    """
    raw = place.take(name, MOST_BYTES + 1)
    digest = hashlib.sha256(raw).hexdigest()
    told: list[dict[str, Any]] = []
    code, exchange, rows = "", "", []
    found = _NAME.fullmatch(name)
    known = None if found is None else EXCHANGES.get(found[1])
    try:
        if found is None or known is None or known.direction is not Direction.IN:
            code = "no_exchange"
        elif _was_here(sessions, setting.agency, digest):
            code = "twice"
        else:
            exchange, rows = known.name, read_table(raw)
    except RefusedError as error:
        code = error.code
    for row in rows:
        told.append(_take_row(sessions, setting.agency, exchange, row, digest, receive, at))
    taken = sum(one["state"] == "taken" for one in told)
    report = told or [{"line": 1, "state": "refused", "receipt": "", "reason": code or "empty", "detail": ""}]
    with session_scope(sessions) as session:
        held = _note(session, setting, name[:120], exchange, digest, (taken, len(told) - taken), code, at)
        # Before the commit: a file that could not be answered is taken again, and its rows are known by then.
        place.put(OUT, f"{name}.report-{held.number:06d}.csv", write_table(_REPORT, report))
        place.done(name)
    return held


def _take_row(
    sessions: Sessions,
    agency: str,
    exchange: str,
    row: ReadRow,
    digest: str,
    receive: Receive,
    at: datetime,
) -> dict[str, Any]:
    def refused(reason: str, detail: str = "") -> dict[str, Any]:
        return {"line": row.line, "state": "refused", "receipt": "", "reason": reason, "detail": detail}

    if row.code:
        return refused(row.code)
    try:
        message = message_of(row.cells)
        with session_scope(sessions) as session:
            number = receive(session, agency, exchange, message, f"drop-{digest[:24]}-{row.line}", at)
    except RefusedError as error:
        return refused(error.code, str(error)[:_MOST_DETAIL])
    except (ValueError, RecursionError):
        return refused("not_understood")
    return {"line": row.line, "state": "taken", "receipt": number, "reason": "", "detail": ""}


def _was_here(sessions: Sessions, agency: str, digest: str) -> bool:
    with session_scope(sessions, writes=False) as session:
        wanted = select(DropFile.id).where(
            DropFile.agency == agency,
            DropFile.direction == "in",
            DropFile.sha256 == digest,
            DropFile.code == "",
        )
        return session.scalar(wanted.limit(1)) is not None


def _note(
    session: Session,
    setting: DropSetting,
    name: str,
    exchange: str,
    digest: str,
    counts: Sequence[int],
    code: str,
    at: datetime,
) -> DropFile:
    last = session.scalar(
        select(func.max(DropFile.number)).where(DropFile.agency == setting.agency, DropFile.direction == "in")
    )
    held = DropFile(
        setting_id=setting.id,
        agency=setting.agency,
        direction="in",
        number=(last or 0) + 1,
        name=name,
        exchange=exchange,
        sha256=digest,
        at=at,
        taken=counts[0],
        refused=counts[1],
        code=code,
    )
    session.add(held)
    session.flush()
    return held
