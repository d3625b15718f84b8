"""H/hub.toml: where the database and the broker are, who takes terminals in, how agencies reach it. No secret."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hub.errors import HubError
from wire.provisioning import is_loopback

FILE = "hub.toml"
BROKER_PORT = 8883
"""The port registered for MQTT over TLS."""


class SettingsError(HubError):
    """hub.toml is missing or says something that cannot be used; the sentence names file and field."""

    def __init__(self, sentence: str) -> None:
        super().__init__("settings", sentence)


class BrokerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`mosquitto` speaks mutual TLS; `amqtt` plain MQTT 3.1.1 on loopback only."""

    kind: Literal["mosquitto", "amqtt"] = "mosquitto"
    host: Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:-]+$")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = BROKER_PORT

    @property
    def tls(self) -> bool:
        return self.kind == "mosquitto"

    @property
    def mqtt5(self) -> bool:
        return self.kind == "mosquitto"


class TerminalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """With `second_person` two accounts must compare the code of a terminal that asks to be taken in."""

    second_person: bool = False


class AccountSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Signing in. `second_factor` names the roles that must have one, `grace_days` after their first sign-in.

    `control_room_networks` (10.20.0.0/24) is where the control room works; `site` is the address of the pages
    (https://hub.example:8443) where a server before the hub hides it; `most_sessions` goes by role.
    """

    second_factor: tuple[str, ...] = ("administrator", "records_officer", "director", "auditor", "health")
    grace_days: Annotated[int, Meta(ge=0, le=90)] = 7
    control_room_networks: tuple[str, ...] = ()
    site: Annotated[str, Meta(max_length=253, pattern=r"^(https?://[A-Za-z0-9.:-]+)?$")] = ""
    most_sessions: dict[str, Annotated[int, Meta(ge=1, le=100)]] = {}


class AgencySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`address` is how other agencies reach their interface (https://prison.example:8444): what they are told calls it
    so. Empty: by the listener's own name."""

    address: Annotated[str, Meta(max_length=253, pattern=r"^(https://[A-Za-z0-9.:\[\]-]+)?$")] = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    database: str = ""
    broker: BrokerSettings = BrokerSettings()
    terminals: TerminalSettings = TerminalSettings()
    accounts: AccountSettings = AccountSettings()
    agencies: AgencySettings = AgencySettings()


@dataclass(frozen=True)
class Settings:
    """What start-up reads. `database` is an SQLAlchemy URL, H/hub.sqlite unless hub.toml says otherwise."""

    data: Path
    database: str
    broker: BrokerSettings
    terminals: TerminalSettings = field(default_factory=TerminalSettings)
    accounts: AccountSettings = field(default_factory=AccountSettings)
    agencies: AgencySettings = field(default_factory=AgencySettings)

    @property
    def keys(self) -> Path:
        """Folder of the hub's keys and certificates."""
        return self.data / "keys"


def load(data: Path) -> Settings:
    """Settings of the hub in `data`; SettingsError with a sentence naming file and field."""
    path = data / FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"{path} does not exist. Make this hub first: pims-hub init --data {data}"
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    return _settings(data, raw, path)


def write_first(data: Path, *, database: str = "", broker: BrokerSettings | None = None) -> Settings:
    """Write hub.toml for a new hub and give its settings; SettingsError when they cannot be used."""
    text = _text(_File(database=database, broker=broker or BrokerSettings()))
    path = data / FILE
    settings = _settings(data, text.encode(), path)
    write_durably(path, text)
    return settings


def _settings(data: Path, raw: bytes, path: Path) -> Settings:
    try:
        file = msgspec.toml.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be used: {error}. Correct it and start again.") from error
    if file.broker.kind == "amqtt" and not is_loopback(file.broker.host):
        raise SettingsError(
            f"{path}: `broker.host` must be 127.0.0.1 with amqtt, which has neither encryption nor access list."
        )
    database = file.database or f"sqlite:///{(data / 'hub.sqlite').resolve()}"
    try:
        url = make_url(database)
    except ArgumentError:
        raise SettingsError(
            f"{path}: `database` is not an SQLAlchemy URL such as postgresql:///pims."
        ) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(f"{path}: `database` must begin with sqlite: or postgresql:.")
    if url.password is not None:
        raise SettingsError(
            f"{path}: `database` must not hold a password. Put it into a password file (PGPASSFILE)."
        )
    _check_networks(file.accounts.control_room_networks, path)
    return Settings(data, database, file.broker, file.terminals, file.accounts, file.agencies)


def _check_networks(networks: tuple[str, ...], path: Path) -> None:
    for text in networks:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise SettingsError(
                f"{path}: `accounts.control_room_networks` holds {text!r}. Write a network such as 10.20.0.0/24."
            ) from None


def _text(file: _File) -> str:
    lines = [f"database = {_quoted(file.database)}"] if file.database else []
    broker = file.broker
    return "\n".join(
        [
            *lines,
            "[broker]",
            f"kind = {_quoted(broker.kind)}",
            f"host = {_quoted(broker.host)}",
            f"port = {broker.port}",
            "",
        ]
    )


def _quoted(text: str) -> str:
    # A JSON string is also a TOML basic string.
    return msgspec.json.encode(text).decode()


def write_durably(path: Path, text: str) -> None:
    """Write or replace a file that is no secret: a reader sees the old text or the new one, whole."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames and new names inside `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
