"""The agent's socket: one strict question, one answer, and no page that could hold it up."""

from __future__ import annotations

import io
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from edge.desk.client import Desk
from edge.desk.frames import MAX_QUESTION_BYTES, Question, Reply, receive, send, short_name
from edge.desk.server import DeskSocket, Verb
from edge.errors import DeskAbsentError, DeskRefusedError, JournalFullError
from edge.log import Log
from tests.waiting import until
from wire.codec import Strict, decode, encode


class Sum(Strict, frozen=True):
    """Two numbers."""

    one: int
    other: int


class Empty(Strict, frozen=True):
    """Nothing."""


def refuse(_asked: Empty) -> object:
    raise DeskRefusedError("sign_in", "Sign in first.")


def fill(_asked: Empty) -> object:
    raise JournalFullError("The disk is full.")


def fail(_asked: Empty) -> object:
    raise KeyError("P-000001 ARANA, Ana")


VERBS = {
    "add": Verb(Sum, lambda asked: asked.one + asked.other),
    "refuse": Verb(Empty, refuse),
    "fill": Verb(Empty, fill),
    "fail": Verb(Empty, fail),
    "much": Verb(Empty, lambda _asked: b"x" * 2_000_000),
}


@pytest.fixture(scope="module")
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, said: io.StringIO) -> Iterator[Path]:
    """A socket at work, under a path longer than the kernel takes."""
    path = tmp_path_factory.mktemp("agent") / ("deep" * 30) / "run" / "desk.sock"
    path.parent.parent.mkdir()
    served = DeskSocket(path, VERBS, Log("desk", said))
    thread = threading.Thread(target=served.run)
    thread.start()
    assert until(path.exists)
    assert until(lambda: answers(path))
    yield path
    served.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert not path.exists()


def answers(path: Path) -> bool:
    try:
        return Desk(path).ask("add", Sum(one=1, other=1), int) == 2
    except DeskAbsentError:
        return False


def say(path: Path, raw: bytes) -> Reply:
    with socket.socket(socket.AF_UNIX) as line, short_name(path) as name:
        line.connect(name)
        send(line, raw)
        return decode(receive(line, 1 << 20, 30), Reply)


@pytest.mark.parametrize(
    ("verb", "question", "reason"),
    [
        ("add", Empty(), "malformed"),
        ("steal", Empty(), "unknown"),
        ("refuse", Empty(), "sign_in"),
        ("fill", Empty(), "journal.full"),
        ("fail", Empty(), "failed"),
        ("much", Empty(), "too_much"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    path: Path, verb: str, question: Strict, reason: str
) -> None:
    with pytest.raises(DeskRefusedError) as refused:
        Desk(path).ask(verb, question, int)
    assert refused.value.reason == reason
    assert len(refused.value.sentence) > 10
    assert answers(path)


def test_a_fault_inside_is_logged_by_its_kind_alone(path: Path, said: io.StringIO) -> None:
    with pytest.raises(DeskRefusedError) as refused:
        Desk(path).ask("fail", Empty(), int)
    assert "KeyError" in said.getvalue()
    assert "ARANA" not in said.getvalue() + refused.value.sentence


@pytest.mark.parametrize("raw", [b"", b"\xc1nonsense", encode({"verb": "add"}), encode(Sum(one=1, other=2))])
def test_nonsense_is_refused(path: Path, raw: bytes) -> None:
    assert say(path, raw).refused == "malformed"
    assert answers(path)


def test_a_question_that_is_too_long_is_not_even_read(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as line, short_name(path) as name:
        line.settimeout(30)
        line.connect(name)
        line.sendall((MAX_QUESTION_BYTES + 1).to_bytes(4, "big"))
        assert line.recv(1) == b""
    assert answers(path)


def test_those_who_say_nothing_hold_nobody_up(path: Path) -> None:
    lines = [socket.socket(socket.AF_UNIX) for _nth in range(3)]
    for line in lines:
        with short_name(path) as name:
            line.connect(name)
        line.sendall(b"\x00\x00")
    assert answers(path)
    for line in lines:
        line.close()
    assert answers(path)


def test_only_its_own_user_may_open_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    said = io.StringIO()
    (tmp_path / "file").write_text("in the way")
    beats = []
    served = DeskSocket(tmp_path / "file" / "desk.sock", VERBS, Log("desk", said))
    thread = threading.Thread(target=lambda: served.run(lambda: beats.append(1)))
    thread.start()
    assert until(lambda: bool(beats))
    served.stop()
    thread.join(60)
    assert "desk_socket" in said.getvalue()


def test_without_an_agent_the_page_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(DeskAbsentError) as absent:
        Desk(tmp_path / "desk.sock").ask("add", Sum(one=1, other=1), int)
    assert "radio" in absent.value.sentence


def test_an_agent_of_another_version_is_no_agent(tmp_path: Path) -> None:
    path = tmp_path / "desk.sock"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def babble() -> None:
            line, _ = door.accept()
            with line:
                receive(line, 1 << 16, 30)
                send(line, os.urandom(40))

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(DeskAbsentError):
            Desk(path).ask("add", Sum(one=1, other=1), int)
        thread.join(30)


def test_a_question_and_its_form_are_both_strict() -> None:
    raw = encode({"verb": "add", "body": 1, "more": 2})
    with pytest.raises(Exception, match="agreed form"):
        decode(raw, Question)


def test_whoever_sends_a_byte_now_and_then_is_sent_away_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    class Dripping:
        """A line on which each byte takes half a second."""

        def settimeout(self, seconds: float) -> None:
            assert seconds > 0

        def recv(self, _most: int) -> bytes:
            nonlocal now
            now += 0.5
            return b"\x00"

    monkeypatch.setattr("edge.desk.frames.time", SimpleNamespace(monotonic=lambda: now))
    with pytest.raises(OSError, match="in its time"):
        receive(cast(socket.socket, Dripping()), 65_536, 1.5)
    assert now == 1.5
