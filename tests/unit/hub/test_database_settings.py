"""hub.toml: everything that cannot be used is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.settings import BrokerSettings, SettingsError, load, write_first


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[broker]\nport = 70000\n", "broker.port"),
        ('[broker]\nkind = "rabbit"\n', "broker.kind"),
        ("[broker]\nporrt = 1\n", "porrt"),
        ("database = 7\n", "database"),
        ('database = "not a url"\n', "database"),
        ('database = "mysql://here/pims"\n', "database"),
        ('database = "postgresql://pims:secret@here/pims"\n', "password"),
        ('[broker]\nkind = "amqtt"\nhost = "10.0.0.1"\n', "broker.host"),
        ("[broker\n", "hub.toml"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "hub.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        load(tmp_path)
    assert named in refused.value.sentence
    assert "secret" not in refused.value.sentence


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pims-hub init"):
        load(tmp_path)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    broker = BrokerSettings(kind="amqtt", host="127.0.0.1", port=1884)
    written = write_first(tmp_path, database="postgresql:///pims", broker=broker)
    assert load(tmp_path) == written
    assert written.broker == broker
    assert not written.broker.tls


def test_the_database_stands_in_the_data_directory_unless_told_otherwise(tmp_path: Path) -> None:
    assert write_first(tmp_path).database == f"sqlite:///{tmp_path.resolve() / 'hub.sqlite'}"
