"""A configuration on its whole way: real desk, real broker, a real agent with a sensor on a pty in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.accounts.audit import Actor
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions, session_scope
from hub.migrations import upgrade
from hub.terminals.actions import note_state
from hub.terminals.configuration.actions import desired, first_configuration, note_held
from hub.terminals.configuration.desk import ConfigurationDesk
from hub.terminals.configuration.models import model_settings
from hub.terminals.configuration.rollouts import begin_rollout, stop
from tests.integration.terminal_at_work import HubDouble, Mosquitto, Terminal
from tests.ports import free_port
from tests.unit.hub.site_world import World, cheap_passwords
from wire.configuration import KIND, Configuration
from wire.envelope import HUB, sign
from wire.happenings import ConfigurationTaken
from wire.state import State
from wire.topics import Channel, topic
from wire.versions import Version

from ..waiting import PATIENCE_S, until

ADA = Actor("ada", "10.0.0.9")
NAME, OTHER = "block-a", "block-b"
LONG_S = 2 * PATIENCE_S


class Hub:
    """The hub's tables and its desk; what the terminal says comes in when somebody waits for something."""

    def __init__(self, folder: Path, double: HubDouble, port: int) -> None:
        engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
        upgrade(engine)
        self.world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
        self.world.now()
        self.world.site()
        self.double = double
        self.alarms: list[tuple[str, dict[str, Any]]] = []
        self._seen = 0
        self.ids = {name: self.world.terminal(name) for name in (NAME, OTHER)}
        with session_scope(self.world.sessions) as session:
            for name in self.ids:
                first_configuration(session, name, "cell_block", by="ada", at=datetime.now(UTC))
        self._desk = ConfigurationDesk(self.world.sessions, double.key, self._send, self._alarm)

    def until(self, condition: Callable[[], bool], patience_s: float = LONG_S) -> bool:
        """Goes on with the hub's work until `condition`."""

        def look() -> bool:
            self._work()
            return condition()

        return until(look, patience_s)

    def last(self) -> State:
        return [state for state in self.double.states if state.online][-1]

    def roll_out(self, changes: dict[str, Any], probation_s: int = 1) -> int:
        with session_scope(self.world.sessions) as session:
            return begin_rollout(
                session,
                [NAME, OTHER],
                changes,
                reason="test",
                first=1,
                percent=10,
                soak_s=1,
                probation_s=probation_s,
                actor=ADA,
                at=datetime.now(UTC),
            )

    def wanted(self, name: str) -> Version:
        with session_scope(self.world.sessions) as session:
            found = desired(session, name)
        assert found is not None
        return found.version

    def outcomes(self) -> list[tuple[str, str]]:
        told = [item for item in self.double.happenings() if isinstance(item, ConfigurationTaken)]
        return [(str(item.version), item.outcome) for item in told]

    def _work(self) -> None:
        states, self._seen = self.double.states[self._seen :], len(self.double.states)
        for state in states:
            with session_scope(self.world.sessions) as session:
                news = note_state(session, self.ids[NAME], state, datetime.now(UTC))
                if news and state.online:
                    note_held(session, self.ids[NAME], state, datetime.now(UTC))
        self._desk.tick(datetime.now(UTC))

    def _send(self, where: str, payload: bytes) -> bool:
        self.double.publish(where, payload)
        return True

    def _alarm(self, _session: object, _at: datetime, what: str, facts: dict[str, Any]) -> None:
        self.alarms.append((what, facts))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Hub, Terminal]]:
    broker = Mosquitto(tmp_path, free_port())
    broker.start()
    double = HubDouble()
    terminal = Terminal(tmp_path, NAME)
    double.take_in(terminal.folder, terminal.settings, broker.port)
    double.connect(broker.port)
    try:
        yield Hub(tmp_path, double, broker.port), terminal
    finally:
        terminal.close()
        double.close()
        broker.kill()


@pytest.mark.long
def test_a_configuration_is_kept_a_bad_one_taken_back_and_the_past_refused(
    hub: tuple[Hub, Terminal],
) -> None:
    site, terminal = hub
    terminal.front.emulator.start()
    terminal.agent.start()
    pid = terminal.agent.pid
    assert site.until(lambda: site.outcomes() == [("1.1", "kept")]), terminal.agent.log.read_text()
    assert len(terminal.starts()) == 1, "what it runs by already needs no start anew"

    site.roll_out({"passage.tries": 2})
    assert site.until(lambda: site.outcomes()[-1] == ("1.2", "kept")), terminal.agent.log.read_text()
    assert terminal.agent.pid == pid
    assert terminal.agent.alive
    assert len(terminal.starts()) == 2
    # The other terminal was never heard, so it goes last, once the first one was watched for its second.
    assert site.until(lambda: site.wanted(OTHER) == Version(1, 2))
    assert site.until(lambda: site.last().config_version == Version(1, 2))
    assert not site.last().config_on_trial

    refused = site.last().health
    assert refused is not None
    past = Configuration(
        version=Version(1, 1),
        said_at=datetime.now(UTC) + timedelta(seconds=1),
        settings=msgspec.json.encode(model_settings("cell_block")),
        probation_s=1.0,
    )
    site.double.publish(topic(NAME, Channel.CONFIG), sign(KIND, HUB, NAME, past, site.double.key))
    assert site.until(lambda: (site.last().health or refused).refused_from_hub > refused.refused_from_hub)
    assert site.last().config_version == Version(1, 2)

    with session_scope(site.world.sessions) as session:
        # The first roll-out waits for a terminal that never comes; somebody takes it off the list.
        stop(session, 1, actor=ADA, at=datetime.now(UTC))
    site.roll_out({"passage.lamp_s": 2.5}, probation_s=10)  # so that the sensor surely goes away within it
    assert site.until(lambda: site.last().config_on_trial), terminal.agent.log.read_text()
    terminal.front.emulator.stop()
    assert site.until(lambda: bool(site.alarms)), terminal.agent.log.read_text()
    assert site.alarms[0][0] == "rollout_stopped"
    assert site.alarms[0][1]["terminal"] == NAME
    assert ("1.3", "reverted") in [*site.outcomes(), *_journalled(terminal)]
    assert site.until(lambda: site.last().config_version == Version(1, 2))
    assert site.last().config_refused == Version(1, 3)
    assert "sensor" in site.last().config_why
    assert site.wanted(OTHER) == Version(1, 2)
    assert terminal.agent.pid == pid
    assert terminal.agent.alive


def _journalled(terminal: Terminal) -> list[tuple[str, str]]:
    told = [item for item in terminal.journalled() if isinstance(item, ConfigurationTaken)]
    return [(str(item.version), item.outcome) for item in told]
