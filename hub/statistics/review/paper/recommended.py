"""The recommendations in words of one language, under the rules that they come from. Pure."""

from __future__ import annotations

from typing import Any

from hub.statistics.review.blocks import Text
from hub.statistics.review.content import Content, Recommendation
from hub.statistics.review.paper.speaking import Speaker


def groups(speak: Speaker, content: Content, *, with_dropped: bool = False) -> list[dict[str, Any]]:
    """Rules with what each recommends, then what the writer added. Those that were dropped have no number."""
    found: dict[str, dict[str, Any]] = {}
    number = 0
    for one in content.recommendations:
        if one.dropped and not with_dropped:
            continue
        number += not one.dropped
        title = speak.text(one.condition) if one.rule else speak.say("Added by the writer")
        group = found.setdefault(one.rule, {"rule": one.number, "title": title, "recommendations": []})
        group["recommendations"].append(_recommendation(speak, one, "" if one.dropped else str(number)))
    return list(found.values())


def _recommendation(speak: Speaker, one: Recommendation, number: str) -> dict[str, Any]:
    """One, with what it comes from and what was done about it."""
    return {
        "number": number, "key": one.key, "text": speak.text(text_of(one)), "notes": notes(speak, one),
        "own": not one.rule, "dropped": one.dropped, "reason": one.reason,
    }  # fmt: skip


def notes(speak: Speaker, one: Recommendation) -> list[str]:
    """The figure with its rule and threshold; who reworded or added it, with the words of the rule."""
    found = []
    when = "" if one.changed_at is None else speak.moment(one.changed_at)
    if one.rule:
        found.append(f"{speak.text(one.evidence)} {_cited(speak, one)}".strip())
    if one.rule and one.text and not one.dropped:
        reworded = speak.say("Reworded by %(who)s, %(when)s.", who=one.changed_by, when=when)
        found.append(f"{reworded} {_derived(speak, one)}")
    if not one.rule:
        found.append(
            speak.say(
                "No rule: added, or last reworded, by %(who)s, %(when)s.", who=one.changed_by, when=when
            )
        )
    if one.dropped:
        found.append(
            speak.say(
                "Dropped by %(who)s, %(when)s: %(reason)s", who=one.changed_by, when=when, reason=one.reason
            )
        )
    return found


def _cited(speak: Speaker, one: Recommendation) -> str:
    """ "" in a review of an earlier version, which did not keep it."""
    if not one.number:
        return ""
    return speak.say(
        "Rule %(rule)s: %(figure)s; threshold %(threshold)s.",
        rule=one.number,
        figure=speak.text(one.figure),
        threshold=speak.text(one.threshold),
    )


def _derived(speak: Speaker, one: Recommendation) -> str:
    return speak.say("The rule's own words: %(words)s", words=speak.text(one.derived))


def text_of(one: Recommendation) -> Text:
    """The writer's words, or the rule's."""
    return Text(plain=one.text) if one.text else one.derived
