"""A review in words of one language, as both the page and the paper show it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from hub.statistics.review.content import Bars, Content, Paragraph, Recommendation, Table, Text, plain, said
from hub.statistics.review.signing import Sealed
from hub.web.formats import SITE_ZONE
from hub.web.kept_sentences import read_sentence
from hub.web.language import day_in, say_in

_NARROW: Final = 14
"""Columns whose longest cell has no more characters than this take only the room they need."""


_OWN_PAGE: Final = frozenset({"indicators", "completeness", "disclosures", "recommendations", "rules", "log"})
"""Sections that begin on a page of their own."""


@dataclass(frozen=True)
class Speaker:
    """Says things in one language."""

    language: str

    def text(self, one: Text) -> str:
        return say_in(self.language, read_sentence(one.said)) if one.said else one.plain

    def say(self, message: str, **values: object) -> str:
        return say_in(self.language, message, **values)

    def day(self, day: date) -> str:
        return day_in(self.language, day)

    def moment(self, at: datetime) -> str:
        there = at.astimezone(SITE_ZONE)
        return f"{self.day(there.date())}, {there:%H:%M}"


def paper_of(
    content: Content, digest: str, sealed: Sealed | None, fingerprint: str, language: str
) -> dict[str, Any]:
    """Everything that stands on paper, as plain values. `fingerprint` is that of the hub's key under the seal."""
    speak = Speaker(language)
    title = speak.say("Data Policy Review %(year)s", year=content.year)
    revision = speak.say("Revision %(number)s", number=content.revision)
    return {
        "lang": language,
        "title": title,
        "heading": title,
        "author": content.place or speak.say("Prison information management"),
        "keywords": [str(content.year), revision],
        "subtitle": speak.say(
            "%(first)s to %(last)s", first=speak.day(content.begins_on), last=speak.day(content.reference_on)
        ),
        "draft": ""
        if sealed
        else speak.say("Draft: not signed, not frozen. Figures and words can still change."),
        "facts": _facts(speak, content, digest, sealed, fingerprint),
        "foot": f"{revision} · {digest[:16]}",
        "page": speak.say("Page %(n)s of %(of)s", n="{n}", of="{of}"),
        "contents": speak.say("Contents"),
        "none": speak.say("No rule found anything to recommend, and the writer added nothing."),
        "sections": [*_sections(speak, content), *_annexes(speak, content)],
        "recommendations": [one for one in recommendations(speak, content) if not one["dropped"]],
    }


def _facts(
    speak: Speaker, content: Content, digest: str, sealed: Sealed | None, fingerprint: str
) -> list[tuple[str, str]]:
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
    if sealed is not None:
        found += [
            (speak.say("Written and signed by"), f"{sealed.writer.name}, {speak.moment(sealed.writer.at)}"),
            (
                speak.say("Signed by the director"),
                f"{sealed.director.name}, {speak.moment(sealed.director.at)}",
            ),
            (speak.say("Sealed with the hub's key"), _broken(fingerprint)),
        ]
    return found


def _broken(digest: str) -> str:
    """In eights, so that it can be read out, four of them a line."""
    parts = [digest[place : place + 8] for place in range(0, len(digest), 8)]
    return "\n".join(" ".join(parts[place : place + 4]) for place in range(0, len(parts), 4))


def _sections(speak: Speaker, content: Content) -> list[dict[str, Any]]:
    """The sections in order, with the recommendations before the annexes."""
    shown = [section(speak, one.code, one.title, one.blocks) for one in content.sections]
    first_annex = next(
        (place for place, one in enumerate(shown) if one["code"] in ("rules", "definitions")), len(shown)
    )
    recommended = section(speak, "recommendations", said("Recommendations"), ())
    return [*shown[:first_annex], recommended, *shown[first_annex:]]


