"""gunicorn for the officer's page: one process, a few threads, loopback alone."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from edge.desk.client import Desk
from edge.errors import StartError
from edge.kiosk.app import create_app
from edge.notify import Notify

HOST = "127.0.0.1"
THREADS = 8
"""One screen and whoever looks after it; a part that renews itself takes one for some milliseconds."""


def serve(desk_path: Path, port: int, ready: Callable[[], object]) -> int:
    """Serves until it is told to end; StartError when the port is taken."""
    _check_free(port)
    _Server(lambda: create_app(Desk(desk_path), port), port, ready).run()
    return 0


class _Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """Tells systemd that it turns, once a second."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._systemd = Notify()

    def notify(self) -> None:
        super().notify()
        self._systemd.alive()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    def __init__(self, make: Callable[[], Flask], port: int, ready: Callable[[], object]) -> None:
        self._make = make
        self._port = port
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{HOST}:{self._port}",
            "workers": 1,
            "worker_class": _Worker,
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 2,
            "keepalive": 15,
            "limit_request_line": 2048,
            "limit_request_fields": 60,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 - heartbeat file
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "pims-edge page",
            "post_worker_init": lambda _worker: self._ready(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()


def _check_free(port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError as error:
        why = "something else listens there" if error.errno == errno.EADDRINUSE else error.strerror
        raise StartError(f"The page cannot have port {port}: {why}. Choose another with --port.") from error
