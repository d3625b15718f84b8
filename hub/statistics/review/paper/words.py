"""A review in words of one language, as both the page and the paper show it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from hub.statistics.review.blocks import said
from hub.statistics.review.content import Content
from hub.statistics.review.paper.annexes import log, signatures
from hub.statistics.review.paper.recommended import groups
from hub.statistics.review.paper.speaking import Speaker, section
from hub.statistics.review.signing import Sealed

__all__ = ("Seal", "Speaker", "groups", "paper_of")

_ANNEXES: Final = frozenset({"rules", "definitions"})


@dataclass(frozen=True)
class Seal:
    """How a review is sealed: what was, and the fingerprint of the hub's key; `holds` is False where it was touched."""

    sealed: Sealed
    fingerprint: str
    holds: bool = True


def paper_of(content: Content, digest: str, seal: Seal | None, language: str) -> dict[str, Any]:
    """Everything that stands on paper, as plain values. `seal` is None for a draft."""
    speak = Speaker(language)
    title = speak.say("Data Policy Review %(year)s", year=content.year)
    revision = speak.say("Revision %(number)s", number=content.revision)
    brief, *sections = _sections(speak, content, seal)
    return {
        "lang": language,
        "title": title,
        "heading": title,
        "author": content.place or speak.say("Prison information management"),
        "keywords": [str(content.year), revision],
        "subtitle": speak.say(
            "%(first)s to %(last)s", first=speak.day(content.begins_on), last=speak.day(content.reference_on)
        ),
        "draft": _warning(speak, seal),
        "facts": _facts(speak, content, digest, seal),
        "foot": f"{revision} · {digest[:16]}",
        "page": speak.say("Page %(n)s of %(of)s", n="{n}", of="{of}"),
        "contents": speak.say("Contents"),
        "none": speak.say("No rule found anything to recommend, and the writer added nothing."),
        "brief": brief,
        "sections": sections,
        "groups": groups(speak, content),
    }


def _warning(speak: Speaker, seal: Seal | None) -> str:
    if seal is None:
        return speak.say("Draft: not signed, not frozen. Figures and words can still change.")
    if not seal.holds:
        return speak.say("The seal does not hold. Do not use this review, and tell the operator of the hub.")
    return ""


def _facts(speak: Speaker, content: Content, digest: str, seal: Seal | None) -> list[tuple[str, str]]:
    found = [
        (speak.say("Revision"), str(content.revision)),
        (speak.say("Reference date"), speak.day(content.reference_on)),
        (speak.say("As known on"), speak.moment(content.known_at)),
        (
            speak.say("Small numbers"),
            speak.say("Counts of people from 1 to %(most)s are not told.", most=content.smallest - 1),
        ),
        (speak.say("Fingerprint of the content (SHA-256)"), _broken(digest)),
    ]
    if seal is not None and seal.holds:
        writer, director = seal.sealed.writer, seal.sealed.director
        found += [
            (speak.say("Written and signed by"), f"{writer.name}, {speak.moment(writer.at)}"),
            (speak.say("Signed by the director"), f"{director.name}, {speak.moment(director.at)}"),
            (speak.say("Sealed with the hub's key"), _broken(seal.fingerprint)),
        ]
    return found


def _broken(digest: str) -> str:
    """In eights, so that it can be read out, four of them a line."""
    parts = [digest[place : place + 8] for place in range(0, len(digest), 8)]
    return "\n".join(" ".join(parts[place : place + 4]) for place in range(0, len(parts), 4))


def _sections(speak: Speaker, content: Content, seal: Seal | None) -> list[dict[str, Any] | None]:
    """The brief, None in a review of an earlier version; the sections, the recommendations, the annexes."""
    shown = [section(speak, one.code, one.title, one.blocks) for one in content.sections]
    brief = next((one for one in shown if one["code"] == "brief"), None)
    body = [one for one in shown if one["code"] not in _ANNEXES | {"brief"}]
    annexes = [one for one in shown if one["code"] in _ANNEXES]
    recommended = section(speak, "recommendations", said("Recommendations"), ())
    signed = [signatures(speak, seal.sealed, seal.fingerprint)] if seal is not None and seal.holds else []
    return [brief, *body, recommended, *annexes, log(speak, content), *signed]
