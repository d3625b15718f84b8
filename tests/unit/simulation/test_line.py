"""The line between a terminal and the broker: it carries both ways, and a cut ends what is under way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from simulation.line import HOST, Lines

PATIENCE_S = 30.0


@pytest.fixture
def broker() -> Iterator[int]:
    """Answers with what it was told."""
    with socket.create_server((HOST, 0)) as server:

        def answer() -> None:
            while True:
                try:
                    end, _ = server.accept()
                except OSError:
                    return
                with end:
                    while said := end.recv(1024):
                        end.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def lines(broker: int) -> Iterator[Lines]:
    lines = Lines(broker)
    yield lines
    lines.stop()


def hear(end: socket.socket) -> bytes:
    """What came; ConnectionError when the other end is gone, however it went."""
    heard = end.recv(1024)
    if not heard:
        raise ConnectionResetError
    return heard


def test_what_is_said_arrives_and_is_answered(lines: Lines) -> None:
    line = lines.lay()
    with closing(socket.create_connection((HOST, line.port), PATIENCE_S)) as end:
        end.sendall(b"hello")
        assert end.recv(1024) == b"hello"


def test_a_cut_ends_what_stands_and_refuses_what_comes_until_it_is_mended(lines: Lines) -> None:
    line, other = lines.lay(), lines.lay()
    with closing(socket.create_connection((HOST, line.port), PATIENCE_S)) as end:
        end.sendall(b"hello")
        assert end.recv(1024) == b"hello"
        line.cut()
        with pytest.raises(ConnectionError):
            hear(end)
    with pytest.raises(ConnectionError):
        socket.create_connection((HOST, line.port), PATIENCE_S)
    port = line.port
    line.mend()
    assert line.port == port
    for whole in (line, other):
        with closing(socket.create_connection((HOST, whole.port), PATIENCE_S)) as end:
            end.sendall(b"again")
            assert end.recv(1024) == b"again"


def test_a_broker_that_is_away_is_an_end_that_is_closed() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = int(taken.getsockname()[1])
    lines = Lines(port)
    try:
        with closing(socket.create_connection((HOST, lines.lay().port), PATIENCE_S)) as end:
            end.settimeout(PATIENCE_S)
            with pytest.raises(ConnectionError):
                hear(end)
    finally:
        lines.stop()
