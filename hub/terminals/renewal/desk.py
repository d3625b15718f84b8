"""Bringing renewed certificates to the terminals that asked for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hub.database import Sessions, session_scope
from hub.terminals.renewal.actions import Answer, answers, note_told
from wire.envelope import HUB, sign
from wire.keys import SigningKey
from wire.renewal import BACK, Renewed
from wire.topics import Channel, topic

Send = Callable[[str, bytes], bool]


class RenewalDesk:
    """Sends each answer once; a terminal that did not get it asks again. `authority` is the hub's certificate (PEM)."""

    def __init__(self, sessions: Sessions, signing_key: SigningKey, authority: str, send: Send) -> None:
        self._sessions = sessions
        self._signing_key = signing_key
        self._authority = authority
        self._send = send

    def tick(self, now: datetime) -> int:
        """How many answers left."""
        with session_scope(self._sessions, writes=False) as session:
            waiting = answers(session)
        sent = [answer for answer in waiting if self._tell(answer)]
        if sent:
            with session_scope(self._sessions) as session:
                for answer in sent:
                    note_told(session, answer.renewal_id, now)
        return len(sent)

    def _tell(self, answer: Answer) -> bool:
        authority = self._authority if answer.certificate else ""
        said = Renewed(certificate=answer.certificate, authority=authority, why=answer.why)
        raw = sign(BACK, HUB, answer.terminal, said, self._signing_key)
        return self._send(topic(answer.terminal, Channel.RENEWED), raw)
