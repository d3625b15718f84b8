"""Open alarms as lines of the queue: each cause one line, a storm of them one line for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hub.control_room.need import Need
from hub.movements.alarms.limits import Limits
from hub.movements.alarms.reading import OpenAlarm
from hub.movements.alarms.rules import Storm, storms, urgency
from hub.sentences import Sentence
from hub.web.language import say_in

_TIMES: Final = "%(count)s times"
_LATE: Final = Sentence("told late")
_OVER: Final = Sentence("the cause has ended")
_STORM: Final = "%(count)s alarms at once: %(title)s"
MOST_NAMED: Final = 4


def alarm_needs(
    alarms: Sequence[OpenAlarm], limits: Limits, names: Mapping[str, str], language: str
) -> list[Need]:
    """Lines said in `language`; `names` are those behind logins."""
    found = storms(alarms, limits)
    by_number = {alarm.id: alarm for alarm in alarms}
    hidden = {number for storm in found for number in storm.members}
    lines = [_of_alarm(alarm, names, language) for alarm in alarms if alarm.id not in hidden]
    return lines + [
        _of_storm(storm, [by_number[number] for number in storm.members], names, language) for storm in found
    ]


def _of_alarm(alarm: OpenAlarm, names: Mapping[str, str], language: str) -> Need:
    return Need(
        key=f"alarm-{alarm.id}",
        kind="alarm",
        rank=urgency(alarm),
        title=say_in(language, alarm.title),
        detail=". ".join(_details(alarm, language)),
        at=alarm.raised_at,
        terminal=alarm.terminal or "",
        zones=[alarm.zone] if alarm.zone else [],
        checkpoint=alarm.checkpoint or "",
        person=alarm.person or "",
        holder=names.get(alarm.holder, alarm.holder),
        panel=f"/control-room/alarms/{alarm.id}",
        alarms=[(alarm.id, alarm.count)],
        count=alarm.count,
        rings=alarm.acknowledged_at is None,
        over=alarm.over_at is not None,
        escalation=alarm.escalation,
    )


def _details(alarm: OpenAlarm, language: str) -> list[str]:
    found = [alarm.place or alarm.zone_name or "", alarm.person_name or ""]
    if alarm.count > 1:
        found.append(say_in(language, _TIMES, count=alarm.count))
    if alarm.evidence.get("late"):
        found.append(say_in(language, _LATE))
    if alarm.over_at is not None:
        found.append(say_in(language, _OVER))
    return [part for part in found if part]


def _of_storm(storm: Storm, members: Sequence[OpenAlarm], names: Mapping[str, str], language: str) -> Need:
    worst = min(members, key=urgency)
    title = say_in(language, worst.kind.words)
    places = list(dict.fromkeys(alarm.place or alarm.terminal or alarm.zone_name or "" for alarm in members))
    named = ", ".join(place for place in places[:MOST_NAMED] if place)
    more = len(places) - MOST_NAMED
    holders = {alarm.holder for alarm in members}
    holder = holders.pop() if len(holders) == 1 else ""
    return Need(
        key=f"storm-{storm.group}-{storm.members[0]}",
        kind="alarm",
        rank=urgency(worst),
        title=say_in(language, _STORM, count=len(members), title=title),
        detail=named + (f" +{more}" if more > 0 else ""),
        at=members[0].raised_at,
        zones=[alarm.zone for alarm in members if alarm.zone],
        holder=names.get(holder, holder),
        panel="/control-room/alarms?" + "&".join(f"id={number}" for number in storm.members),
        alarms=[(alarm.id, alarm.count) for alarm in members],
        count=sum(alarm.count for alarm in members),
        rings=any(alarm.acknowledged_at is None for alarm in members),
        over=all(alarm.over_at is not None for alarm in members),
        escalation=max(alarm.escalation for alarm in members),
    )
