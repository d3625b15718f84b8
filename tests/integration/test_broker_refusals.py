"""The broker that cannot run says why, in one sentence, and gives a status."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import settings
from hub.terminals import broker, embedded, mosquitto
from hub.terminals.errors import BrokerError
from hub.terminals.stopping import Stop

from ..waiting import PATIENCE_S
from .broker_at_work import make_hub, pims_hub


def refusal(hub: settings.Settings) -> str:
    """The only line of a broker that refuses with status 1."""
    process = pims_hub("broker", "--data", str(hub.data))
    said, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert said == ""
    assert len(error.splitlines()) == 1
    return error


@pytest.mark.parametrize("kind", ["mosquitto", pytest.param("amqtt", marks=pytest.mark.long)])
def test_port_in_use(tmp_path: Path, kind: str) -> None:
    import socket

    hub = make_hub(tmp_path / "hub", kind)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", hub.broker.port))
        holder.listen()
        sentence = refusal(hub)
    assert f"cannot listen on 127.0.0.1:{hub.broker.port}" in sentence
    assert "hub.toml" in sentence


def test_missing_mosquitto_names_the_package_and_the_other_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = make_hub(tmp_path / "hub", "mosquitto")
    monkeypatch.setattr(mosquitto, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match=r"apt-get install --yes mosquitto.*kind = \"amqtt\""):
        broker.run(hub, print)


def test_unknown_host(tmp_path: Path) -> None:
    assert "no-such-host.invalid" in refusal(make_hub(tmp_path / "hub", "mosquitto", "no-such-host.invalid"))


def test_the_embedded_broker_refuses_another_host_than_loopback() -> None:
    with pytest.raises(BrokerError, match="serves this machine only"):
        embedded.run("0.0.0.0", 1883, Stop(), print)


def test_open_keys(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", "mosquitto")
    (hub.keys / "hub-ingest.key").chmod(0o640)
    process = pims_hub("broker", "--data", str(hub.data))
    error = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 2
    assert "chmod 600" in error
    assert len(error.splitlines()) == 1


def test_an_unreadable_database_lets_nobody_in(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", "mosquitto")
    (tmp_path / "hub" / "hub.sqlite").write_bytes(b"not a database" * 1000)
    for rest in ("-wal", "-shm"):
        (tmp_path / "hub" / f"hub.sqlite{rest}").unlink(missing_ok=True)
    process = pims_hub("broker", "--data", str(hub.data))
    error = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 1
    assert "nobody is let in" in error
    assert "Traceback" not in error
