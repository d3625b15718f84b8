"""What the terminal remembers of the hub's configurations: the one it keeps, the one on trial, the one it refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge.storage import write_durably
from wire.codec import Strict
from wire.settings import ModelSettings
from wire.versions import NOTHING, Count, Version

FORM = 1


class Kept(Strict, frozen=True):
    """A configuration that stood its probation; `settings` is the content of a `ModelSettings`."""

    version: Version
    settings: dict[str, Any]


class Trial(Strict, frozen=True):
    """A configuration on probation.

    `starts` counts the starts with it, each written before it is made. What worked before it came must work with it:
    `sensor_worked` and `in_service` tell how the terminal's front stood.
    """

    version: Version
    settings: dict[str, Any]
    probation_s: float
    sensor_worked: bool
    in_service: bool
    starts: Count = 0


class Refused(Strict, frozen=True):
    """The newest version that was refused or taken back here, and why: it is never tried again."""

    version: Version
    why: Annotated[str, Meta(max_length=200)]


class Stored(Strict, frozen=True):
    """`configuration.json`. Without `kept` the terminal runs by what it was provisioned with."""

    form: int = FORM
    kept: Kept | None = None
    trial: Trial | None = None
    refused: Refused | None = None

    def newest(self) -> Version:
        """The newest version that was ever taken in here, whatever became of it."""
        known = (self.kept, self.trial, self.refused)
        return max((one.version for one in known if one is not None), default=NOTHING)

    def without_trial(self, why: str) -> Stored:
        """As it stands once the one on trial was taken back because of `why`."""
        assert self.trial is not None
        refused = Refused(version=self.trial.version, why=why[:200])
        return msgspec.structs.replace(self, trial=None, refused=refused)

    def with_trial_kept(self) -> Stored:
        """As it stands once the one on trial is kept for good."""
        assert self.trial is not None
        kept = Kept(version=self.trial.version, settings=self.trial.settings)
        return msgspec.structs.replace(self, trial=None, kept=kept)


def read_stored(path: Path) -> Stored:
    """What was written, an empty `Stored` when nothing was; msgspec.DecodeError when it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Stored()
    try:
        return msgspec.json.decode(raw, type=Stored)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError("The file is no JSON.") from error


def write_stored(path: Path, stored: Stored) -> None:
    """Durable when it returns; OSError, and then the old content stands."""
    write_durably(path, msgspec.json.format(msgspec.json.encode(stored), indent=1))


def content_of(settings: ModelSettings) -> dict[str, Any]:
    """The model's part of settings, as it is stored."""
    plain: dict[str, Any] = {
        name: msgspec.to_builtins(getattr(settings, name)) for name in ModelSettings.__struct_fields__
    }
    return plain
