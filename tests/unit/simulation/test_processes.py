"""What becomes of the demo when a process of the product does not come up, or does not go."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from simulation.demo import main
from simulation.processes import ProcessFailed, Service, run, stream

ENDS = "import sys; print('The port 8443 is taken.', file=sys.stderr); sys.exit(2)"
STAYS = "import time; print('Ready here', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('Ready', flush=True); time.sleep(60)"
)
SILENT = "import time; time.sleep(60)"


def service(program: str, logs: Path) -> Service:
    return Service("web", ["python", "-c", program], "Ready", logs)


def test_one_that_ends_at_its_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match=r"web ended at its start: The port 8443 is taken\."):
        service(ENDS, tmp_path).start()


def test_one_that_is_never_ready_is_given_up_with_its_log_named(tmp_path: Path) -> None:
    silent = service(SILENT, tmp_path)
    try:
        with pytest.raises(ProcessFailed, match=rf"not ready after 0 s; its log is {tmp_path}"):
            silent.start(timeout_s=0.2)
    finally:
        silent.kill()


def test_a_killed_one_comes_back_and_a_stopped_one_is_gone(tmp_path: Path) -> None:
    one = service(STAYS, tmp_path)
    one.start()
    first = one.pid
    one.kill()
    assert not one.alive
    one.start()
    assert (one.alive, one.ready_line) == (True, "Ready here")
    assert one.pid != first
    one.stop()
    assert not one.alive


def test_one_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    one = service(STUBBORN, tmp_path)
    one.start()
    one.stop(timeout_s=0.3)
    assert not one.alive


def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(ProcessFailed, match=r"python -c failed: The port 8443 is taken\."):
        run("python", "-c", ENDS)
    heard: list[str] = []
    with pytest.raises(ProcessFailed, match="The port"):
        stream(heard.append, "python", "-c", ENDS)
    assert heard == ["The port 8443 is taken."]


def test_a_port_that_somebody_listens_at_is_said_before_anything_starts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert f"Port {port} is taken" in capsys.readouterr().err
