"""Everything about a terminal that a technician chooses: typed, ranged, and refused by name when wrong.

A model's file (`firmware_configs/terminals/<model>.toml`) gives all but the terminal's name and its sensor's port;
`pims-edge init` writes the whole into `settings.json`, which alone is read afterwards.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta
from tinydb import TinyDB

from edge.errors import SettingsError
from edge.storage import AtomicStorage
from wire.codec import Strict
from wire.envelope import Name
from wire.topics import is_terminal_name

MODELS = Path(__file__).resolve().parent.parent / "firmware_configs" / "terminals"

T = TypeVar("T")

Seconds = Annotated[float, Meta(ge=0.1, le=3600)]
Rate = Annotated[float, Meta(ge=1e-12, le=1e-2)]
Baud = Annotated[int, Meta(ge=9600, le=921_600)]


class SensorChoice(Strict, frozen=True):
    """`port` is a path, best a udev symlink. Without `baud` 57,600 and 115,200 are probed."""

    port: Annotated[str, Meta(min_length=1, max_length=255)]
    backend: Literal["zfm", "pyfingerprint"] = "zfm"
    baud: Baud | None = None
    password: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    address: Annotated[int, Meta(ge=0, lt=2**32)] = 0xFFFFFFFF
    patience: Annotated[float, Meta(ge=0.5, le=10)] = 1.0


class PassageRules(Strict, frozen=True):
    """How one person is dealt with.

    `tries` fingers at most; the count starts again when none came for `retry_s`. `lamp_s` is the longest an answer
    stays lit. `expected_fmr` and `site_fmr` are false-match rates of one whole search: among those who may enter
    here, and among everybody else on the roll copy.
    """

    tries: Annotated[int, Meta(ge=1, le=5)]
    retry_s: Annotated[float, Meta(ge=2, le=60)]
    lamp_s: Annotated[float, Meta(ge=0.3, le=10)]
    expected_fmr: Rate
    site_fmr: Rate


class EngineSettings(Strict, frozen=True):
    """`threads` that the fingerprint engine may use: one leaves a core for everything else."""

    threads: Annotated[int, Meta(ge=1, le=8)]


class JournalSettings(Strict, frozen=True):
    """How much disk the journal may use. `most_mb` bounds its file.

    Under `reserve_mb` of free disk no entry is taken and the terminal refers; under `low_mb` it warns, and gives up
    entries that the hub has committed but not backed up.
    """

    most_mb: Annotated[int, Meta(ge=16, le=100_000)]
    reserve_mb: Annotated[int, Meta(ge=1, le=10_000)]
    low_mb: Annotated[int, Meta(ge=1, le=100_000)]


class CourierSettings(Strict, frozen=True):
    """How entries are sent. `window` batches may be under way in each lane, live and backlog.

    One that is not acknowledged within `resend_s` goes again, later and later up to `resend_most_s`. An entry is
    live for `live_s`.
    `state_s` is how often the terminal says how it is.
    """

    window: Annotated[int, Meta(ge=1, le=16)]
    resend_s: Seconds
    resend_most_s: Seconds
    live_s: Seconds
    state_s: Annotated[float, Meta(ge=1, le=30)]


class UplinkSettings(Strict, frozen=True):
    """How the broker is kept: `keepalive_s` is how soon a dead connection is noticed.

    The pause before connecting again is `retry_s`, doubled up to `retry_most_s`, and spread differently on each
    terminal.
    """

    retry_s: Seconds
    retry_most_s: Seconds
    keepalive_s: Annotated[int, Meta(ge=5, le=300)]


class ModelSettings(Strict, frozen=True):
    """What one model's file says."""

    passage: PassageRules
    engine: EngineSettings
    journal: JournalSettings
    courier: CourierSettings
    uplink: UplinkSettings


class Settings(ModelSettings, frozen=True):
    """What one terminal runs by."""

    terminal: Name
    model: Name
    sensor: SensorChoice


def read_model(name: str) -> tuple[str, ModelSettings]:
    """A model of `firmware_configs/terminals`, or a file that ends in .toml, with its name; SettingsError otherwise."""
    path = Path(name) if name.endswith(".toml") else MODELS / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text())
    except OSError as error:
        known = ", ".join(sorted(file.stem for file in MODELS.glob("*.toml"))) or f"none found in {MODELS}"
        raise SettingsError(
            f"There is no terminal model «{name}». Choose one of: {known}; or give a path that ends in .toml."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Correct it and try again.") from error
    return path.stem, _typed(content, ModelSettings, path)


def settings_of(model: str, *, terminal: str, sensor: dict[str, Any]) -> Settings:
    """Settings of a new terminal of that model; SettingsError names what is wrong."""
    name, chosen = read_model(model)
    content = {**msgspec.to_builtins(chosen), "terminal": terminal, "model": name, "sensor": sensor}
    return _typed(content, Settings, Path("the command line"))


def save(path: Path, settings: Settings) -> None:
    """Writes `settings.json` durably."""
    with TinyDB(path, storage=AtomicStorage) as database:
        table = database.table("settings")
        table.truncate()
        table.insert(msgspec.to_builtins(settings))


def load(path: Path) -> Settings:
    """What `save` wrote; SettingsError with the name of the key that is missing, unknown, or out of range."""
    if not path.exists():
        raise SettingsError(f"There is no terminal in {path.parent}. Make one with «pims-edge init».")
    try:
        with TinyDB(path, storage=AtomicStorage) as database:
            documents = [dict(document) for document in database.table("settings")]
    except (OSError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"{path} cannot be read as settings. Provision the terminal again.") from error
    if len(documents) != 1:
        raise SettingsError(f"{path} must hold the settings once. Provision the terminal again.")
    settings = _typed(documents[0], Settings, path)
    if not is_terminal_name(settings.terminal):
        raise SettingsError(
            f"The setting terminal in {path} must have 1 to 40 lower-case letters, digits and hyphens."
        )
    return settings


def _typed(content: dict[str, Any], kind: type[T], path: Path) -> T:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {_named(str(error))}. Correct it and try again.") from error


def _named(complaint: str) -> str:
    """msgspec says «what - at `$.section.key`»; people look for the key first."""
    what, _, place = complaint.partition(" - at ")
    key = place.strip("`").removeprefix("$").lstrip(".")
    return f"the setting {key} is wrong: {what}" if key else f"the settings are wrong: {what}"
