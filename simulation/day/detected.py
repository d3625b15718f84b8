"""Whether the hub noticed each thing, by name: truth and the hub's word beside each other. Pure.

A thing is detected when the hub said it of the very person, pair, terminal or pass, while it was so, and said the same
of nobody else: `wrong` then holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from edge.plan.rules import KEEP_APART_UNKNOWN
from simulation.day.told import Alarm, Answer, Counted
from simulation.day.truth import Heard, Played
from simulation.truth import ADMIT, REFUSE

APART_CODES: Final = frozenset(
    {"keep_apart_near", "keep_apart_at_gate", "keep_apart_met", "keep_apart_converging"}
)
LATE_CODES: Final = frozenset({"pass_overdue", "pass_unaccounted"})
OUT_CODES: Final = frozenset({"left_without_authority", "absence_overdue", "absence_unaccounted"})
DOWN: Final = "terminal_down"
COURT: Final = "COURT"


@dataclass(frozen=True)
class Finding:
    """`truth` and `hub` are what is laid beside each other; `wrong` says what does not fit, in sentences."""

    truth: dict[str, Any]
    hub: dict[str, Any]
    wrong: tuple[str, ...] = field(default=())

    @property
    def detected(self) -> bool:
        return not self.wrong


NEVER: Final = Finding({}, {}, ("the day never came to it",))


def keep_apart(played: Played, heard: Heard) -> Finding:
    """Refused at the gate by name of the rule, and an alarm that names the pair."""
    was = played.near_miss
    if was is None:
        return NEVER
    pair = tuple(sorted((was.first, was.second)))
    alarms = [one for one in heard.alarms if one.code in APART_CODES]
    about = [one for one in alarms if one.people == pair and one.raised_at >= was.from_at]
    refused = [
        one for one in heard.answers
        if (one.terminal, one.person, one.rule) == (was.terminal, was.second, "keep_apart") and one.at >= was.from_at
    ]  # fmt: skip
    # A gate on the way that waits for the hub's word asks an officer about either of the two, and is right to.
    asked = [
        one
        for one in heard.answers
        if one.person in pair
        and one.rule == KEEP_APART_UNKNOWN
        and one.terminal != was.terminal
        and one.at >= was.from_at
    ]
    others = [
        one for one in heard.answers
        if one.rule.startswith("keep_apart") and one not in refused and one not in asked
    ]  # fmt: skip
    return Finding(
        truth={
            "in_the_way": was.first,
            "at_the_gate": was.second,
            "terminal": was.terminal,
            "lamp": was.lamp,
        },
        hub={"alarms": _alarms(about), "refused": _answers(refused), "asked_an_officer": _answers(asked)},
        wrong=_all(
            was.lamp != REFUSE and f"the lamp at {was.terminal} said {was.lamp} to {was.second}",
            not refused and f"no refusal of {was.second} at {was.terminal} by the rule keep_apart",
            not about and f"no alarm about {' and '.join(pair)}",
            *_of_others(alarms, about),
            *(f"{one.person} was answered by {one.rule} at {one.terminal}" for one in others),
        ),
    )


def overdue(played: Played, heard: Heard) -> Finding:
    """An alarm about the very pass and person, while the person loitered."""
    was = played.loitering
    if was is None:
        return NEVER
    alarms = [one for one in heard.alarms if one.code in LATE_CODES]
    key = f"pass:{was.pass_number}"
    about = [one for one in alarms if one.key == key and one.people == (was.person,)]
    in_time = [one for one in about if was.left_at <= one.raised_at <= was.found_at]
    return Finding(
        truth={
            "person": was.person,
            "pass": was.pass_number,
            "left_at": _at(was.left_at),
            "found_at": _at(was.found_at),
        },
        hub={"alarms": _alarms(about)},
        wrong=_all(
            not any(one.code == "pass_overdue" for one in in_time)
            and f"no alarm about {key} of {was.person} while they loitered",
            *_of_others(alarms, about),
        ),
    )  # fmt: skip


def terminal_down(played: Played, heard: Heard) -> Finding:
    """An alarm about the dead terminal, after it died, that nothing has ended, and about no other."""
    was = played.death
    if was is None:
        return NEVER
    alarms = [one for one in heard.alarms if one.code == DOWN]
    about = [
        one for one in alarms if (one.key, one.terminal) == (was.terminal,) * 2 and one.raised_at >= was.at
    ]
    return Finding(
        truth={"terminal": was.terminal, "killed_at": _at(was.at)},
        hub={"alarms": _alarms(about)},
        wrong=_all(
            not about and f"no alarm that {was.terminal} is down",
            any(one.over_at is not None for one in about) and f"the hub says that {was.terminal} is back",
            *_of_others(alarms, about),
        ),
    )


def hidden_person(played: Played, heard: Heard) -> Finding:
    """The unit's number is one short, its candidates have him, the recount names him alone; cleared when found."""
    was, blind, named, cleared = played.count, heard.count_blind, heard.count_named, heard.count_cleared
    if was is None:
        return NEVER
    first, second = _unit(blind, was.unit), _unit(named, was.unit)
    candidates = () if first is None else first.candidates
    missing = sorted(_names(named, "missing"))
    return Finding(
        truth={"person": was.hider, "unit": was.unit, "hidden_in": was.hidden_in, "count": was.session},
        hub={
            "off_at_first": None if first is None else first.off,
            "candidates": list(candidates),
            "named_missing": missing,
            "recount": None if second is None else second.recount,
            **_clearing(cleared),
        },
        wrong=_all(
            (first is None or first.off != -1)
            and f"{was.unit} was not one short: {None if first is None else first.off}",
            was.hider not in candidates and f"{was.hider} is not among the candidates of {was.unit}",
            (second is None or was.hider not in second.missing)
            and f"the recount of {was.unit} does not name {was.hider} as missing",
            *(f"{one} is named missing as well" for one in missing if one != was.hider),
            *_not_cleared(played, cleared),
        ),
    )


