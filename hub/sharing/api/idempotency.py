"""The same POST sent twice is done once. The answer is kept in the transaction of what was done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.sharing.api.problems import OTHER_BODY, ProblemError
from hub.sharing.partners.records import KeptAnswer

KEPT: Final = timedelta(hours=48)
_UNDER_WAY: Final = 0
_SWEEPS: Final = ("0",)
"""One message in sixteen, by its digest, clears away all that is too old: no more is needed to keep the table small."""


@dataclass(frozen=True)
class Written:
    """An answer as bytes."""

    status: int
    body: bytes
    media_type: str
    location: str = ""


@dataclass(frozen=True)
class Begun:
    """A key that nobody used before: `finish` keeps the answer with it."""

    _row: KeptAnswer

    def finish(self, answer: Written) -> None:
        self._row.status, self._row.body = answer.status, answer.body
        self._row.media_type, self._row.location = answer.media_type, answer.location


def begin(session: Session, client: int, key: str, target: str, body: bytes, at: datetime) -> Begun | Written:
    """Claim a key, or the answer that was given under it; ProblemError when it stood for something else.

    A second one with the same key waits in the database until the first has ended: then it finds the answer, or the
    key free where the first failed.
    """
    asked = hashlib.sha256(target.encode() + b"\0" + body).hexdigest()
    held = _held(session, client, key)
    if asked.startswith(_SWEEPS) or (held is not None and held.at < at - KEPT):
        session.execute(delete(KeptAnswer).where(KeptAnswer.at < at - KEPT))
        held = _held(session, client, key)
    if held is None:
        fresh = KeptAnswer(
            client_id=client,
            key=key,
            asked=asked,
            status=_UNDER_WAY,
            media_type="",
            location="",
            body=b"",
            at=at,
        )
        try:
            with session.begin_nested():
                session.add(fresh)
        except IntegrityError:
            held = _held(session, client, key)
        else:
            return Begun(fresh)
    assert held is not None
    if held.asked != asked:
        raise ProblemError(OTHER_BODY)
    return Written(held.status, held.body, held.media_type, held.location)


def _held(session: Session, client: int, key: str) -> KeptAnswer | None:
    return session.scalars(_HELD, {"client": client, "key": key}).one_or_none()


_HELD: Final = select(KeptAnswer).where(
    KeptAnswer.client_id == bindparam("client"), KeptAnswer.key == bindparam("key")
)
