"""Everything about a terminal that a technician chooses: typed, ranged, and refused by name when wrong.

A model's file (`firmware_configs/terminals/<model>.toml`) gives all but the terminal's name and its sensor's port;
`pims-edge init` writes the whole into `settings.json`, which alone is read afterwards.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import TinyDB

from edge.errors import SettingsError
from edge.storage import AtomicStorage
from wire.envelope import Name
from wire.settings import ModelSettings, ProtectionChoice, SensorChoice
from wire.settings_keys import faults_of, read_settings
from wire.topics import is_terminal_name

MODELS = Path(__file__).resolve().parent.parent / "firmware_configs" / "terminals"

T = TypeVar("T")


class Settings(ModelSettings, frozen=True, kw_only=True):
    """What one terminal runs by."""

    terminal: Name
    model: Name
    sensor: SensorChoice
    protection: ProtectionChoice = msgspec.field(default_factory=ProtectionChoice)


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
    faults = faults_of(content)
    if faults:
        named = "; ".join(f"{fault.key} {fault.what}" for fault in faults)
        raise SettingsError(f"{path}: {named}. Correct it and try again.")
    return path.stem, read_settings(content)


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
