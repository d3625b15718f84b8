"""What goes over the agent's socket: a length of four bytes, then that much MessagePack."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from wire.codec import MAX_MESSAGE_BYTES, Strict

MAX_QUESTION_BYTES = 65_536
MAX_ANSWER_BYTES = MAX_MESSAGE_BYTES

_LENGTH_BYTES = 4


class Question(Strict, frozen=True):
    """`body` is the form that the verb asks for."""

    verb: Annotated[str, Meta(min_length=1, max_length=40)]
    body: msgspec.Raw


class Reply(Strict, frozen=True):
    """`refused` is empty when `body` is the answer; otherwise a word for the page, and `sentence` for people."""

    refused: str
    sentence: str
    body: msgspec.Raw


def send(line: socket.socket, raw: bytes) -> None:
    """OSError when the other side does not take it."""
    line.sendall(len(raw).to_bytes(_LENGTH_BYTES, "big") + raw)


def receive(line: socket.socket, most: int, patience_s: float) -> bytes:
    """One frame of at most `most` bytes, whole within `patience_s`; OSError otherwise."""
    deadline = time.monotonic() + patience_s
    length = int.from_bytes(_exactly(line, _LENGTH_BYTES, deadline), "big")
    if length > most:
        raise OSError("The frame is larger than what is allowed here.")
    return _exactly(line, length, deadline)


def _exactly(line: socket.socket, count: int, deadline: float) -> bytes:
    taken = bytearray()
    while len(taken) < count:
        left_s = deadline - time.monotonic()
        if left_s <= 0:  # whoever sends a byte now and then does not hold the line for longer
            raise OSError("The frame did not come whole in its time.")
        line.settimeout(left_s)
        piece = line.recv(min(65_536, count - len(taken)))
        if not piece:
            raise OSError("The other side went away in the middle.")
        taken += piece
    return bytes(taken)


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for the socket that fits the 107 bytes which the kernel allows, wherever its folder lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
