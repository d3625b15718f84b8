"""Figures for Prometheus, on loopback alone: how the terminal is, never who passed it.

Text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from edge.log import Log
from wire.journal import Clock
from wire.state import Health, SensorWord

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Figure(NamedTuple):
    name: str
    help: str
    read: Callable[[Health], float | None]
    kind: str = "gauge"


_FIGURES = (
    _Figure("queue_entries", "Journal entries that the hub does not hold yet", lambda h: h.queue_depth),
    _Figure("journal_room_days", "Days for which the journal has room", lambda h: h.journal_room_days),
    _Figure("disk_free_bytes", "Free on the data disk", lambda h: _scaled(h.disk_free_mb, 1 << 20)),
    _Figure("roll_age_seconds", "Since the hub confirmed the roll copy", lambda h: h.roll_age_s),
    _Figure("rules_age_seconds", "Since the hub confirmed the rules", lambda h: h.rules_age_s),
    _Figure("roll_fingers", "Fingers on the roll copy", lambda h: h.fingers),
    _Figure("echo_seconds", "Last word through broker and hub and back", lambda h: _scaled(h.echo_ms, 1e-3)),
    _Figure("clock_offset_seconds", "Hub's time minus ours", lambda h: _scaled(h.clock_offset_ms, 1e-3)),
    _Figure(
        "clock_synchronised",
        "1 when the clock is set by others",
        lambda h: _one(h.clock is Clock.SYNCHRONISED),
    ),
    _Figure("temperature_celsius", "Of the processor", lambda h: h.temperature_c),
    _Figure("undervoltage", "1 while the supply is too weak", lambda h: _one(h.undervoltage)),
    _Figure("sensor_ok", "1 while the sensor answers properly", lambda h: _one(h.sensor == SensorWord.OK)),
    _Figure("sensor_baud", "Rate of the sensor's line, 0 while it is lost", lambda h: h.sensor_baud),
    _Figure(
        "sensor_errors_total", "Silences, garbage, refusals, losses", lambda h: h.sensor_errors, "counter"
    ),
    _Figure(
        "refused_messages_total", "From the hub, not to be acted on", lambda h: h.refused_from_hub, "counter"
    ),
    _Figure(
        "restarts_total", "Starts of the agent since boot, but the first", lambda h: h.restarts, "counter"
    ),
)


def text(health: Health) -> str:
    """Every figure that is known, and each alarm as one."""
    lines: list[str] = []
    for figure in _FIGURES:
        value = figure.read(health)
        if value is not None:
            name = f"pims_terminal_{figure.name}"
            lines += [f"# HELP {name} {figure.help}.", f"# TYPE {name} {figure.kind}", f"{name} {value:.12g}"]
    lines += ["# HELP pims_terminal_alarm What is wrong now.", "# TYPE pims_terminal_alarm gauge"]
    lines += [f'pims_terminal_alarm{{what="{word}"}} 1' for word in health.alarms if word.isidentifier()]
    return "\n".join(lines) + "\n"


class _Server(ThreadingHTTPServer):
    """One whose loop shows that it lives."""

    beat: Callable[[], None] = staticmethod(lambda: None)

    def service_actions(self) -> None:
        self.beat()


class Metrics:
    """Serves `read` at /metrics on 127.0.0.1. `run` is the body of a thread; OSError when the port is taken."""

    def __init__(self, port: int, read: Callable[[], Health], log: Log) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            known = handler.path == "/metrics"
            body = text(read()).encode() if known else b"The figures are at /metrics.\n"
            handler.send_response(200 if known else 404)
            handler.send_header("Content-Type", CONTENT_TYPE)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        class Handler(BaseHTTPRequestHandler):
            timeout = 5
            do_GET = answer  # noqa: N815 - http.server's own name

            def log_message(self, format: str, *args: object) -> None:
                """Every look in the log would drown it."""

        self._server = _Server(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        log.info("metrics", port=self.port)

    def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Returns after `stop`."""
        self._server.beat = beat
        self._server.serve_forever(poll_interval=1.0)
        self._server.server_close()

    def stop(self) -> None:
        self._server.shutdown()


def _scaled(value: float | None, by: float) -> float | None:
    return None if value is None else value * by


def _one(value: bool | None) -> float | None:
    return None if value is None else float(value)
