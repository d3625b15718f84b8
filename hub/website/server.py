"""gunicorn, run from code: one process, many threads, so that open streams never hold up a page."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from hub.errors import HubError
from hub.website.worker import THREADS, Worker


@dataclass(frozen=True)
class Address:
    """Where to listen; without certificate and key it is plain HTTP, which only loopback may have."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        scheme = "http" if self.certificate is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


class PortTakenError(HubError):
    """Something else listens there."""

    def __init__(self, address: Address, why: str) -> None:
        super().__init__(
            "port", f"Cannot listen on {address.host} port {address.port}: {why}. Choose another with --port."
        )


def check_free(address: Address, patience_s: float = 3.0) -> None:
    """PortTakenError when the address cannot be had: said in a sentence before the server retries for long.

    A server killed a moment ago may still be leaving; it has `patience_s`.
    """
    until = time.monotonic() + patience_s
    while True:
        try:
            return _bind_once(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise PortTakenError(address, error.strerror or "it is not available") from error
            time.sleep(0.1)


def _bind_once(address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address.host, address.port))


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Serves what `make` makes, in the process that does the work, until it is told to end."""

    def __init__(
        self,
        make: Callable[[], Flask],
        address: Address,
        ready: Callable[[], None],
        ending: Callable[[], None],
    ) -> None:
        self._make = make
        self._address = address
        self._ready = ready
        self._ending = ending
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()

    def end_streams(self) -> None:
        """Let every open stream end."""
        self._ending()

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "bind": f"{self._address.host}:{self._address.port}",
            "workers": 1,
            "worker_class": Worker,
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 3,
            "keepalive": 15,
            "limit_request_line": 2048,
            "limit_request_fields": 60,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 - heartbeat file
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "pims-hub web",
            "post_worker_init": lambda worker: self._ready(),
        }
        if self._address.certificate is not None and self._address.key is not None:
            options |= {
                "certfile": str(self._address.certificate),
                "keyfile": str(self._address.key),
                "ssl_context": _modern,
                "do_handshake_on_connect": False,
            }
        return options


def _modern(_config: Any, default: Callable[[], Any]) -> Any:
    import ssl

    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
