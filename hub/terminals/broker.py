"""`pims-hub broker`: the broker of hub.toml in the foreground, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.lifeline import Notify
from hub.settings import Settings
from hub.terminals import mosquitto
from hub.terminals.actions import cut_off_names
from hub.terminals.authority import prepare_authority
from hub.terminals.errors import BrokerError
from hub.terminals.key_files import INGEST
from hub.terminals.mqtt import tls_context
from hub.terminals.stopping import Stop
from hub.terminals.upkeep import Upkeep

WATCH_S = 0.5
"""How often the records are looked at for a terminal that was cut off."""
START_S = 10.0
PORT_FREE_S = 2.0
"""A broker that was killed a moment ago may still hold the port."""
STOP_S = 5.0

Say = Callable[[str], None]

_log = logging.getLogger(__name__)


def run(settings: Settings, say: Say) -> int:
    """Run the broker until SIGTERM or SIGINT, then 0; `say` gets the line that it is ready.

    BrokerError when it cannot start (port in use, mosquitto missing, keys unusable) or ends by itself.
    """
    stop, notify = Stop.on_signals(), Notify()
    broker = settings.broker
    _wait_for_port(broker.host, broker.port, stop)
    if broker.kind == "amqtt":
        from hub.terminals import embedded

        upkeep = _upkeep(settings, make_sessions(make_engine(settings.database)))

        def tick() -> None:
            notify.alive()
            upkeep.tick(datetime.now(UTC))

        return embedded.run(broker.host, broker.port, stop, _telling(notify, say), tick)
    return _run_mosquitto(settings, stop, _telling(notify, say), notify)


def _run_mosquitto(settings: Settings, stop: Stop, say: Say, notify: Notify) -> int:
    mosquitto.find_program()
    prepare_authority(settings.keys, hosts=[settings.broker.host])
    sessions = make_sessions(make_engine(settings.database))
    configuration = mosquitto.write_files(settings, _denied_at_start(settings, sessions))
    child = mosquitto.start(configuration)
    try:
        _wait_until_ready(settings, child, stop)
        say(f"Broker ready on {settings.broker.host}:{settings.broker.port} (mosquitto, mutual TLS)")
        upkeep = _upkeep(settings, sessions)
        while not stop.wait(WATCH_S):
            notify.alive()
            _check_alive(child)
            _follow_cut_offs(settings, sessions, child)
            if upkeep.tick(datetime.now(UTC)):
                child.send_signal(
                    signal.SIGHUP
                )  # mosquitto reads its certificate anew; who is connected stays
        return 0
    finally:
        _end(child)


def _telling(notify: Notify, say: Say) -> Say:
    def ready(line: str) -> None:
        notify.ready()
        say(line)

    return ready


def _upkeep(settings: Settings, sessions: Sessions) -> Upkeep:
    return Upkeep(settings, sessions, datetime.now(UTC))


def _follow_cut_offs(settings: Settings, sessions: Sessions, child: subprocess.Popen[bytes]) -> None:
    names = _cut_off(sessions)
    if names is not None and mosquitto.write_access_list(settings, names):
        child.send_signal(signal.SIGHUP)


def _denied_at_start(settings: Settings, sessions: Sessions) -> list[str]:
    names = _cut_off(sessions)
    if names is None:
        raise BrokerError(
            "The database does not tell which terminals are cut off, so nobody is let in. "
            f"Check it: pims-hub init --data {settings.data}"
        )
    return names


def _cut_off(sessions: Sessions) -> list[str] | None:
    try:
        with session_scope(sessions, writes=False) as session:
            return cut_off_names(session)
    except SQLAlchemyError as error:
        # The text of the error may quote rows; its kind is enough to find the cause in the database's log.
        _log.warning("The list of cut-off terminals cannot be read (%s).", type(error).__name__)
        return None


def _check_alive(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        raise BrokerError(f"mosquitto ended by itself (status {child.returncode}); its last lines are above.")


def _wait_until_ready(settings: Settings, child: subprocess.Popen[bytes], stop: Stop) -> None:
    """Until a client with a certificate of ours is let in over TLS and knows the broker by its own."""
    host, port = settings.broker.host, settings.broker.port
    context = tls_context(settings.keys, INGEST)
    deadline = time.monotonic() + START_S
    while not stop.wait(0.05):
        _check_alive(child)
        try:
            with (
                socket.create_connection((host, port), timeout=2) as plain,
                context.wrap_socket(plain, server_hostname=host) as secure,
            ):
                secure.unwrap()  # a proper goodbye, or mosquitto writes an error down
                return
        except OSError as error:
            if time.monotonic() > deadline:
                raise BrokerError(f"mosquitto does not answer on {host}:{port}: {error}.") from error


def _wait_for_port(host: str, port: int, stop: Stop) -> None:
    deadline = time.monotonic() + PORT_FREE_S
    while not stop.asked:
        try:
            return _try_port(host, port)
        except PermissionError:
            raise BrokerError(f"This user may not listen on port {port}. Choose one from 1024 up.") from None
        except socket.gaierror:
            raise BrokerError(f"The host {host} in hub.toml is not known to this machine.") from None
        except OSError as error:
            if time.monotonic() > deadline:
                raise BrokerError(_port_sentence(host, port, error)) from None
        stop.wait(0.05)


def _try_port(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen()


def _port_sentence(host: str, port: int, error: OSError) -> str:
    return (
        f"The broker cannot listen on {host}:{port}: {error.strerror}. "
        "End the program that holds the port, or change `port` under [broker] in hub.toml."
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOP_S)
        return
    child.kill()
    child.wait()
