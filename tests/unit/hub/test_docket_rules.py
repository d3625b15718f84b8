"""Every check of the docket against the cases of docket_cases.toml, which a lawyer can read."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import pytest

from hub.custody.catalogue import KINDS
from hub.docket.judging import inputs_of, rule_of
from hub.docket.limits import Limits
from hub.docket.rules import CHECKS, all_limits
from hub.docket.rules.base import Doubt
from hub.docket.rules.released import CHECKS as AFTER_RELEASE
from hub.docket.snapshot import Known, Query, ReleaseClock, SameFinger, Seen, Snapshot
from hub.docket.troubles import Trouble
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE, start_of
from hub.web.kept_sentences import read_sentence, write_sentence

CASES: Final[list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "docket_cases.toml").read_text(encoding="utf-8")
)["case"]
NOON: Final = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ADMITTED: Final = "2026-01-02T18:00:00Z"


def snapshot_of(case: dict[str, Any]) -> Snapshot:
    """The file that a case describes."""
    admitted_at = datetime.fromisoformat(case.get("admitted", ADMITTED))
    facts: dict[str, list[Known[Any]]] = defaultdict(list)
    statuses: list[Known[Any]] = []
    for number, told in enumerate(case.get("facts", ()), 101):
        name = next(key for key in told if key in KINDS)
        value = msgspec.convert(told[name], KINDS[name].form)
        effective_at = start_of(date.fromisoformat(told["from"])) if "from" in told else admitted_at
        known = Known(told.get("item", number), value, number, effective_at)
        if KINDS[name].many or not facts[name]:
            facts[name].append(known)
        else:
            facts[name] = [known]
        if name == "legal_status":
            statuses.append(known)
    return Snapshot(
        person_id=1,
        number="P-000001",
        surname="Novelo",
        given="Ana",
        born_on=date.fromisoformat(case.get("born", "1990-05-01")) if case.get("born", "x") else None,
        booking_id=1,
        admitted_at=admitted_at,
        at=NOON,
        facts=facts,
        history=statuses,
        ended={name: start_of(date.fromisoformat(day)) for name, day in case.get("ended", {}).items()},
        place_is_adult=case.get("home_is_adult"),
        gaps=case.get("missing", ()),
        terminals_since=_terminals_since(case),
        **_more(case),
    )


def _terminals_since(case: dict[str, Any]) -> datetime | None:
    told = case.get("terminals", "2026-01-01")
    return None if told is False else start_of(date.fromisoformat(told))


def facts_of(case: dict[str, Any]) -> dict[str, list[Known[Any]]]:
    """The facts of `snapshot_of`, by kind."""
    return cast("dict[str, list[Known[Any]]]", snapshot_of(case).facts)


def _more(case: dict[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if "release" in case:
        more["clock"] = msgspec.convert(case["release"], ReleaseClock)
    if "troubles" in case:
        more["troubles"] = [Trouble(Sentence(words)) for words in case["troubles"]]
    if "seen" in case:
        more["seen"] = Seen("block-a", datetime.fromisoformat(case["seen"]))
    if "same_finger" in case:
        more["same_fingers"] = [SameFinger(9, "P-000009", start_of(date.fromisoformat(case["same_finger"])))]
    if "query" in case:
        times = case["query"]
        more["asked"] = [
            Query(5, datetime.fromisoformat(times["opened"]), datetime.fromisoformat(times["due"]))
        ]
    return more


def limits_of(case: dict[str, Any]) -> Limits:
    values = {name: limit.initial for name, limit in all_limits().items()}
    return Limits({**values, **case.get("figures", {})})


def found_in(case: dict[str, Any]) -> list[Doubt]:
    return list(CHECKS[case["check"]].find(snapshot_of(case), limits_of(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['check']}: {case['says']}")
def test_a_case(case: dict[str, Any]) -> None:
    found = found_in(case)
    if "since" not in case:
        assert found == []
        return
    (doubt,) = found
    assert doubt.since_at.astimezone(SITE_ZONE).date() == date.fromisoformat(case["since"])
    assert str(read_sentence(write_sentence(doubt.what))) == str(doubt.what), "kept as it was said"
    assert set(doubt.rows) <= {held.row for rows in facts_of(case).values() for held in rows}
    assert len(rule_of(CHECKS[case["check"]], doubt, limits_of(case))) <= 200


def test_every_check_is_tried_both_ways() -> None:
    of_people = set(CHECKS) - {check.code for check in AFTER_RELEASE}
    assert {case["check"] for case in CASES if "since" in case} == of_people
    assert {case["check"] for case in CASES if "since" not in case} == of_people


def test_whoever_is_held_by_every_rule_is_not_on_the_docket() -> None:
    case = {
        "terminals": False,
        "release": {"sureness": "verified", "on": "2028-01-01"},
        "facts": [
            {"order": {"kind": "sentence_order", "reference": "S 1", "issued_on": "2026-01-02"}},
            {"legal_status": {"status": "SENTENCED"}},
            {"sentence": {"type": "term", "imposed_on": "2026-01-02", "term": {"years": 3}}},
            {"home": {"zone": "block-a", "cell": "a-1"}},
            {"nationality": {"country": "BZ"}},
        ],
    }
    found = [check.code for check in CHECKS.values() if list(check.find(snapshot_of(case), limits_of(case)))]
    assert found == []


def test_what_a_check_looks_at_changes_with_its_facts_and_with_nothing_else() -> None:
    check = CHECKS["no_next_date"]
    plain = {"facts": [{"legal_status": {"status": "REMAND"}}]}
    more = {
        "facts": [
            *plain["facts"],
            {"order": {"kind": "warrant", "reference": "W 1", "issued_on": "2026-01-02"}},
        ]
    }
    hearing = {"court": "Belize City", "hearing_at": "2026-12-01T15:00:00Z", "purpose": "mention"}
    dated = {"facts": [*plain["facts"], {"hearing": hearing}]}
    assert inputs_of(check, snapshot_of(plain)) == inputs_of(check, snapshot_of(more))
    assert inputs_of(check, snapshot_of(plain)) != inputs_of(check, snapshot_of(dated))


def test_whoever_is_held_rightly_is_looked_at_again_when_what_holds_them_ends() -> None:
    bail = {"release_order": {"reason": "bail", "reference": "BO 1", "issued_on": "2026-11-18"}}
    other = {"order": {"kind": "sentence_order", "reference": "S 1", "issued_on": "2026-01-02"}}
    hold = {"hold": {"authority": "X", "reason": "visa", "reference": "IM 1", "issued_on": "2026-01-02"}}
    held = {"facts": [bail, other, hold], "release": {"sureness": "verified", "on": "2026-11-01"}}
    for code in ("release_ordered", "release_passed", "fine_paid", "let_go_not_ordered"):
        gone = {**held, "facts": [bail, hold]}
        check = CHECKS[code]
        assert inputs_of(check, snapshot_of(held)) != inputs_of(check, snapshot_of(gone)), code
    lifted = {**held, "facts": [bail, other]}
    ordered = CHECKS["release_ordered"]
    assert inputs_of(ordered, snapshot_of(held)) != inputs_of(ordered, snapshot_of(lifted))


def test_no_check_is_left_out_of_a_file_in_which_it_finds_something() -> None:
    for case in (case for case in CASES if "since" in case):
        # A date of release is reckoned from a sentence: where a case gives one, a sentence is on file.
        reckoned = {"sentence"} if "release" in case else set()
        kinds = {name for name, rows in facts_of(case).items() if rows} | reckoned
        needs = {kind.name for kind in CHECKS[case["check"]].needs}
        assert not needs or needs & kinds, case["says"]


def test_a_check_is_told_every_kind_that_it_looks_into() -> None:
    class Seen(dict[str, Any]):
        asked: set[str]

        def get(self, key: str, default: Any = None) -> Any:
            self.asked.add(key)
            return super().get(key, default)

    for case in CASES:
        plain = snapshot_of(case)
        looked = Seen(facts_of(case))
        looked.asked = set()
        list(CHECKS[case["check"]].find(replace(plain, facts=looked), limits_of(case)))
        told = {kind.name for kind in CHECKS[case["check"]].reads}
        assert looked.asked <= told, case["says"]
