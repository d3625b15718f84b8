"""The one thread that writes: a batch of deliveries, one transaction, commit, and only then the answers."""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from hub.database import Sessions, session_scope
from hub.ingest.acks import sign_ack
from hub.ingest.answers import Answers
from hub.ingest.doorkeeper import Delivery
from hub.ingest.inbox import Inbox
from hub.ingest.intake import Taken, take_in
from hub.ingest.storing import StaleJournalError
from hub.logs import log
from wire.envelope import HUB, sign
from wire.keys import SigningKey
from wire.topics import Channel, topic

MAX_DELIVERIES = 400
MAX_BYTES = 512 * 1024
"""One transaction takes so much that its commit is shared by many, and so little that others get their turn."""
BREATH = 0.1
"""Part of a transaction's time that follows it without one: SQLite has no queue, others only look in now and then."""
BREATH_FROM_S = 0.05
IDLE_S = 0.2
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0

Send = Callable[[str, bytes], bool]
Wait = Callable[[float], object]

_log = logging.getLogger("hub.ingest")

_UNAVAILABLE = (OperationalError, InterfaceError, StaleJournalError)
"""The database is locked, full or away, or somebody else was faster: the same deliveries later."""


class Worker:
    """Takes deliveries from the inbox into the database; `send` gets acknowledgements of what is committed.

    Deliveries that the database could not take are kept and tried again before any other.
    """

    def __init__(
        self,
        sessions: Sessions,
        inbox: Inbox,
        signing_key: SigningKey,
        send: Send,
        *,
        clock: Callable[[], datetime],
        wait: Wait,
        answers: Answers | None = None,
    ) -> None:
        self._sessions = sessions
        self._inbox = inbox
        self._signing_key = signing_key
        self._send = send
        self._clock = clock
        self._wait = wait
        self._answers = answers or {}
        self._wait_s = FIRST_WAIT_S
        self._held: list[Delivery] = []

    def step(self) -> bool:
        """Take in one batch; True when there was one and it is committed."""
        self._held = self._held or self._inbox.take(MAX_DELIVERIES, MAX_BYTES, IDLE_S)
        turned_away = self._inbox.turned_away()
        if turned_away:
            log(_log, logging.WARNING, "inbox full, messages turned away", messages=turned_away)
        if not self._held:
            return False
        try:
            self._take_together()
        except _UNAVAILABLE as error:
            self._wait_for_database(error)
            return False
        self._wait_s = FIRST_WAIT_S
        return True

    def _take_together(self) -> None:
        try:
            self._take(self._held)
        except _UNAVAILABLE:
            raise
        except Exception:  # noqa: BLE001 - one message that breaks must not hold up the others
            _log.exception("a batch broke, its messages are taken one by one")
            self._take_one_by_one()
        self._held = []

    def _take_one_by_one(self) -> None:
        while self._held:
            self._take_alone(self._held[0])
            self._held = self._held[1:]

    def _take_alone(self, delivery: Delivery) -> None:
        for trusting in (True, False):
            try:
                self._take([delivery], trusting=trusting)
                return
            except _UNAVAILABLE:
                raise
            except Exception:  # noqa: BLE001 - the same
                # Not acknowledged, so the terminal keeps what could not even be put into quarantine.
                _log.exception("a message broke", extra={"fields": {"quarantine_next": trusting}})

    def _take(self, deliveries: Sequence[Delivery], *, trusting: bool = True) -> None:
        started = time.perf_counter()
        with session_scope(self._sessions) as session:
            taken = take_in(session, deliveries, self._clock(), trusting=trusting, answers=self._answers)
        took_s = time.perf_counter() - started
        for terminal, ack in taken.acks:
            self._send(topic(terminal, Channel.ACK), sign_ack(ack, terminal, self._signing_key))
        for terminal, reply in taken.replies:
            signed = sign(reply.kind, HUB, terminal, reply.body, self._signing_key)
            self._send(topic(terminal, reply.channel), signed)
        _report(taken)
        if took_s > BREATH_FROM_S:
            self._wait(BREATH * took_s)

    def _wait_for_database(self, error: SQLAlchemyError | StaleJournalError) -> None:
        cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        waits = self._wait_s * (0.5 + secrets.randbelow(1000) / 1000)
        held = len(self._held)
        log(
            _log,
            logging.WARNING,
            "database not available, nothing acknowledged",
            cause=cause,
            held=held,
            again_in_s=round(waits, 2),
        )
        self._wait(waits)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)


def _report(taken: Taken) -> None:
    if taken.refused:
        reasons = Counter(f"{reason.value} on {where[:60]}" for where, reason in taken.refused)
        log(_log, logging.WARNING, "messages refused and kept aside", reasons=dict(reasons.most_common(10)))
    if taken.forked:
        log(_log, logging.WARNING, "entries of another branch stored", entries=taken.forked)
    if taken.entries or taken.duplicates:
        log(_log, logging.INFO, "entries committed", entries=taken.entries, duplicates=taken.duplicates)
    if taken.old_states:
        log(_log, logging.INFO, "states of older sessions ignored", states=taken.old_states)
