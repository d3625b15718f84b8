"""The one box in which people are looked for, its suggestions while one types, and the list of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.custody.away import count_away
from hub.custody.legal import LEGAL_STATUSES, LegalStatus
from hub.custody.queries import PAGE, find_people, names, person_by_number
from hub.custody.search.finding import Hit, Why, find
from hub.custody.search_then import find_then
from hub.custody.then import named, on_file, open_stays
from hub.reception.lines import PersonRow, rows_of
from hub.sentences import Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages
from hub.web.waiting import Waiting

pages = Pages("finding", __name__, template_folder="templates")

LAST_PAGE: Final = 1_000_000
"""Beyond any list; a number that the database cannot count to is no page."""
SUGGESTED: Final = 8
REASONS: Final = {
    Why.NUMBER: Sentence("number"),
    Why.BOOKING: Sentence("number of a stay"),
    Why.IDENTIFIER: Sentence("number of another agency"),
    Why.NAME: Sentence("name"),
    Why.ALIAS: Sentence("also known as"),
    Why.PLACE: Sentence("place"),
    Why.STATUS: Sentence("legal status"),
    Why.SOUND: Sentence("sounds like it"),
    Why.SLIP: Sentence("a letter differs"),
}


@pages.page("/people", Permission.SEE_PEOPLE)
def people() -> Response | str:
    text, inside = _asked(), request.args.get("inside") == "1"
    known = known_at()
    with reading() as session:
        exact = person_by_number(session, text) if text else None
    if exact is not None:
        return redirect(url_for("people.file", number=exact.number, known=known_on()))
    if known is not None:
        return _answers_then(text, known, inside=inside) if text else _everybody_then(known)
    return _answers(text, inside=inside) if text else _everybody()


@pages.page("/search/suggest", Permission.SEE_PEOPLE)
def suggest() -> str:
    """The likeliest few, as a part of a page."""
    text = _asked()
    with reading() as session:
        hits = find(session, text, SUGGESTED)
    # A writer of its own: other writers need not wait while somebody looks.
    with writing() as session:
        _write_down(session, f"suggested, {len(hits)}")
    return render_template("suggestions.html", hits=hits, reasons=REASONS, statuses=_statuses(hits))


def _answers(text: str, *, inside: bool) -> str:
    with reading() as session:
        hits = find(session, text, PAGE, in_custody_only=inside)
        by_id = names(session, [hit.person_id for hit in hits])
        rows: list[PersonRow] = rows_of(session, [by_id[hit.person_id] for hit in hits], now())
    return _found(text, hits, rows, f"searched, {len(hits)}", inside=inside)


def _answers_then(text: str, known: datetime, *, inside: bool) -> str:
    with reading() as session:
        hits = find_then(session, text, PAGE, known, in_custody_only=inside)
    rows = [PersonRow(hit, hit.in_custody, None, None, unproven=False) for hit in hits]
    return _found(text, hits, rows, f"searched as known on {known_on()}, {len(hits)}", inside=inside)


def _found(text: str, hits: Sequence[Hit], rows: Sequence[PersonRow], looked: str, *, inside: bool) -> str:
    with writing() as session:
        _write_down(session, looked)
    return render_template(
        "people.html",
        rows=rows,
        hits={hit.person_id: hit for hit in hits},
        reasons=REASONS,
        statuses=_statuses(hits),
        total=len(hits),
        more=len(hits) == PAGE,
        q=text,
        inside=inside,
        page=1,
        last=1,
        known=known_on(),
    )


def _everybody_then(known: datetime) -> str:
    """The list as it was known then. What waits for the visitor is a thing of today and stands not here."""
    left, page = request.args.get("left") == "1", _page()
    with reading() as session:
        held = set(open_stays(session, known).values())
        people = named(session, on_file(session, known) if left else held, known).values()
        out = count_away(session, now(), known)
    ordered = sorted(people, key=lambda who: (who.surname, who.given, who.id))
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    with writing() as session:
        told = f"{'all' if left else 'inside'} as known on {known_on()}, page {page}"
        _write_down(session, f"{told}, {len(shown)} of {len(ordered)}")
    return render_template(
        "people.html",
        rows=[PersonRow(who, who.id in held, None, None, unproven=False) for who in shown],
        hits={},
        total=len(ordered),
        q="",
        inside=False,
        left=left,
        anybody=True,
        waiting=None,
        page=page,
        last=max(1, -(-len(ordered) // PAGE)),
        out=out,
        known=known_on(),
    )


def _page() -> int:
    return min(max(1, request.args.get("page", 1, type=int) or 1), LAST_PAGE)


def _everybody() -> str:
    """What waits for the visitor, and the list: of those inside, or of all with those who left."""
    left = request.args.get("left") == "1"
    page = _page()
    with reading() as session:
        found = find_people(session, "", page=page, inside=not left)
        rows: list[PersonRow] = rows_of(session, found.people, now())
        anybody = bool(found.total) or find_people(session, "").total > 0
        waiting = service(Waiting).of(session, visitor(), now())
        out = count_away(session, now())
    with writing() as session:
        _write_down(session, f"{'all' if left else 'inside'}, page {page}, {len(rows)} of {found.total}")
    return render_template(
        "people.html",
        rows=rows,
        hits={},
        total=found.total,
        q="",
        inside=False,
        left=left,
        anybody=anybody,
        waiting=waiting,
        out=out,
        page=page,
        last=max(1, -(-found.total // PAGE)),
        known=None,
    )


def _asked() -> str:
    return request.args.get("q", "").strip()[:100]


def _statuses(hits: Sequence[Hit]) -> dict[str, Sentence]:
    known = LegalStatus._value2member_map_
    return {hit.status: LEGAL_STATUSES[LegalStatus(hit.status)] for hit in hits if hit.status in known}


def _write_down(session: Session, detail: str) -> None:
    # What was searched for is mostly a name, and no name goes into the trail.
    who = visitor()
    actor = Actor(who.login, who.address)
    write_down(session, at=now(), actor=actor, act="people.list", detail=detail)
