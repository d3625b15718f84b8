"""What is written for mosquitto, and when it is written again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import settings
from hub.terminals.mosquitto import write_access_list, write_files


@pytest.fixture
def hub(tmp_path: Path) -> settings.Settings:
    broker = settings.BrokerSettings(host="127.0.0.1", port=18883)
    return settings.Settings(tmp_path, "sqlite://", broker)


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def test_every_word_of_the_template_is_filled_in(hub: settings.Settings) -> None:
    path = write_files(hub, [])
    assert path == hub.data.resolve() / "broker" / "mosquitto.conf"
    assert "@" not in "\n".join(lines(path) + lines(path.parent / "acl"))
    assert "listener 18883 127.0.0.1" in lines(path)


@pytest.mark.parametrize(
    "needed",
    [
        "allow_anonymous false",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "tls_version tlsv1.3",
        "persistence true",
        "autosave_on_changes true",
        "autosave_interval 1",
    ],
)
def test_what_safety_rests_on_is_there(hub: settings.Settings, needed: str) -> None:
    assert needed in lines(write_files(hub, []))


def test_the_files_are_their_owners_alone(hub: settings.Settings) -> None:
    folder = write_files(hub, []).parent
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_a_cut_off_terminal_is_denied_everything(hub: settings.Settings) -> None:
    write_files(hub, ["gate-a", "gate-b"])
    acl = lines(hub.data / "broker" / "acl")
    assert acl[-4:] == ["user gate-a", "topic deny #", "user gate-b", "topic deny #"]
    # Patterns and the hub's own lines must come before the first denied user, or they would become that user's.
    assert acl.index("pattern write pims/up/%u/journal") < acl.index("user gate-a")


def test_it_is_written_only_when_it_says_something_new(hub: settings.Settings) -> None:
    write_files(hub, [])
    assert not write_access_list(hub, [])
    assert write_access_list(hub, ["gate-a"])
    assert not write_access_list(hub, ["gate-a"])
