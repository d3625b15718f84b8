"""Starting, killing and stopping the product's own processes, each with its output in a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_BIN = Path(sys.executable).parent


class ProcessFailed(RuntimeError):  # noqa: N818 - says what happened
    """A process of the product ended or did not get ready; the text holds its last words."""


def free_port() -> int:
    """A TCP port on loopback that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody listens at this TCP port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def pin(pid: int, cores: set[int]) -> None:
    """Lets a process, with all its present threads, run on these cores only."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def program(words: Sequence[str]) -> list[str]:
    """The command that runs one of our console programs, from the environment that we run in."""
    return [str(_BIN / words[0]), *words[1:]]


def run(*words: str) -> str:
    """Runs one of our console programs to its end; its output. ProcessFailed with its last words otherwise."""
    done = subprocess.run(
        program(words),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # as below
    )
    if done.returncode != 0:
        raise ProcessFailed(f"{' '.join(words[:2])} failed: {_last_words(done.stdout, done.stderr)}")
    return done.stdout


def stream(said: Callable[[str], None], *words: str) -> None:
    """The same, telling each line of output as it comes."""
    lines = []
    with subprocess.Popen(
        program(words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            said(line.strip())
    if process.returncode != 0:
        raise ProcessFailed(f"{' '.join(words[:2])} failed: {_last_words(''.join(lines))}")


def _last_words(*outputs: str) -> str:
    lines = [line for output in outputs for line in output.strip().splitlines()]
    return " / ".join(lines[-3:]) or "it said nothing"


class Service:
    """One long-running program of ours, known to be up when it prints a line that starts with `ready`."""

    def __init__(
        self, name: str, words: list[str], ready: str, logs: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._words = program(words)
        self._ready = ready
        self._env = {**os.environ, **(env or {})}
        self._log = logs / f"{name}.log"
        self._process: subprocess.Popen[str] | None = None
        self._is_ready = threading.Event()
        self.ready_line = ""

    def start(self, timeout_s: float = 60.0) -> None:
        """Starts it and waits until it is ready; ProcessFailed when it ends first or takes too long."""
        self._is_ready.clear()
        with self._log.open("a") as errors:
            self._process = subprocess.Popen(
                self._words,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=self._env,
                start_new_session=True,  # Ctrl-C on the console reaches only the one who stops the others in order
            )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        deadline = time.monotonic() + timeout_s
        while not self._is_ready.wait(0.05):
            if self._process.poll() is not None:
                raise ProcessFailed(f"{self.name} ended at its start: {_last_words(self._log.read_text())}")
            if time.monotonic() > deadline:
                raise ProcessFailed(
                    f"{self.name} was not ready after {timeout_s:.0f} s; its log is {self._log}"
                )

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with self._log.open("a") as log:
            for line in process.stdout:
                log.write(line)
                log.flush()
                if line.startswith(self._ready):
                    self.ready_line = line.strip()
                    self._is_ready.set()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL: no last word, no clean-up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self, timeout_s: float = 10.0) -> None:
        """SIGTERM, then SIGKILL to its whole group when it does not listen."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
