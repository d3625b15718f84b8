"""The page's end of the socket: asks, and knows an agent that is down from one that says no."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TypeVar

import msgspec

from edge.desk.frames import MAX_ANSWER_BYTES, Question, Reply, receive, send, short_name
from edge.errors import DeskAbsentError, DeskRefusedError
from wire.codec import Strict, decode, encode
from wire.errors import WireError

PATIENCE_S = 5.0

T = TypeVar("T")


class Desk:
    """Asks the agent whose socket lies at `path`; every question is its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, verb: str, question: Strict, answer: type[T]) -> T:
        """The answer as `answer`. DeskRefusedError when the agent says no, DeskAbsentError when it says nothing."""
        body = msgspec.Raw(encode(question))
        try:
            reply = decode(self._exchange(encode(Question(verb=verb, body=body))), Reply)
            if reply.refused:
                raise DeskRefusedError(reply.refused, reply.sentence)
            return decode(bytes(reply.body), answer)
        except (OSError, WireError) as error:
            raise DeskAbsentError(
                "The terminal's agent does not answer: no finger is taken here now. Use the radio."
            ) from error

    def _exchange(self, raw: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(PATIENCE_S)
            with short_name(self._path) as name:
                line.connect(name)
            send(line, raw)
            return receive(line, MAX_ANSWER_BYTES, PATIENCE_S)
