"""The other end of a terminal's echo: answered from the same transaction as scans, so that it proves the whole way.

What an echo tells of the terminal's clock bounds when its boot began, from both sides: it had been running so long when
its word came here, and no longer than so when it heard our answer to the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.ingest.answers import Reply
from hub.ingest.clocks import LONGEST_BOOT
from hub.ingest.doorkeeper import VerifiedWord
from hub.ingest.records import Boot
from wire.codec import decode
from wire.echo import BACK, Echo, Echoed
from wire.topics import Channel


def answer_echo(session: Session, word: VerifiedWord, now: datetime) -> Sequence[Reply]:
    """An `Answer`: gives the number back with the hub's time. WireError for what is no echo."""
    echo = decode(word.body, Echo)
    running = _running(echo.boot_time_ms)
    if running is not None:
        boot = _boot(session, word, echo, word.received_at - running)
        _learn_from_answer(boot, echo)
        boot.echo_number, boot.echoed_at = echo.number, now
        session.flush()
    said = Echoed(number=echo.number, boot_id=echo.boot_id, received_at=word.received_at, said_at=now)
    return [Reply(Channel.ECHOED, BACK, said)]


def _boot(session: Session, word: VerifiedWord, echo: Echo, began_by: datetime) -> Boot:
    boot = session.get(Boot, (word.keys.terminal_id, echo.boot_id))
    if boot is None:
        boot = Boot(terminal_id=word.keys.terminal_id, boot_id=echo.boot_id, began_by_at=began_by)
        session.add(boot)
    boot.began_by_at = min(boot.began_by_at, began_by)
    return boot


def _learn_from_answer(boot: Boot, echo: Echo) -> None:
    """Our answer left at a time we know, and came to a terminal that had then been running for so long."""
    if boot.echoed_at is None or echo.heard is None or echo.heard != boot.echo_number:
        return
    running = _running(echo.heard_boot_ms or 0)
    began_after = None if running is None else boot.echoed_at - running
    if began_after is not None and began_after <= boot.began_by_at:
        known = boot.began_after_at
        boot.began_after_at = began_after if known is None else max(known, began_after)


def _running(boot_time_ms: int) -> timedelta | None:
    if boot_time_ms > LONGEST_BOOT / timedelta(milliseconds=1):
        return None
    return timedelta(milliseconds=boot_time_ms)
