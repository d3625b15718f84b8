"""Where one can go: the pages at the top of every page, in groups. Who sees an entry follows from its route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, g, request

from hub.sentences import Sentence
from hub.web.door import visitor_or_none
from hub.web.routes import required_permission


@dataclass(frozen=True)
class Entry:
    """A page: its address, its words, and the letter that leads there after `g` ("" for none)."""

    href: str
    words: Sentence
    key: str = ""


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    words: Sentence
    entries: tuple[Entry, ...]


GROUPS: Final = (
    Group(
        Sentence("Now"),
        (
            Entry("/control-room", Sentence("Control room"), "c"),
            Entry("/officer", Sentence("Officer"), "o"),
            Entry("/alarms", Sentence("Alarms")),
            Entry("/orders", Sentence("Orders"), "l"),
            Entry("/counts", Sentence("Headcounts"), "g"),
            Entry("/units", Sentence("Units")),
            Entry("/posts", Sentence("Posts"), "s"),
            Entry("/replay", Sentence("Replay"), "z"),
        ),
    ),
    Group(
        Sentence("Moves"),
        (
            Entry("/moves", Sentence("Moves"), "n"),
            Entry("/moves/plan", Sentence("Plan moves")),
            Entry("/moves/lists", Sentence("Lists for unlock")),
            Entry("/moves/series", Sentence("Series")),
            Entry("/external", Sentence("Outside"), "j"),
            Entry("/moves/rules", Sentence("Limits of moves")),
            Entry("/location-rules", Sentence("How long a proof holds")),
            Entry("/gates", Sentence("Gates")),
        ),
    ),
    Group(
        Sentence("People"),
        (
            Entry("/people", Sentence("People"), "p"),
            Entry("/people/admit", Sentence("Admit"), "a"),
            Entry("/receptions", Sentence("Receptions to sign")),
            Entry("/releases", Sentence("Releases"), "r"),
            Entry("/away", Sentence("Away"), "w"),
            Entry("/cells", Sentence("Cells"), "k"),
            Entry("/merges", Sentence("Merges")),
            Entry("/visitors", Sentence("Visitors"), "v"),
            Entry("/incidents", Sentence("Incidents"), "i"),
            Entry("/complaints", Sentence("Complaints")),
            Entry("/complaints/confidential", Sentence("Confidential complaints")),
            Entry("/fingers", Sentence("Fingers"), "f"),
            Entry("/re-enrolment", Sentence("To enrol again"), "e"),
        ),
    ),
    Group(
        Sentence("Liberty"),
        (
            Entry("/docket", Sentence("Liberty docket"), "d"),
            Entry("/docket/board", Sentence("Board"), "b"),
            Entry("/diary", Sentence("Court diary"), "y"),
            Entry("/inbox", Sentence("What agencies sent")),
            Entry("/queries", Sentence("Queries"), "q"),
            Entry("/release-dates", Sentence("Dates to verify"), "x"),
            Entry("/policies", Sentence("Rules of release")),
        ),
    ),
    Group(
        Sentence("Records"),
        (
            Entry("/register", Sentence("Bring in a register")),
            Entry("/paper", Sentence("From paper")),
            Entry("/exports", Sentence("Exports")),
            Entry("/replay/bundles", Sentence("Bundles for courts")),
            Entry("/backups", Sentence("Backups")),
            Entry("/figures", Sentence("Figures")),
            Entry("/figures/glance", Sentence("At a glance")),
            Entry("/publications", Sentence("Publications")),
            Entry("/review", Sentence("Yearly review")),
        ),
    ),
    Group(
        Sentence("Agencies"),
        (
            Entry("/sharing", Sentence("What went out")),
            Entry("/sharing/interface", Sentence("Interface for agencies")),
            Entry("/sharing/partners", Sentence("Programs of agencies")),
            Entry("/agreements", Sentence("Agreements")),
            Entry("/disclosures", Sentence("Disclosures")),
            Entry("/identity", Sentence("Requests by finger")),
            Entry("/sharing/census", Sentence("Census with agencies")),
            Entry("/sharing/corrections", Sentence("Corrections")),
        ),
    ),
    Group(
        Sentence("Terminals"),
        (Entry("/terminals", Sentence("Terminals"), "t"), Entry("/site", Sentence("Site"))),
    ),
    Group(
        Sentence("Accounts"),
        (
            Entry("/accounts", Sentence("Accounts"), "u"),
            Entry("/accounts/slips", Sentence("Slips to confirm")),
            Entry("/officers/fingers", Sentence("Officers' fingers")),
            Entry("/emergencies", Sentence("Uses of break-glass"), "m"),
            Entry("/permissions", Sentence("Who may do what")),
            Entry("/audit", Sentence("Audit trail"), "h"),
            Entry("/retention", Sentence("Retention")),
        ),
    ),
)
"""In the order in which they stand."""


@dataclass(frozen=True)
class Shown:
    """A group as one visitor sees it: `here` when the page that is shown belongs to it."""

    words: Sentence
    entries: tuple[Entry, ...]
    here: Entry | None


def shown() -> list[Shown]:
    """What this visitor is shown of all groups; asked twice for a page, reckoned once."""
    found: list[Shown] | None = g.get("navigation")
    if found is None:
        found = g.navigation = _shown(GROUPS)
    return found


def _shown(groups: Sequence[Group]) -> list[Shown]:
    """The groups in which this visitor may open something, without what they may not open."""
    who = visitor_or_none()
    if who is None:
        return []
    open_to = [
        (group, tuple(entry for entry in group.entries if who.may(_permission(entry)))) for group in groups
    ]
    here = _here([entry for _, entries in open_to for entry in entries])
    return [
        Shown(group.words, entries, here if here in entries else None)
        for group, entries in open_to
        if entries
    ]


def _here(entries: Sequence[Entry]) -> Entry | None:
    """The entry under whose address this page lies; the longest where several fit."""
    path = request.path
    fitting = [entry for entry in entries if path == entry.href or path.startswith(entry.href + "/")]
    return max(fitting, key=lambda entry: len(entry.href), default=None)


def _permission(entry: Entry) -> str:
    """The permission of the entry's route, which stays what it was when the site was made."""
    known: dict[str, str] = current_app.extensions["pims.navigation"]
    if entry.href not in known:
        known[entry.href] = _declared(entry)
    return known[entry.href]


def _declared(entry: Entry) -> str:
    endpoint, _ = current_app.url_map.bind("").match(entry.href, method="GET")
    found = required_permission(current_app.view_functions[endpoint])
    assert found is not None
    return found


def install(app: Flask) -> None:
    """Give templates `navigation`."""
    app.extensions["pims.navigation"] = {}
    app.jinja_env.globals["navigation"] = shown
