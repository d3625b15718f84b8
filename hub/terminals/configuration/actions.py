"""Saying what a terminal shall run by, and noting what it says of it. Every change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.terminals.configuration.models import model_settings
from hub.terminals.configuration.records import ConfigurationEvent, ConfigurationReport, DesiredConfiguration
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Terminal
from wire.happenings import ConfigurationTaken
from wire.settings import ModelSettings
from wire.settings_keys import Fault, faults_of, read_settings
from wire.state import State
from wire.versions import Version

PROBATION_S: Final = 60
"""How long a terminal watches itself under a new configuration before it keeps it, unless somebody says otherwise."""


class WrongSettingsError(RefusedError):
    """Settings that no terminal could take; `faults` names each wrong key."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("wrong_settings", Sentence("Some settings cannot be. Nothing was changed."))
        self.faults = faults


@dataclass(frozen=True)
class Desired:
    """What a terminal shall run by."""

    terminal: str
    version: Version
    settings: ModelSettings
    by: str
    reason: str
    made_at: datetime
    probation_s: int


def desired(session: Session, name: str) -> Desired | None:
    """What the terminal called `name` shall run by; None while that is what it was provisioned with."""
    row = session.scalar(
        select(DesiredConfiguration)
        .join(Terminal, Terminal.id == DesiredConfiguration.terminal_id)
        .where(Terminal.name == name)
        .order_by(DesiredConfiguration.counter.desc())
        .limit(1)
    )
    if row is None:
        return None
    version = Version(current_epoch(session), row.counter)
    return Desired(
        name, version, _as_settings(row.settings), row.by, row.reason, row.made_at, row.probation_s
    )


def first_configuration(session: Session, name: str, model: str, *, by: str, at: datetime) -> bool:
    """The model's file becomes what the terminal shall run by; False when it has something already, or for a
    model that is not one of ours."""
    settings = model_settings(model)
    terminal_id = session.scalar(select(Terminal.id).where(Terminal.name == name))
    if settings is None or terminal_id is None or desired(session, name) is not None:
        return False
    desire(session, terminal_id, msgspec.to_builtins(settings), by=by, reason=f"Model {model}", at=at)
    return True


def base_of(session: Session, terminal_id: int) -> dict[str, Any] | None:
    """Settings that a change of this terminal starts from; None when neither they nor its model are known."""
    row = latest(session, terminal_id)
    if row is not None:
        return row.settings
    report = session.get(ConfigurationReport, terminal_id)
    terminal = session.get(Terminal, terminal_id)
    model = report.model if report is not None else ""
    settings = model_settings(model or (terminal.model if terminal is not None else ""))
    return None if settings is None else msgspec.to_builtins(settings)


def latest(session: Session, terminal_id: int) -> DesiredConfiguration | None:
    """The row that counts for a terminal."""
    return session.scalar(
        select(DesiredConfiguration)
        .where(DesiredConfiguration.terminal_id == terminal_id)
        .order_by(DesiredConfiguration.counter.desc())
        .limit(1)
    )


def with_changes(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`settings` with the values of `changes`, by `section.key`; WrongSettingsError when they cannot be."""
    changed = {name: dict(section) for name, section in settings.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        changed.setdefault(section, {})[name] = value
    faults = faults_of(changed, whole=False)
    if faults:
        raise WrongSettingsError(faults)
    whole: dict[str, Any] = msgspec.to_builtins(read_settings(changed))
    return whole


def desire(
    session: Session,
    terminal_id: int,
    settings: Mapping[str, Any],
    *,
    by: str,
    reason: str,
    at: datetime,
    probation_s: int = PROBATION_S,
    rollout_id: int | None = None,
) -> int:
    """From now on the terminal shall run by `settings`; gives the counter. WrongSettingsError when it cannot."""
    whole = with_changes(settings, {})
    # Two at once would count alike, and one of them fails: the terminal's own row makes them take turns.
    session.execute(select(Terminal.id).where(Terminal.id == terminal_id).with_for_update(key_share=True))
    before = latest(session, terminal_id)
    row = DesiredConfiguration(
        terminal_id=terminal_id,
        counter=1 if before is None else before.counter + 1,
        settings=whole,
        by=by[:64],
        reason=reason[:200],
        made_at=at,
        probation_s=probation_s,
        rollout_id=rollout_id,
    )
    session.add(row)
    session.flush()
    return row.counter


def put_back(session: Session, terminal_id: int, counter: int, *, actor: Actor, at: datetime) -> int:
    """A new version with the content of version `counter`. RefusedError when there is no such one."""
    old = session.scalar(
        select(DesiredConfiguration).where(
            DesiredConfiguration.terminal_id == terminal_id, DesiredConfiguration.counter == counter
        )
    )
    if old is None:
        raise RefusedError("no_version", Sentence("There is no such version. Choose one from the list."))
    made = desire(
        session,
        terminal_id,
        old.settings,
        by=actor.login,
        reason=f"As version {counter}",
        at=at,
        probation_s=old.probation_s,
    )
    name = session.scalar(select(Terminal.name).where(Terminal.id == terminal_id)) or ""
    write_down(
        session, at=at, actor=actor, act="configuration.put_back", subject=name, detail=f"version {counter}"
    )
    return made


def note_held(session: Session, terminal_id: int, state: State, now: datetime) -> None:
    """Keep what a terminal says of its configuration and of the orders it holds."""
    held = session.get(ConfigurationReport, terminal_id)
    if held is None:
        held = ConfigurationReport(terminal_id=terminal_id, since_at=now, epoch=None, counter=None)
        session.add(held)
    said = state.config_version
    if reported(held.epoch, held.counter) != said:
        held.since_at = now
    held.model, held.on_trial, held.why = state.model, state.config_on_trial, state.config_why
    held.epoch, held.counter = _parts(said)
    held.refused_epoch, held.refused_counter = _parts(state.config_refused)
    held.orders_epoch, held.orders_counter = _parts(state.orders_version)
    session.flush()


def note_taken(
    session: Session, terminal_id: int, said: ConfigurationTaken, happened_at: datetime, now: datetime
) -> None:
    """Keep what a terminal's journal says became of a configuration."""
    session.add(
        ConfigurationEvent(
            terminal_id=terminal_id,
            epoch=said.version.epoch,
            counter=said.version.counter,
            outcome=said.outcome,
            why=said.why,
            happened_at=happened_at,
            recorded_at=now,
        )
    )
    session.flush()


def reported(epoch: int | None, counter: int | None) -> Version | None:
    """A version as it is stored in two columns."""
    return None if epoch is None or counter is None else Version(epoch, counter)


def _parts(version: Version | None) -> tuple[int | None, int | None]:
    return (None, None) if version is None else (version.epoch, version.counter)


def _as_settings(stored: Mapping[str, Any]) -> ModelSettings:
    return read_settings(stored)
