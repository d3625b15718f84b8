"""What a terminal notes when a real broker refuses it: another hub's certificate, an expired one, being cut off."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from edge.connection_words import why_not
from edge.log import Log
from edge.uplink import Identity, Line, News, Uplink
from hub.database import make_engine, make_sessions, session_scope
from hub.terminals import actions
from hub.terminals.authority import open_authority, prepare_authority
from hub.terminals.certificates import CLIENT, certificate_pem, key_pem, leaf, new_key, read_key
from wire.settings import UplinkSettings
from wire.topics import Channel, topic

from ..waiting import until
from .broker_at_work import NOW, RunningBroker, grant_terminal, make_hub

SETTINGS = UplinkSettings(retry_s=0.2, retry_most_s=0.4, keepalive_s=20)


class Edge:
    """The line of one terminal, running in a thread; `words` is what `pims-edge status` would say of it."""

    def __init__(self, hub: RunningBroker, folder: Path, name: str, authority: Path) -> None:
        identity = Identity(folder / f"{name}.pem", folder / f"{name}.key", authority)
        line = Line(
            host="127.0.0.1",
            port=hub.hub.broker.port,
            mqtt5=True,
            terminal=name,
            identity=identity,
            subscriptions=[topic(name, Channel.ACK)],
            will_topic=topic(name, Channel.STATE),
        )
        self.news: list[News] = []
        self.written = io.StringIO()
        self.uplink = Uplink(
            line,
            SETTINGS,
            next_session=lambda: 1,
            will=lambda _session: b"will",
            post=self.news.append,
            log=Log("uplink", self.written),
            random=Random(1),
        )
        self._thread = threading.Thread(target=self.uplink.run, daemon=True)

    @property
    def words(self) -> str:
        return why_not(self.uplink.last_failure()) or ""

    def __enter__(self) -> Edge:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.uplink.stop()
        self._thread.join(30)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    hub = make_hub(tmp_path_factory.mktemp("refusing") / "hub", "mosquitto")
    with RunningBroker(hub) as running:
        yield running


def certified(keys: Path, folder: Path, name: str, made_at: datetime) -> None:
    """A certificate in `name` of the authority in `keys`, made at that time."""
    folder.mkdir(exist_ok=True)
    authority = open_authority(keys)
    key = new_key()
    signed = leaf(
        authority.certificate,
        read_key((keys / "ca.key").read_bytes()),
        key.public_key(),
        name,
        CLIENT,
        made_at,
    )
    (folder / f"{name}.key").write_bytes(key_pem(key))
    (folder / f"{name}.pem").write_text(certificate_pem(signed))


def test_a_certificate_of_another_hub_is_said(broker: RunningBroker, tmp_path: Path) -> None:
    other = prepare_authority(tmp_path / "other")
    certified(other.folder, tmp_path, "gate-x", NOW)
    with Edge(broker, tmp_path, "gate-x", broker.hub.keys / "ca.pem") as edge:
        assert until(lambda: "another hub" in edge.words), edge.uplink.last_failure()
    assert edge.news == []


def test_a_broker_of_another_hub_is_said(broker: RunningBroker, tmp_path: Path) -> None:
    other = prepare_authority(tmp_path / "other")
    certified(broker.hub.keys, tmp_path, "gate-y", NOW)
    with Edge(broker, tmp_path, "gate-y", other.folder / "ca.pem") as edge:
        assert until(lambda: "not of the hub" in edge.words), edge.uplink.last_failure()
    assert edge.news == []


def test_an_expired_certificate_is_said(broker: RunningBroker, tmp_path: Path) -> None:
    certified(broker.hub.keys, tmp_path, "gate-z", datetime.now(UTC) - timedelta(days=400))
    with Edge(broker, tmp_path, "gate-z", broker.hub.keys / "ca.pem") as edge:
        assert until(lambda: "has expired" in edge.words), edge.uplink.last_failure()
    assert edge.news == []
    assert "This terminal's certificate has expired." in edge.written.getvalue()


def test_being_cut_off_is_said(broker: RunningBroker, tmp_path: Path) -> None:
    grant_terminal(broker.hub, open_authority(broker.hub.keys), "gate-c", tmp_path)
    with Edge(broker, tmp_path, "gate-c", tmp_path / "ca.pem") as edge:
        assert until(lambda: edge.uplink.publish(topic("gate-c", Channel.JOURNAL), b"x"))
        engine = make_engine(broker.hub.database)
        with session_scope(make_sessions(engine)) as session:
            actions.cut_off(session, "gate-c", NOW, "stolen")
        engine.dispose()

        def told() -> bool:
            edge.uplink.publish(topic("gate-c", Channel.JOURNAL), b"x")
            return "has cut this terminal off" in edge.words

        assert until(told), edge.uplink.last_failure()
