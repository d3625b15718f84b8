"""Which configuration this start runs by. A trial is counted on disk before it is made.

So whatever a configuration does to the terminal, a crash, a hang or a power cut, the terminal comes back by the one
it keeps, at the latest with the start after the second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from edge.configuration.stored import Kept, Stored, Trial, content_of, read_stored, write_stored
from edge.errors import SettingsError
from edge.log import Log
from edge.settings import Settings
from wire.happenings import ConfigurationTaken
from wire.settings import ModelSettings
from wire.versions import Version

MOST_STARTS = 2
"""Starts that a configuration gets within its probation: the first, and one more after a cut or a crash."""

NOT_STAYED_UP = "The terminal did not stay up with it for the time of its probation."
NOT_THIS_VERSION = "This version of the software cannot read it any more."


@dataclass(frozen=True)
class Start:
    """What this start runs by. `happened` is to be journalled; `base` are the settings of the provisioning."""

    path: Path
    settings: Settings
    stored: Stored
    version: Version | None = None
    trial: Trial | None = None
    happened: tuple[ConfigurationTaken, ...] = ()


def begin(path: Path, base: Settings, log: Log) -> Start:
    """Looks at `path` and counts the start. `base` is what the terminal was provisioned with."""
    stored = _read(path, log)
    if stored.trial is None:
        return _kept(path, base, stored, log)
    if stored.trial.starts >= MOST_STARTS:
        return _taken_back(path, base, stored, NOT_STAYED_UP, log)
    trial = msgspec.structs.replace(stored.trial, starts=stored.trial.starts + 1)
    stored = msgspec.structs.replace(stored, trial=trial)
    try:
        settings = with_content(base, trial)
        write_stored(path, stored)
    except SettingsError as error:
        return _taken_back(path, base, stored, error.sentence, log)
    except OSError as error:
        # What cannot be counted is not tried: it would be tried for ever.
        log.error("configuration_not_counted", why=error.strerror)
        return _kept(path, base, msgspec.structs.replace(stored, trial=None), log)
    log.info("configuration_on_trial", version=str(trial.version), start=trial.starts)
    taken = ConfigurationTaken(version=trial.version, outcome="applied", why="")
    first = (taken,) if trial.starts == 1 else ()
    return Start(path, settings, stored, trial.version, trial, first)


def give_up(start: Start, why: str, log: Log) -> bool:
    """Takes the configuration on trial back; False when there is none, or when the disk does not take it."""
    stored = _read(start.path, log)
    if start.trial is None or stored.trial is None:
        return False
    try:
        write_stored(start.path, stored.without_trial(why))
    except OSError as error:
        log.error("configuration_not_taken_back", why=error.strerror)
        return False
    log.error("configuration_taken_back", version=str(start.trial.version), why=why)
    return True


def with_content(base: Settings, held: Kept | Trial) -> Settings:
    """`base` with the hub's content; SettingsError when this version cannot run by it."""
    try:
        content = msgspec.convert(held.settings, ModelSettings)
    except msgspec.ValidationError as error:
        raise SettingsError(NOT_THIS_VERSION) from error
    return msgspec.structs.replace(base, **msgspec.structs.asdict(content))


def same_content(settings: Settings, content: ModelSettings) -> bool:
    """Whether running by `content` would change nothing."""
    return content_of(settings) == content_of(content)


def _read(path: Path, log: Log) -> Stored:
    try:
        return read_stored(path)
    except (msgspec.DecodeError, OSError) as error:
        log.error("configuration_damaged", kind=type(error).__name__, say="The hub is asked for it again.")
        try:
            path.replace(path.with_suffix(".damaged"))
        except OSError as unmoved:
            log.error("configuration_not_put_away", why=unmoved.strerror)
        return Stored()


def _kept(path: Path, base: Settings, stored: Stored, log: Log) -> Start:
    if stored.kept is None:
        return Start(path, base, stored)
    try:
        return Start(path, with_content(base, stored.kept), stored, stored.kept.version)
    except SettingsError as error:
        log.error("configuration_not_for_this_version", say=error.sentence)
        return Start(path, base, msgspec.structs.replace(stored, kept=None))


def _taken_back(path: Path, base: Settings, stored: Stored, why: str, log: Log) -> Start:
    assert stored.trial is not None
    version = stored.trial.version
    stored = stored.without_trial(why)
    try:
        write_stored(path, stored)
    except OSError as error:
        log.error("configuration_not_stored", why=error.strerror)
    log.error("configuration_taken_back", version=str(version), why=why)
    taken = ConfigurationTaken(version=version, outcome="reverted", why=why[:200])
    return replace(_kept(path, base, stored, log), happened=(taken,))