def _annexes(speak: Speaker, content: Content) -> list[dict[str, Any]]:
    """What was dropped, and the revision log."""
    dropped = tuple(
        (_text_of(one), one.condition, Text(plain=one.reason))
        for one in content.recommendations
        if one.dropped
    )
    blocks: list[Table | Paragraph] = [
        Table(
            said("Revisions"),
            (said("Revision"), said("Made"), said("By"), said("Why")),
            (True, False, False, False),
            tuple(
                (plain(one.revision), plain(speak.moment(one.made_at)), plain(one.made_by), plain(one.why or "–"))
                for one in content.log
            ),
        )
    ]  # fmt: skip
    if content.changes:
        blocks.append(
            Table(
                said("Figures that are others than in the revision before"),
                (said("Where"), said("Before"), said("Now")),
                (False, True, True),
                tuple(
                    (Text(plain=" · ".join(speak.text(part) for part in one.where)), one.before, one.after)
                    for one in content.changes
                ),
            )
        )
    if dropped:
        blocks.append(
            Table(
                said("Recommendations that were dropped"),
                (said("Recommendation"), said("Rule"), said("Why it was dropped")),
                (False, False, False),
                dropped,
            )
        )
    return [section(speak, "log", said("Annex: revision log"), tuple(blocks))]


def section(
    speak: Speaker, code: str, title: Text, blocks: tuple[Paragraph | Table | Bars, ...]
) -> dict[str, Any]:
    """One section in words."""
    shown = [_block(speak, one) for one in blocks]
    return {"code": code, "title": speak.text(title), "blocks": shown, "own-page": code in _OWN_PAGE}


def _block(speak: Speaker, one: Paragraph | Table | Bars) -> dict[str, Any]:
    if isinstance(one, Paragraph):
        return {"kind": "paragraph", "text": speak.text(one.text)}
    if isinstance(one, Bars):
        bars = [
            {"label": speak.text(bar.label), "size": bar.size, "shown": speak.text(bar.shown)}
            for bar in one.bars
        ]
        told = "; ".join(f"{bar['label']}: {bar['shown']}" for bar in bars)
        return {
            "kind": "bars", "title": speak.text(one.title), "about": speak.text(one.about),
            "alt": f"{speak.text(one.about)} {told}", "bars": bars,
        }  # fmt: skip
    columns = [speak.text(column) for column in one.columns]
    rows = [[speak.text(cell) for cell in row] for row in one.rows]
    return {
        "kind": "table", "title": speak.text(one.title), "columns": columns, "numeric": list(one.numeric),
        "rows": rows, "note": speak.text(one.note), "widths": _widths(columns, rows, one.numeric),
    }  # fmt: skip


def _widths(columns: list[str], rows: list[list[str]], numeric: tuple[bool, ...]) -> list[float]:
    """For each column its share of the free room, 0 for one that takes only what it needs."""
    found = []
    for place, column in enumerate(columns):
        longest = max([len(column), *(len(row[place]) for row in rows)])
        longest_word = max(len(word) for word in (column or "-").split())
        fits = numeric[place] or longest <= _NARROW
        found.append(
            0.0
            if fits and longest_word <= _NARROW
            else min(4.0, max(1.5 if place == 0 else 1.0, longest / 20))
        )
    return found if any(found) else [1.0, *found[1:]]


def recommendations(speak: Speaker, content: Content) -> list[dict[str, Any]]:
    """All of them in words; those that were dropped have no number."""
    found, number = [], 0
    for one in content.recommendations:
        number += not one.dropped
        found.append(_recommendation(speak, one, "" if one.dropped else str(number)))
    return found


def _recommendation(speak: Speaker, one: Recommendation, number: str) -> dict[str, Any]:
    """One, with what it comes from."""
    facts = []
    if one.rule:
        facts = [
            (speak.say("Evidence"), speak.text(one.evidence)),
            (speak.say("Rule"), f"{one.rule}. {speak.text(one.condition)}"),
        ]
        if one.text:
            facts.append((speak.say("As derived"), speak.text(one.derived)))
    else:
        facts = [(speak.say("Rule"), speak.say("none: added by the writer"))]
    return {
        "number": number, "key": one.key, "text": speak.text(_text_of(one)), "facts": facts, "own": not one.rule,
        "reworded": bool(one.rule and one.text), "dropped": one.dropped, "reason": one.reason,
        "derived": speak.text(one.derived),
    }  # fmt: skip


def _text_of(one: Recommendation) -> Text:
    return Text(plain=one.text) if one.text else one.derived
