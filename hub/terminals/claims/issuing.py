"""From an approved claim to a signed grant. Only a process that may read the authority's key does this."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.accounts.audit import COMMAND_LINE, Actor
from hub.database import Sessions, session_scope
from hub.errors import HubError
from hub.settings import BrokerSettings
from hub.terminals import actions
from hub.terminals.authority import Authority, open_authority
from hub.terminals.claims.actions import approvers
from hub.terminals.claims.records import Claim
from hub.terminals.configuration.actions import desire, desired, first_configuration
from hub.terminals.errors import KeysError
from hub.terminals.records import Terminal
from wire.claims import GRANT_KIND
from wire.envelope import HUB, sign
from wire.provisioning import Broker, CheckpointSettings, Grant, Request, read_request

_APPROVED = (
    select(Claim)
    .where(Claim.approved_at.is_not(None), Claim.granted_at.is_(None), Claim.ended_at.is_(None))
    .order_by(Claim.id)
)

_log = logging.getLogger(__name__)


class Issuer:
    """Grants what was approved. `tick` is called by one thread, about twice a second; two issuers do no harm."""

    def __init__(self, sessions: Sessions, keys: Path, broker: BrokerSettings) -> None:
        self._sessions = sessions
        self._keys = keys
        self._broker = broker_of(broker)

    def tick(self, now: datetime) -> int:
        """How many grants were made. A database or key in trouble is logged, and tried again at the next tick."""
        try:
            with session_scope(self._sessions, writes=False) as session:
                waiting = session.scalars(_APPROVED).first() is not None
            if not waiting:
                return 0
            authority = open_authority(self._keys)
            with session_scope(self._sessions) as session:
                return issue_approved(session, authority, self._broker, now)
        except (SQLAlchemyError, KeysError) as error:
            # The text of a database's error may quote rows; its kind is enough to find the cause.
            _log.warning("Approved claims cannot be granted now (%s).", type(error).__name__)
            return 0


def broker_of(broker: BrokerSettings) -> Broker:
    """The hub's broker as terminals are told of it."""
    return Broker(host=broker.host, port=broker.port, tls=broker.tls, mqtt5=broker.mqtt5)


def issue_approved(session: Session, authority: Authority, broker: Broker, now: datetime) -> int:
    """Grant every approved claim; one that cannot be granted any more ends with the reason. Gives how many were."""
    issued = 0
    for claim in list(session.scalars(_APPROVED.with_for_update())):
        try:
            with session.begin_nested():
                granted = _grant(session, authority, broker, claim, now)
        except HubError as error:
            claim.ended_at, claim.ended_why = now, error.sentence[:400]
        else:
            claim.grant = sign(GRANT_KIND, HUB, granted.terminal, granted, authority.signing_key)
            claim.granted_at = now
            issued += 1
    session.flush()
    return issued


def _grant(session: Session, authority: Authority, broker: Broker, claim: Claim, now: datetime) -> Grant:
    request: Request = read_request(claim.request)
    place = CheckpointSettings(
        checkpoint=claim.checkpoint_code or "", from_zone=claim.from_zone or "", to_zone=claim.to_zone or ""
    )
    granted = actions.grant(session, authority, request, place, broker, now)
    by = approvers(session, claim)[-1]
    actions.note_grant(session, claim.name, place, now, Actor(by, COMMAND_LINE))
    if claim.replaces is not None:
        actions.retire(session, claim.replaces, claim.name, now)
    _configure(session, claim, by, now)
    return granted


def _configure(session: Session, claim: Claim, by: str, now: datetime) -> None:
    """The terminal is to run by what the one before it ran by, when both are of one model; else by its model's file."""
    old, new = (_terminal(session, name) for name in (claim.replaces, claim.name))
    before = desired(session, old.name) if old is not None and old.model == claim.model else None
    if before is not None and new is not None and desired(session, new.name) is None:
        settings = msgspec.to_builtins(before.settings)
        desire(session, new.id, settings, by=by, reason=f"As {before.terminal} before it", at=now)
    else:
        first_configuration(session, claim.name, claim.model, by=by, at=now)


def _terminal(session: Session, name: str | None) -> Terminal | None:
    return session.scalars(select(Terminal).where(Terminal.name == name)).one_or_none()
