"""A sandbox partner that is killed: what it acknowledged it still has, once; what it sends goes again as it was."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from simulation.partners.calling import Answer, RefusedError, Unreachable
from simulation.partners.hearing import Partner, Plan
from simulation.partners.memory import Memory
from simulation.partners.truth import Truth
from simulation.partners.work import Work

HEARS = """
import sys, threading
from pathlib import Path
from simulation.partners.hearing import Partner, Plan
from simulation.partners.memory import Memory
from simulation.partners.truth import Truth
folder = Path(sys.argv[1])
one = Partner(Plan(folder, "", ""), Truth(folder / "truth.jsonl"), Memory(folder), threading.Event())
print("ready", flush=True)
for line in sys.stdin:
    one.hear([{"id": line.strip(), "type": "t", "subject": "B-1", "sequence": "1"}])
    print(line.strip(), flush=True)
"""


def partner(folder: Path) -> Partner:
    return Partner(
        Plan(folder, "https://127.0.0.1:1", "c"),
        Truth(folder / "truth.jsonl"),
        Memory(folder),
        threading.Event(),
    )


def log(folder: Path, what: str) -> list[dict[str, Any]]:
    lines = map(json.loads, (folder / "truth.jsonl").read_text().splitlines())
    return [one for one in lines if one["what"] == what]


def event(number: int) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "type": "t",
        "subject": "B-1",
        "sequence": str(number),
        "data": {"detail": "/d"},
    }


@pytest.mark.parametrize("killed_after", [1, 7, 30])
def test_what_was_acknowledged_is_there_after_a_kill_and_nothing_is_there_twice(
    tmp_path: Path, killed_after: int
) -> None:
    ids = [f"e{number}" for number in range(60)]
    with subprocess.Popen(
        [sys.executable, "-c", HEARS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{one}\n" for one in ids))
        process.stdin.flush()
        acknowledged = [process.stdout.readline().strip() for _ in range(killed_after + 1)][1:]
        process.kill()
    assert set(acknowledged) <= {one["id"] for one in Memory(tmp_path).events()}
    again = partner(tmp_path)
    again.hear([{"id": one, "type": "t", "subject": "B-1", "sequence": "1"} for one in ids])
    assert sorted(one["id"] for one in log(tmp_path, "event")) == sorted(ids)
    assert len(log(tmp_path, "again")) >= killed_after


def test_an_event_that_was_kept_and_not_yet_written_down_is_written_down_at_the_next_start(
    tmp_path: Path,
) -> None:
    Memory(tmp_path).heard(event(1))
    partner(tmp_path)
    partner(tmp_path)
    assert [one["id"] for one in log(tmp_path, "event")] == ["e1"]


def test_a_line_that_a_killed_process_did_not_finish_is_taken_away(tmp_path: Path) -> None:
    partner(tmp_path).hear([event(1)])
    with (tmp_path / "truth.jsonl").open("a") as torn:
        torn.write('{"at": 1.0, "what": "eve')
    partner(tmp_path).hear([event(1), event(2)])
    assert [one["id"] for one in log(tmp_path, "event")] == ["e1", "e2"]


class FakePrison:
    """Answers as the interface does: the same key, the same receipt. `gone` are calls at which the line breaks."""

    def __init__(self, *gone: int) -> None:
        self.gone, self.calls = set(gone), 0
        self.posted: list[tuple[str, str]] = []
        self.details: list[str] = []

    def post(self, path: str, message: Mapping[str, Any], *, key: str = "") -> Answer:
        self.posted.append((key, json.dumps(message, sort_keys=True)))
        self._count()
        number = f"IN-{[one for one, _ in dict.fromkeys(self.posted)].index(key)}"
        return Answer(202, {}, json.dumps({"number": number, "state": "received"}).encode())

    def get(self, path: str, *, etag: str = "") -> Answer:
        self.details.append(path)
        self._count()
        data = {"exchange": "x", "disclosure": "1", "data": {}}
        return Answer(200, {}, json.dumps(data).encode())

    def _count(self) -> None:
        self.calls += 1
        if self.calls in self.gone:
            raise Unreachable("the line broke")


class Two(Work):
    """Sends two messages, each with a number of its own."""

    def script(self) -> Iterator[None]:
        self.send("/v1/orders", self.envelope())
        yield
        self.send("/v1/orders", self.envelope())


def worked(folder: Path, prison: FakePrison) -> Two:
    one = partner(folder)
    one.prison = prison  # type: ignore[assignment]
    return Two(one)


def test_a_message_whose_answer_was_lost_goes_again_as_it_was_under_its_key(tmp_path: Path) -> None:
    prison = FakePrison(2)
    first = worked(tmp_path, prison)
    with pytest.raises(Unreachable):
        list(first.script())
    list(worked(tmp_path, prison).script())  # another process begins from the beginning
    keys = [key for key, _ in prison.posted]
    assert len(prison.posted) == 4
    assert len(set(prison.posted)) == len(set(keys)) == 2
    assert [one["receipt"] for one in log(tmp_path, "sent")] == ["IN-0", "IN-1"]


def test_an_event_is_fetched_until_it_was_and_then_no_more(tmp_path: Path) -> None:
    prison = FakePrison(1)
    partner(tmp_path).hear([event(1), event(2)])
    with pytest.raises(Unreachable):
        worked(tmp_path, prison)._take_in()
    again = worked(tmp_path, prison)
    for _ in range(3):
        again._take_in()
    assert [one["id"] for one in log(tmp_path, "pulled")] == ["e1", "e2"]
    assert len(prison.details) == 3


class Refusing(FakePrison):
    def post(self, path: str, message: Mapping[str, Any], *, key: str = "") -> Answer:
        errors = [{"pointer": "/a", "detail": "it is no date"}]
        return Answer(422, {}, json.dumps({"type": "/problems/bad_body", "errors": errors}).encode())


def test_a_paper_that_the_prison_refuses_is_handed_back_once_with_its_words(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.json").write_text(json.dumps({"path": "/v1/orders", "message": {}}))
    work = worked(tmp_path, Refusing())
    work._desk.look()
    work._desk.look()
    [back] = log(tmp_path, "handed_back")
    assert "it is no date" in back["why"]
    with pytest.raises(RefusedError):
        work.send("/v1/orders", work.envelope())
