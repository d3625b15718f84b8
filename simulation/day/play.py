"""The day played chapter after chapter, and what is told of it afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from simulation.day.chapters.agencies import evening
from simulation.day.chapters.unlock import prepare
from simulation.day.detected import judge
from simulation.day.script import SCRIPT, Chapter
from simulation.day.shared import judge_moments
from simulation.day.stage import Stage, now
from simulation.day.told import Answer
from simulation.report import compare

_PREPARING: Final = Chapter("06:45", "before unlock", "", prepare)
_DRAIN_S: Final = 60.0


@dataclass
class Diary:
    """How the day went: seconds of each chapter, and where it broke off, empty when it did not."""

    took_s: dict[str, float] = field(default_factory=dict)
    broke_off: str = ""


def chapters(stage: Stage) -> list[Chapter]:
    """Those that this day has: without agencies theirs are left out."""
    whole = (_PREPARING, *SCRIPT)
    return [one for one in whole if not one.agencies or stage.prison.agencies is not None]


def play(stage: Stage, told: Callable[[str], None], pause: Callable[[], None] = lambda: None) -> Diary:
    """Plays everything; a chapter that fails ends the day, with what was expected in its own words."""
    diary = Diary()
    for chapter in chapters(stage):
        told(f"{chapter.at} {chapter.title}" + (f": {chapter.look}" if chapter.look else ""))
        began = time.monotonic()
        try:
            chapter.play(stage)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told by name, and the day ends there
            diary.broke_off = f"{chapter.at} {chapter.title}: {type(error).__name__}: {error}"
            told(f"the day breaks off. {diary.broke_off}")
            return diary
        finally:
            diary.took_s[f"{chapter.at} {chapter.title}"] = round(time.monotonic() - began, 1)
        pause()
    return diary


def close(stage: Stage) -> bool:
    """Waits until the hub has what the terminals journalled, and asks it for everything; False when it has not."""
    drained = stage.wait_if(lambda: stage.prison.owed() == 0 or None, _DRAIN_S)
    stage.heard.alarms = stage.word.alarms(stage.began_at)
    stage.heard.answers = [
        Answer(
            terminal=one["terminal"],
            sequence=int(one["sequence"]),
            person=one["person"] or "",
            rule=one["rule"],
            decision=one["decision"],
            at=datetime.fromisoformat(one["wall_time"]),
        )
        for one in stage.prison.export("journal")
        if one["kind"] == "passage" and one["rule"]
    ]
    return bool(drained)


def report(stage: Stage, diary: Diary, *, drained: bool) -> tuple[dict[str, Any], list[str]]:
    """The report, and what is wrong with the day (empty when nothing is)."""
    found = judge(stage.played, stage.heard)
    shared = None
    if stage.prison.agencies is not None:
        evening(stage)
        found |= judge_moments(stage.played.moments)
        shared = stage.prison.agencies.compared()
    compared = compare(stage.prison.truth, view := stage.prison.view(), dict(stage.cast.numbers))
    wrong = [f"{name}: {one}" for name, finding in found.items() for one in finding.wrong]
    wrong += [diary.broke_off] if diary.broke_off else []
    wrong += [f"{compared.lost} lost"] if compared.lost else []
    wrong += [f"{compared.duplicated} duplicated"] if compared.duplicated else []
    wrong += [] if drained else [f"the terminals still held entries {_DRAIN_S:.0f} s after the last scan"]
    told = {
        "detected": {name: finding.detected for name, finding in found.items()},
        "evidence": {
            name: {"truth": finding.truth, "hub": finding.hub, "wrong": list(finding.wrong)}
            for name, finding in found.items()
        },
        "people": len(stage.cast.numbers),
        "scans": len(stage.prison.truth.scans),
        "passages": sum(one["kind"] == "passage" for one in view.journal),
        "journalled": view.journalled,
        "committed": len(view.journal),
        "lost": compared.lost,
        "duplicated": compared.duplicated,
        "alarms": len(stage.heard.alarms),
        "seconds": round((now() - stage.began_at).total_seconds(), 1),
        "chapters_s": diary.took_s,
        "seed": stage.prison.plan.seed,
        "broker": stage.prison.plan.broker,
        "wrong": wrong,
    }
    if shared is not None:
        told["sharing"] = shared.report
        wrong += [f"sharing: {one}" for one in shared.wrong]
    return told, wrong
