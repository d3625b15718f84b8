"""What is done with terminals: grant, cut off, find their keys, note what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR, Actor, write_down
from hub.accounts.records import AuditEntry
from hub.terminals import certificates
from hub.terminals.authority import Authority
from hub.terminals.errors import RequestError, UnknownTerminalError
from hub.terminals.records import Status, Terminal, TerminalState, TerminalStateChange
from hub.terminals.requests import check_request, find_holder
from wire.journal import Clock
from wire.provisioning import Broker, CheckpointSettings, Grant, Request
from wire.state import State

_GRANTED = "terminal.grant"

AGREEMENT = timedelta(seconds=5)
"""A clock nobody synchronises, but that tells the hub's time this closely when it is heard, is as good as a sure one:
its error and a delay on the way would have to cancel out."""

AGREES = "agrees"
"""How such a clock is noted; the other words are those of `wire.journal.Clock`."""


@dataclass(frozen=True)
class TerminalKeys:
    """What is needed to check and answer one terminal; a terminal that is cut off keeps its row."""

    terminal_id: int
    name: str
    checkpoint: str
    verifying_key: bytes
    sealing_key: bytes
    active: bool


def grant(
    session: Session,
    authority: Authority,
    request: Request,
    checkpoint: CheckpointSettings,
    broker: Broker,
    now: datetime,
) -> Grant:
    """Take the terminal in, or give one that is in already, with the same keys, a new certificate.

    RequestError when the name is not a terminal's, is held by other keys or was cut off, when the keys are those of
    another terminal, and when the certificate request is damaged, proves no key or names somebody else.
    """
    check_request(request)
    terminal = find_holder(session, request)
    if terminal is None:
        terminal = Terminal(
            name=request.terminal,
            verifying_key=request.verifying_key,
            sealing_key=request.sealing_key,
            status=Status.ACTIVE,
        )
        session.add(terminal)
    certificate = authority.issue_terminal_certificate(request.certificate_request, request.terminal, now)
    terminal.checkpoint_code = checkpoint.checkpoint
    terminal.model = request.model
    terminal.certificate_fingerprint = certificate.fingerprint(SHA256()).hex()
    terminal.certificate_until_at = certificate.not_valid_after_utc
    terminal.granted_at = now
    session.flush()
    return _document(authority, request.terminal, certificate, checkpoint, broker)


def note_grant(
    session: Session, name: str, checkpoint: CheckpointSettings, now: datetime, actor: Actor = OPERATOR
) -> None:
    """Write into the audit trail where the terminal stands from now on; `stood_at` reads it there."""
    write_down(session, at=now, actor=actor, act=_GRANTED, subject=name, detail=_place(checkpoint))


def stood_at(session: Session, name: str, checkpoint: CheckpointSettings) -> bool:
    """True when the terminal was ever granted this checkpoint between these zones.

    A terminal that was moved still sends what it wrote at its former place; the audit trail remembers that one.
    """
    granted = select(AuditEntry.id).where(
        AuditEntry.act == _GRANTED, AuditEntry.subject == name, AuditEntry.detail == _place(checkpoint)
    )
    return session.execute(granted.limit(1)).first() is not None


def granted_elsewhere(session: Session, places: Mapping[str, CheckpointSettings]) -> set[str]:
    """Names of those of these terminals whose last grant was for another place than the one that is given here.

    A terminal decides by its grant, whatever was changed at the hub since.
    """
    newest = (
        select(func.max(AuditEntry.id))
        .where(AuditEntry.act == _GRANTED, AuditEntry.subject.in_(places))
        .group_by(AuditEntry.subject)
    )
    rows = session.execute(select(AuditEntry.subject, AuditEntry.detail).where(AuditEntry.id.in_(newest)))
    return {name for name, detail in rows if detail != _place(places[name])}


def cut_off(session: Session, name: str, now: datetime, reason: str) -> Terminal:
    """End the terminal's right to speak, for good. Repeating it keeps the first time and reason.

    The broker follows within seconds, ingest with the next message. UnknownTerminalError for no such name.
    """
    terminal = _find(session, name)
    if terminal is None:
        raise UnknownTerminalError
    if terminal.status != Status.CUT_OFF:
        terminal.status = Status.CUT_OFF
        terminal.cut_off_at = now
        terminal.cut_off_reason = reason[:200]
        session.flush()
    return terminal


def retire(session: Session, old: str, new: str, now: datetime) -> None:
    """Let `new` take over the place of `old`, which is cut off unless it was already.

    UnknownTerminalError when either is none; RequestError when `old` was replaced by another one before.
    """
    successor = _find(session, new)
    if successor is None:
        raise UnknownTerminalError
    retired = cut_off(session, old, now, f"replaced by {new}")
    other = session.scalars(select(Terminal.name).where(Terminal.replaces_id == retired.id)).first()
    if other not in (None, new):
        raise RequestError("replaced", f"Terminal {old} was already replaced, by {other}. Replace that one.")
    successor.replaces_id = retired.id
    session.flush()


def find_keys(session: Session, name: str) -> TerminalKeys | None:
    """Keys of the terminal called `name`, active or cut off; None when it was never granted."""
    terminal = _find(session, name)
    return None if terminal is None else _keys(terminal)


def cut_off_names(session: Session) -> list[str]:
    """Names that the broker must deny."""
    wanted = select(Terminal.name).where(Terminal.status == Status.CUT_OFF).order_by(Terminal.name)
    return list(session.scalars(wanted))


def note_state(session: Session, terminal_id: int, state: State, now: datetime) -> bool:
    """Keep what a terminal says of itself; True when it was news, False when it came from the past.

    A session number below the known one, or a life after the death of the same session, is an old message
    that came late. A change of presence or of the sensor's word is also a row of its own.
    """
    held = session.get(TerminalState, terminal_id)
    if held is not None and not _is_newer(held, state):
        return False
    before = None if held is None else (held.online, held.sensor)
    if held is None:
        held = TerminalState(terminal_id=terminal_id)
        session.add(held)
    _take_over(held, state, now)
    if before != (held.online, held.sensor):
        session.add(
            TerminalStateChange(
                terminal_id=terminal_id,
                session=state.session,
                online=state.online,
                sensor=held.sensor,
                heard_at=now,
            )
        )
    session.flush()
    return True


def _is_newer(held: TerminalState, state: State) -> bool:
    if state.session != held.session:
        return state.session > held.session
    return held.online


def _take_over(held: TerminalState, state: State, now: datetime) -> None:
    held.session, held.online, held.heard_at = state.session, state.online, now
    if state.online or held.said_at is None:
        held.said_at, held.software, held.boot_id = state.said_at, state.software, state.boot_id
        held.roll_epoch, held.roll_counter = state.roll_version.epoch, state.roll_version.counter
    if state.journal is not None:
        held.journal_id, held.journal_last = state.journal.journal_id, state.journal.last
        held.journal_last_link = state.journal.last_link
    health = state.health
    if health is not None:
        agrees = health.clock is Clock.UNSURE and abs(now - state.said_at) <= AGREEMENT
        held.clock = AGREES if agrees else health.clock
        held.sensor, held.queue_depth = health.sensor, health.queue_depth
        held.disk_free_mb, held.roll_age_s = health.disk_free_mb, health.roll_age_s
        held.refused_from_hub = health.refused_from_hub


def _document(
    authority: Authority,
    name: str,
    certificate: x509.Certificate,
    checkpoint: CheckpointSettings,
    broker: Broker,
) -> Grant:
    return Grant(
        terminal=name,
        certificate=certificates.certificate_pem(certificate),
        authority=authority.certificate_pem,
        hub_verifying_key=authority.verifying_key,
        checkpoint=checkpoint,
        broker=broker,
    )


def _place(checkpoint: CheckpointSettings) -> str:
    return f"checkpoint {checkpoint.checkpoint} from {checkpoint.from_zone} to {checkpoint.to_zone}"


def _find(session: Session, name: str) -> Terminal | None:
    return session.scalars(select(Terminal).where(Terminal.name == name)).one_or_none()


def _keys(terminal: Terminal) -> TerminalKeys:
    return TerminalKeys(
        terminal_id=terminal.id,
        name=terminal.name,
        checkpoint=terminal.checkpoint_code,
        verifying_key=terminal.verifying_key,
        sealing_key=terminal.sealing_key,
        active=terminal.status == Status.ACTIVE,
    )
