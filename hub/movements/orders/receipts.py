"""What terminals say of the orders that they hold: the first word of each version, with its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.orders.records import OrderReceipt
from hub.terminals.records import Terminal
from wire.versions import Version


def note_receipt(session: Session, terminal_id: int, version: Version | None, at: datetime) -> bool:
    """Keep that a terminal acts by this version of its orders; False when it is not news.

    Whoever is first, its state or its journal, says it; two processes that hear both write it down once.
    """
    if version is None or version.counter == 0:
        return False
    known = select(OrderReceipt.id).where(
        OrderReceipt.terminal_id == terminal_id,
        OrderReceipt.epoch == version.epoch,
        OrderReceipt.counter == version.counter,
    )
    if session.scalar(known) is not None:
        return False
    # The terminal's own row is held, so that two who hear the same word do not both add it.
    session.execute(select(Terminal.id).where(Terminal.id == terminal_id).with_for_update())
    if session.scalar(known) is not None:
        return False
    session.add(
        OrderReceipt(terminal_id=terminal_id, epoch=version.epoch, counter=version.counter, confirmed_at=at)
    )
    session.flush()
    return True


def receipts_since(session: Session, epoch: int, counter: int) -> dict[int, list[tuple[int, datetime]]]:
    """Counter and time of what each terminal confirmed from `counter` on, in order of the counter."""
    rows = session.execute(
        select(OrderReceipt.terminal_id, OrderReceipt.counter, OrderReceipt.confirmed_at)
        .where(OrderReceipt.epoch == epoch, OrderReceipt.counter >= counter)
        .order_by(OrderReceipt.counter)
    )
    found: dict[int, list[tuple[int, datetime]]] = {}
    for terminal, held, at in rows:
        found.setdefault(terminal, []).append((held, at))
    return found
