"""The agent's end of the socket. A page that is slow, broken or hostile costs one worker two seconds, never a gate."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from edge.desk.frames import MAX_ANSWER_BYTES, MAX_QUESTION_BYTES, Question, Reply, receive, send, short_name
from edge.errors import DeskRefusedError, EdgeError
from edge.log import Log
from wire.codec import Strict, decode, encode
from wire.errors import WireError

WORKERS = 4
MOST_WAITING = 16
PATIENCE_S = 2.0
LOOK_S = 0.5
"""Longest time until `stop` is seen."""

NOTHING = msgspec.Raw(msgspec.msgpack.encode(None))


@dataclass(frozen=True)
class Verb:
    """`form` is the question's, `act` gives the answer: anything MessagePack holds, up to 1 MiB, within a second.

    It runs on a thread of the socket and may raise EdgeError, whose sentence the person at the screen reads.
    """

    form: type[Strict]
    act: Callable[[Any], object]


class DeskSocket:
    """Answers on `path`, which only this user may open. `run` is a thread's body."""

    def __init__(self, path: Path, verbs: Mapping[str, Verb], log: Log) -> None:
        self._path = path
        self._verbs = dict(verbs)
        self._log = log
        self._stopping = threading.Event()
        self._free = threading.BoundedSemaphore(MOST_WAITING)

    def run(self, beat: Callable[[], object] = lambda: None) -> None:
        """Answers until `stop`. Without a folder or disk for the socket it says so once: the gate needs no page."""
        try:
            door = self._listen()
        except OSError as error:
            self._log.error("desk_socket", why=error.strerror, say="The screen cannot ask the agent.")
            while not self._stopping.wait(LOOK_S):
                beat()
            return
        with door, ThreadPoolExecutor(WORKERS, "desk") as workers:
            while not self._stopping.is_set():
                beat()
                line = self._next(door)
                if line is not None:
                    workers.submit(self._serve, line)
        self._path.unlink(missing_ok=True)

    def stop(self) -> None:
        self._stopping.set()

    def _listen(self) -> socket.socket:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short_name(self._path) as name:
                door.bind(name)
                os.chmod(name, 0o600)
            door.listen(MOST_WAITING)
        except OSError:
            door.close()
            raise
        door.settimeout(LOOK_S)
        return door

    def _next(self, door: socket.socket) -> socket.socket | None:
        """Somebody who asks; those beyond MOST_WAITING are sent away at once."""
        try:
            line, _ = door.accept()
        except OSError:
            return None
        if self._free.acquire(blocking=False):
            return line
        line.close()
        return None

    def _serve(self, line: socket.socket) -> None:
        try:
            with line:
                raw = receive(line, MAX_QUESTION_BYTES, PATIENCE_S)
                answer = encode(self._reply(raw))
                line.settimeout(PATIENCE_S)
                send(line, answer)
        except OSError as error:
            self._log.info("desk_line_lost", kind=type(error).__name__)
        finally:
            self._free.release()

    def _reply(self, raw: bytes) -> Reply:
        try:
            question = decode(raw, Question)
            verb = self._verbs.get(question.verb)
            if verb is None:
                return _refused("unknown", "This terminal does not offer that.")
            body = encode(verb.act(decode(bytes(question.body), verb.form)))
        except WireError:
            return _refused("malformed", "The page and the agent do not fit together: restart the terminal.")
        except DeskRefusedError as refusal:
            return _refused(refusal.reason, refusal.sentence)
        except EdgeError as error:
            return _refused(error.code, error.sentence)
        except Exception as error:  # noqa: BLE001 - a fault of one answer must not reach the next, nor the gate
            self._log.error("desk_verb_failed", kind=type(error).__name__)
            return _refused("failed", "That could not be done. Try again, then tell whoever looks after it.")
        if len(body) > MAX_ANSWER_BYTES // 2:
            return _refused("too_much", "There is too much to show at once. Search for less.")
        return Reply(refused="", sentence="", body=msgspec.Raw(body))


def _refused(reason: str, sentence: str) -> Reply:
    return Reply(refused=reason, sentence=sentence, body=NOTHING)