def double_counted(played: Played, heard: Heard) -> Finding:
    """The recount names whoever stands in two units, and nobody else; cleared when it does not any more."""
    was, named, cleared = played.count, heard.count_named, heard.count_cleared
    if was is None:
        return NEVER
    twice = {} if named is None else dict(named.twice)
    extra = sorted(_names(named, "extra"))
    return Finding(
        truth={"person": was.twice, "units": sorted(was.in_units), "count": was.session},
        hub={
            "twice": {one: list(units) for one, units in twice.items()},
            "extra": extra,
            **_clearing(cleared),
        },
        wrong=_all(
            sorted(twice.get(was.twice, ())) != sorted(was.in_units)
            and f"{was.twice} is not named in {' and '.join(sorted(was.in_units))}",
            *(f"{one} is named as counted twice as well" for one in sorted(twice) if one != was.twice),
            *(f"{one} is named as over as well" for one in extra if one != was.twice),
            *_not_cleared(played, cleared),
        ),
    )


def convoy_out(played: Played, heard: Heard) -> Finding:
    """Everybody of the convoy is at court by the record, held all the while, and missed by no count."""
    was = played.convoy
    if was is None:
        return NEVER
    wrong: list[str | bool] = []
    for number in was.riders:
        for when, out in (("then", heard.out.get(number)), ("at the count", heard.out_at_count.get(number))):
            wrong += [
                out is None and f"the hub does not have {number} outside {when}",
                out is not None and out.why != COURT and f"{number} is out for {out.why} {when}",
                out is not None and out.convoy != was.number and f"{number} is not on convoy {was.number} {when}",
                out is not None and not out.held and f"{number} is released by the record {when}",
            ]  # fmt: skip
    counted = heard.count_named
    called = set() if counted is None else _names(counted, "missing")
    wrong += [
        *(f"{one} is out by the record as well" for one in sorted({*heard.out, *heard.out_at_count} - {*was.riders})),
        *(f"the count misses {one}, who is at court" for one in was.riders if one in called),
        any(lamp != ADMIT for lamp in was.lamps) and f"the outer gate said {', '.join(was.lamps)}",
        counted is not None
        and set(counted.away) != set(was.riders)
        and f"the count has away: {', '.join(counted.away)}",
        *(f"alarm {one.number} ({one.code})" for one in heard.alarms if one.code in OUT_CODES),
    ]  # fmt: skip
    return Finding(
        truth={"convoy": was.number, "people": list(was.riders), "lamps": list(was.lamps)},
        hub={
            "out": {
                one.person: {
                    "why": one.why,
                    "convoy": one.convoy,
                    "booking_open": one.held,
                    "left_at": _at(one.left_at),
                }
                for one in heard.out.values()
            },
            "away_at_count": [] if counted is None else list(counted.away),
        },
        wrong=_all(*wrong),
    )


JUDGES: Final[Mapping[str, Callable[[Played, Heard], Finding]]] = {
    "keep_apart": keep_apart,
    "overdue": overdue,
    "terminal_down": terminal_down,
    "hidden_person": hidden_person,
    "double_counted": double_counted,
    "court_convoy_out_not_released": convoy_out,
}


def judge(played: Played, heard: Heard) -> dict[str, Finding]:
    """What was detected, by the key of the report."""
    return {name: found(played, heard) for name, found in JUDGES.items()}


def _all(*said: str | bool) -> tuple[str, ...]:
    return tuple(one for one in said if isinstance(one, str))


def _of_others(alarms: Iterable[Alarm], about: Sequence[Alarm]) -> list[str]:
    return [
        f"alarm {one.number} ({one.code}) is about {' and '.join(one.people) or one.terminal}, falsely"
        for one in alarms
        if one not in about
    ]  # fmt: skip


def _unit(count: Counted | None, code: str) -> Any:
    return None if count is None else count.units.get(code)


def _names(count: Counted | None, which: str) -> set[str]:
    return set() if count is None else {one for unit in count.units.values() for one in getattr(unit, which)}


def _not_cleared(played: Played, cleared: Counted | None) -> list[str]:
    assert played.count is not None
    if cleared is None or cleared.state != "CLEARED":
        return ["the count was never cleared"]
    if not cleared.agrees or cleared.cleared_by != played.count.sent_to_clear:
        return [f"the count was cleared by {cleared.cleared_by}, and agrees: {cleared.agrees}"]
    return []


def _clearing(cleared: Counted | None) -> dict[str, Any]:
    if cleared is None:
        return {"state": None}
    at = None if cleared.cleared_at is None else _at(cleared.cleared_at)
    return {"state": cleared.state, "cleared_by": cleared.cleared_by, "cleared_at": at, "roll": cleared.roll}


def _alarms(alarms: Iterable[Alarm]) -> list[dict[str, Any]]:
    return [
        {"alarm": one.number, "code": one.code, "key": one.key, "people": list(one.people), "terminal": one.terminal,
         "raised_at": _at(one.raised_at)}
        for one in alarms
    ]  # fmt: skip


def _answers(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    return [
        {"terminal": one.terminal, "entry": one.sequence, "person": one.person, "rule": one.rule, "at": _at(one.at)}
        for one in answers
    ]  # fmt: skip


def _at(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
