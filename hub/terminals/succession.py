"""One place, one device after another: which terminal took over from which."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.terminals.records import Terminal


def chain_of(session: Session, terminal: Terminal) -> list[Terminal]:
    """The terminal with those it replaced before it and those that replaced it behind it, oldest first."""
    chain = [terminal]
    while (before := chain[0].replaces_id) is not None:
        chain.insert(0, session.get_one(Terminal, before))
    while (after := successor_of(session, chain[-1])) is not None:
        chain.append(after)
    return chain


def successor_of(session: Session, terminal: Terminal) -> Terminal | None:
    """The terminal that took over the place of this one."""
    return session.scalars(select(Terminal).where(Terminal.replaces_id == terminal.id)).one_or_none()


def stood_at_place(session: Session, checkpoint: str) -> list[Terminal]:
    """Every terminal whose last grant was for the checkpoint, newest grant first."""
    wanted = select(Terminal).where(Terminal.checkpoint_code == checkpoint)
    return list(session.scalars(wanted.order_by(Terminal.granted_at.desc(), Terminal.name)))
