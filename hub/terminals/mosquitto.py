"""mosquitto as our child: its files filled in from the templates, its life tied to ours.

The child is not put in our place by exec, because somebody must go on watching: a terminal that is cut off, by
whatever process, is denied here within a second. Should this process be killed, the kernel kills the child with
it, so that no orphan holds the port.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from hub.lifeline import die_with_parent
from hub.settings import Settings
from hub.terminals.errors import BrokerError
from wire.codec import MAX_MESSAGE_BYTES

TEMPLATES = Path(__file__).resolve().parents[2] / "firmware_configs" / "mosquitto"
PACKET_BYTES = MAX_MESSAGE_BYTES + 4096
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
"""Debian puts mosquitto where an ordinary user's PATH does not lead."""

MISSING = (
    "mosquitto is not installed. Install it: sudo apt-get install --yes mosquitto  Or use the embedded broker, "
    'on this machine only: in hub.toml, under [broker], kind = "amqtt".'
)


def find_program() -> str:
    """Path of mosquitto; BrokerError with the way out when there is none."""
    path = shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), *SYSTEM_FOLDERS]))
    if path is None:
        raise BrokerError(MISSING)
    return path


def write_files(settings: Settings, cut_off: Iterable[str]) -> Path:
    """Write mosquitto.conf and acl below the hub's data folder; gives the path of the former."""
    folder = (settings.data / "broker").resolve()
    (folder / "store").mkdir(mode=0o700, parents=True, exist_ok=True)
    write_access_list(settings, cut_off)
    words = {
        "host": settings.broker.host,
        "port": str(settings.broker.port),
        "keys": str(settings.keys.resolve()),
        "folder": str(folder),
        "packet_bytes": str(PACKET_BYTES),
        "user": _user(),
    }
    path = folder / "mosquitto.conf"
    _write(path, _filled("mosquitto.conf", words))
    return path


def write_access_list(settings: Settings, cut_off: Iterable[str]) -> bool:
    """Write the access list with these terminals denied; True when it says something new."""
    denied = "".join(f"user {name}\ntopic deny #\n" for name in cut_off)
    text = _filled("acl", {"cut_off": denied})
    path = settings.data / "broker" / "acl"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    _write(path, text)
    return True


def start(configuration: Path) -> subprocess.Popen[bytes]:
    """Start mosquitto with this configuration; it dies with this process, however that ends."""
    return subprocess.Popen(
        [find_program(), "-c", str(configuration)],
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - this process has one thread
    )


def _filled(template: str, words: dict[str, str]) -> str:
    path = TEMPLATES / template
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BrokerError(f"The template {path} cannot be read: {error.strerror}.") from error
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def _user() -> str:
    # Started by root, mosquitto would become another user, who may read none of our keys.
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return "root"


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
