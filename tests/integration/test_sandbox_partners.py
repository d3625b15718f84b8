"""Four partners at a hub that works: everything told and answered, compared by number, and a lie in a log found."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulation.agencies.compared import compare
from simulation.agencies.running import Agencies
from simulation.facility import SMALL_PRISON
from simulation.masters import CACHE
from simulation.people import cast, synthetic_fingers
from simulation.prison import Plan, Prison
from simulation.processes import free_port
from simulation.sensor import FAST256
from simulation.staff import AUDITOR, DIRECTOR, RECORDS, employ
from simulation.truth import Truth

pytestmark = pytest.mark.long
"""The short run with faults has the partners too; here each partner's part is looked at."""


@dataclass(frozen=True)
class Played:
    """What was compared, and where hub and partners' logs lie."""

    report: dict[str, Any]
    wrong: tuple[str, ...]
    hub: Path
    folder: Path

    def log(self, agency: str) -> list[dict[str, Any]]:
        lines = (self.folder / agency / "truth.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("partners")
    plan = Plan(folder, SMALL_PRISON, "amqtt", free_port(), None, "zfm")
    prison = Prison(plan, Truth(), lambda _said: None)
    try:
        prison.open_hub()
        writer, *signers = (employ(prison.hub, who) for who in (RECORDS, DIRECTOR, AUDITOR))
        prison.open_to_agencies(writer, signers)
        agencies = prison.agencies
        assert isinstance(agencies, Agencies)
        agencies.opened()
        hands = synthetic_fingers(4, 1, CACHE, FAST256, lambda _said: None)
        walkers = cast(hands, SMALL_PRISON, 0, random.Random(1))
        numbers = prison.enrol(walkers, lambda _said: None)
        agencies.know(walkers[0], numbers[0])
        found = agencies.compared()
    finally:
        prison.stop()
    return Played(dict(found.report), found.wrong, prison.hub, folder / "agencies")


def test_hub_and_partners_agree_on_every_number(played: Played) -> None:
    assert played.wrong == ()
    report = played.report
    assert report["sent"] == report["received"] == report["acknowledged"] > 15
    assert (report["lost"], report["out_of_order"], report["forged"]) == (0, 0, 0)
    assert report["decided"] == report["told"] >= 12
    assert report["fetched"] == report["received"]
    assert report["sets_read"] == 1
    assert report["figures_reckoned"] > 50


def test_what_must_be_refused_was_refused_for_its_own_reason(played: Played) -> None:
    refused = {
        agency: [one["problem"] for one in played.log(agency) if one["what"] == "turned_away"]
        for agency in ("police", "courts", "forensic", "observatory")
    }
    assert refused == {
        "police": ["bad_body bad_body", "scope scope", "scope scope"],
        "courts": ["refused message_id_reused", "not_agreed field_not_agreed"],
        "forensic": ["scope scope", "refused not_ready", "refused not_ready"],
        "observatory": ["scope scope"],
    }


def test_an_officer_refused_what_had_doubts_and_the_sender_reads_why(played: Played) -> None:
    answered = [one for one in played.log("courts") if one["what"] == "answered"]
    reasons = [one["reason"] for one in answered if one["state"] == "refused"]
    assert {"unknown_person", "wrong_court", "out_of_order"} <= set(reasons)
    again = [one for one in played.log("police") if one["what"] == "sent" and one["again"]]
    assert len(again) == 1
    [identity] = [one for one in played.log("police") if one["what"] == "identity"]
    assert (identity["outcome"], identity["named"]) == ("identified", True)


def without(kind: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    def less(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        gone = next(one for one in lines if one["what"] == kind)
        return [one for one in lines if one is not gone]

    return less


def with_stranger(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*lines, {"what": "event", "id": "never sent", "type": "t", "subject": "x", "sequence": "999"}]


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (without("event"), "1 lost"),
        (without("sent"), "never sent"),
        (without("answered"), "told nothing"),
        (with_stranger, "the hub never sent"),
    ],
)
def test_a_log_that_differs_is_found(
    played: Played, lie: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], said: str
) -> None:
    path = played.folder / "courts" / "truth.jsonl"
    truth = path.read_text()
    lines = lie([one for one in played.log("courts") if not one.get("again")])
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    try:
        assert any(said in one for one in compare(played.hub, played.folder).wrong)
    finally:
        path.write_text(truth)
    assert compare(played.hub, played.folder).wrong == ()
