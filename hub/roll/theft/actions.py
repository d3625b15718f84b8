"""Reporting a theft, and what is done about it afterwards. The caller holds the transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.pins import must_change_pins
from hub.movements import feed
from hub.movements.records import FeedKind
from hub.roll.actions import scope_of, zones_at
from hub.roll.scope import has_names
from hub.roll.theft.inventory import on_card
from hub.roll.theft.records import BreachNotice, Theft, TheftOfficer, TheftPerson, TheftStep
from hub.roll.theft.rules import HALF_DESTROYED, PINS_TAKEN, REPORTED
from hub.sentences import RefusedError, Sentence
from hub.terminals.actions import cut_off
from hub.terminals.protection.actions import HUB_RELEASED, NONE, destroy_half, releases
from hub.terminals.protection.records import TerminalHolding
from hub.terminals.records import Terminal, TerminalState
from wire.versions import NOTHING, Version

MAX_REASON: Final = 200
MAX_STEP: Final = 500
MAX_NOTICE: Final = 2000
MOST_HOURS: Final = 24 * 90


def cut_off_terminal(session: Session, name: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """End a terminal's right to speak, for good, and write it down. UnknownTerminalError for no such name."""
    words = _text(reason, MAX_REASON)
    cut_off(session, name, now, words)
    write_down(session, at=now, actor=actor, act="terminal.cut_off", subject=name, detail=words)


def report_theft(session: Session, name: str, reason: str, *, actor: Actor, now: datetime) -> int:
    """Cut the terminal off, write down what was on its card, and make worthless what can be. Gives the theft's id.

    RefusedError when it was reported before; UnknownTerminalError for no such name.
    """
    words = _text(reason, MAX_REASON)
    terminal = cut_off(session, name, now, f"stolen: {words}")
    if theft_of(session, terminal.id) is not None:
        raise RefusedError(
            "reported", Sentence("This theft was reported before. Open it in the list of thefts.")
        )
    scope = scope_of(session, terminal, now)
    theft = _written_down(session, terminal, words, actor, now)
    officers = [officer.login for officer in scope.officers]
    session.add_all(TheftOfficer(theft_id=theft.id, login=login) for login in officers)
    _list_people(session, theft, terminal)
    taken = must_change_pins(session, officers, at=now) if theft.protection == NONE and officers else 0
    done = [REPORTED, *([HALF_DESTROYED] if theft.half_destroyed else []), *([PINS_TAKEN] if taken else [])]
    for what in done:
        note_step(session, theft.id, what, actor=actor, now=now)
    write_down(session, at=now, actor=actor, act="terminal.stolen", subject=name, detail=words)
    told = {"what": "stolen", "terminal": name, "at": now.isoformat()}
    feed.append(session, [feed.Line(now, FeedKind.ALARM, told)])
    return theft.id


def theft_of(session: Session, terminal_id: int) -> Theft | None:
    """The report of a terminal's theft, None when it was not stolen as far as is known."""
    return session.scalar(select(Theft).where(Theft.terminal_id == terminal_id))


def note_step(session: Session, theft_id: int, what: str, *, actor: Actor, now: datetime) -> None:
    """Something was done about it; RefusedError when nothing is said."""
    session.add(TheftStep(theft_id=theft_id, at=now, by=actor.login[:64], what=_text(what, MAX_STEP)))
    session.flush()


def write_notice(session: Session, words: str, hours: int, *, actor: Actor, now: datetime) -> None:
    """From now on this is who has to be told of a theft, and within how many hours. RefusedError otherwise."""
    if not 1 <= hours <= MOST_HOURS:
        raise RefusedError(
            "hours", Sentence("Give the hours as a number from 1 to %(most)s.", {"most": MOST_HOURS})
        )
    session.add(BreachNotice(at=now, by=actor.login[:64], hours=hours, words=_text(words, MAX_NOTICE)))
    write_down(session, at=now, actor=actor, act="breach.notice", detail=f"{hours} hours")
    session.flush()


def notice(session: Session) -> BreachNotice | None:
    """Whom this site tells, None when nobody wrote it yet."""
    return session.scalars(select(BreachNotice).order_by(BreachNotice.id.desc()).limit(1)).first()


def _written_down(session: Session, terminal: Terminal, words: str, actor: Actor, now: datetime) -> Theft:
    state = session.get(TerminalState, terminal.id)
    holding = session.get(TerminalHolding, terminal.id)
    given = next((one.at for one in releases(session, terminal.id) if one.given), None)
    protection = NONE if holding is None else holding.protection
    theft = Theft(
        terminal_id=terminal.id,
        reported_at=now,
        reported_by=actor.login[:64],
        reason=words,
        protection=protection,
        roll_version=str(_held(state)),
        roll_scope="" if holding is None else holding.roll_scope,
        names_held=holding is not None and has_names(holding.roll_scope),
        half_destroyed=destroy_half(session, terminal.id, now) and protection == HUB_RELEASED,
        heard_at=None if state is None else state.heard_at,
        key_given_at=given,
    )
    session.add(theft)
    session.flush()
    return theft


def _list_people(session: Session, theft: Theft, terminal: Terminal) -> None:
    held = _held(session.get(TerminalState, terminal.id))
    zones = zones_at(session, terminal.checkpoint_code)
    session.add_all(
        TheftPerson(
            theft_id=theft.id,
            person_id=one.person_id,
            fingers=" ".join(map(str, one.fingers)),
            impressions=one.impressions,
            certain=one.certain,
        )
        for one in on_card(session, held, theft.roll_scope, zones)
    )
    session.flush()


def _held(state: TerminalState | None) -> Version:
    return NOTHING if state is None else Version(state.roll_epoch, state.roll_counter)


def _text(words: str, most: int) -> str:
    words = " ".join(words.split())
    if not 3 <= len(words) <= most:
        raise RefusedError(
            "words", Sentence("Write a sentence of at most %(count)s characters.", {"count": most})
        )
    return words
