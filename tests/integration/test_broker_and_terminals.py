"""What the broker's process does with terminals: it grants approved ones, and refuses others in words that they note:
another hub's certificate, an expired one, being cut off."""

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
from hub.accounts.audit import OPERATOR
from hub.database import make_engine, make_sessions, session_scope
from hub.terminals import actions
from hub.terminals.actions import find_keys
from hub.terminals.authority import open_authority, prepare_authority
from hub.terminals.certificates import CLIENT, certificate_pem, key_pem, leaf, new_key, read_key
from hub.terminals.claims.actions import approve
from hub.terminals.claims.checks import Placing
from hub.terminals.claims.identity import read_identity
from hub.terminals.claims.opening import answer_of, find_claim, open_claim, reveal
from wire.claims import ClaimState
from wire.provisioning import CheckpointSettings
from wire.settings import UplinkSettings
from wire.topics import Channel, topic

from ..unit.hub.claim_world import Knocker
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


def test_what_was_approved_is_granted_by_the_brokers_process(broker: RunningBroker) -> None:
    device, now = Knocker(name="gate-new"), datetime.now(UTC)
    identity = read_identity(broker.hub.keys)
    place = CheckpointSettings(checkpoint="gate-in", from_zone="yard", to_zone="gate-hall")
    engine = make_engine(broker.hub.database)
    sessions = make_sessions(engine)
    with session_scope(sessions) as session:
        open_claim(session, device.opening(), identity, claim="a" * 32, nonce=b"n" * 32, address="", now=now)
        reveal(session, "a" * 32, device.nonce, identity, now)
        claim = find_claim(session, "a" * 32)
        assert approve(
            session, claim, claim.code or "", Placing(place), second_person=False, actor=OPERATOR, now=now
        )

    def granted() -> bool:
        with session_scope(sessions, writes=False) as session:
            return answer_of(find_claim(session, "a" * 32), now).state is ClaimState.GRANTED

    assert until(granted)
    with session_scope(sessions, writes=False) as session:
        assert find_keys(session, "gate-new") is not None
    engine.dispose()
