"""`--side-by-side N`: the tests are collected once, then N copies of this process share them, file by file.

Workers that start from nothing, as those of pytest-xdist do, each import and collect everything by themselves, which
took a tenth of the suite's time. A copy begins with all that is loaded. Like them, each works in its own process with
fixtures of its own, and a file's tests stay together and in their order.
"""

from __future__ import annotations

import atexit
import os
import signal
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, Literal
from warnings import WarningMessage

import pytest

NUMBER_BYTES = 4
ENDED = "the process that had this test ended before the test did"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--side-by-side", type=int, default=0, metavar="N", help="share the tests among N processes"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    count: int = session.config.option.side_by_side
    if count < 1 or session.config.option.collectonly or session.testsfailed:
        return None
    files = [list(items) for _, items in groupby(session.items, key=lambda item: item.path)]
    tasks = _all_numbers(len(files))
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # one folder for all of them
    workers: list[_Worker] = []
    while len(workers) < min(count, len(files)):
        workers.append(_begin(session, files, tasks, workers))
    os.close(tasks)
    try:
        _listen(session, workers)
    finally:
        for worker in workers:
            worker.end()
    return True


def _all_numbers(count: int) -> int:
    """The end of a pipe from which each number can be read once, by whoever is free first."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(NUMBER_BYTES, "big") for number in range(count)))
    os.close(writing)
    return reading


def _taken(tasks: int) -> Iterator[int]:
    while number := os.read(tasks, NUMBER_BYTES):
        yield int.from_bytes(number, "big")


# --- a copy


def _begin(
    session: pytest.Session, files: list[list[pytest.Item]], tasks: int, others: list[_Worker]
) -> _Worker:
    hears, speaks = Pipe(duplex=False)
    pid = os.fork()
    if pid:
        speaks.close()
        return _Worker(pid, hears)
    status = 1
    atexit._clear()  # what the first process has to do at its end stays to be done by it
    try:
        for one in (hears, *(other.hears for other in others)):
            one.close()  # whoever speaks learns only so that the first process has gone
        _work(session, files, tasks, speaks)
        status = 0
    except BaseException:  # noqa: BLE001 - what comes out here would go on in the copy as if it were the first process
        speaks.send(("broken", traceback.format_exc()))
    finally:
        atexit._run_exitfuncs()
        os._exit(status)


def _work(session: pytest.Session, files: list[list[pytest.Item]], tasks: int, speaks: Connection) -> None:
    manager = session.config.pluginmanager
    manager.unregister(name="terminalreporter")
    capture = manager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    manager.register(_Teller(session.config, speaks))
    signal.signal(signal.SIGUSR1, lambda *_: setattr(session, "shouldstop", "the others have"))
    try:
        for number in _taken(tasks):
            # The session stands for a next test that shares nothing but what lasts as long as the session does.
            for item, following in zip(files[number], [*files[number][1:], session], strict=True):
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.shouldfail or session.shouldstop:
                    return
    finally:
        session._setupstate.teardown_exact(None)


class _Teller:
    """Sends on whatever pytest would have shown."""

    def __init__(self, config: pytest.Config, speaks: Connection) -> None:
        self._config, self._speaks = config, speaks

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._speaks.send(("start", nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._speaks.send(("report", told))

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._speaks.send(("finish", (nodeid, location)))

    def pytest_warning_recorded(
        self, warning_message: WarningMessage, when: str, nodeid: str, location: tuple[str, int, str] | None
    ) -> None:
        warning_message.source = None  # what it came from may not be able to leave the process
        warning_message.message = warning_message.category(str(warning_message.message))
        told = {"warning_message": warning_message, "when": when, "nodeid": nodeid, "location": location}
        self._speaks.send(("warning", told))


# --- the first process


@dataclass
class _Worker:
    pid: int
    hears: Connection
    at: str = ""
    broken: str = ""
    finished: set[str] = field(default_factory=set)

    def end(self) -> None:
        """Let it finish the test it is at and give back what it holds: servers and browsers of its own, mostly."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGUSR1)
        with suppress(EOFError, OSError):
            while True:
                self.hears.recv()
        os.waitpid(self.pid, 0)


def _listen(session: pytest.Session, workers: list[_Worker]) -> None:
    """Show what the copies tell, until all have ended; what none of them finished has failed."""
    open_ones = {worker.hears: worker for worker in workers}
    while open_ones:
        for hears in wait(list(open_ones)):
            worker = open_ones[hears]  # type: ignore[index]
            try:
                kind, told = worker.hears.recv()
            except EOFError:
                del open_ones[worker.hears]
                continue
            _show(session.config, worker, kind, told)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
    _count_the_missing(session, workers)


def _show(config: pytest.Config, worker: _Worker, kind: str, told: Any) -> None:
    if kind == "start":
        worker.at = told
    elif kind == "report":
        report = config.hook.pytest_report_from_serializable(config=config, data=told)
        config.hook.pytest_runtest_logreport(report=report)
    elif kind == "finish":
        nodeid, location = told
        worker.finished.add(nodeid)
        config.hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)
    elif kind == "warning":
        config.hook.pytest_warning_recorded.call_historic(kwargs=told)
    else:
        worker.broken = told


def _count_the_missing(session: pytest.Session, workers: list[_Worker]) -> None:
    """A process that broke is told with the test it was at, and its end with every test it left behind."""
    finished = set[str]().union(*(worker.finished for worker in workers))
    under_way = {worker.at: worker.broken or ENDED for worker in workers}
    broken = {worker.at for worker in workers if worker.broken}
    for item in session.items:
        if item.nodeid not in finished or item.nodeid in broken:
            why = under_way.get(item.nodeid, "no process was left to run this test")
            when: Literal["call", "teardown"] = "teardown" if item.nodeid in finished else "call"
            report = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, when)
            session.config.hook.pytest_runtest_logreport(report=report)
