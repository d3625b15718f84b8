"""The docket: the list, one finding with what is done about it, the board, and the figures that checks run by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.docket.board import board
from hub.docket.casework import add_note, answer_offer, close, look_after, offer, take
from hub.docket.drawing import highest, lines, spots
from hub.docket.evidence import dossier
from hub.docket.lists import NOBODY, PAGE, Filter, lines_of
from hub.docket.ownership import workers
from hub.docket.records import CloseKind, Finding
from hub.docket.rules import CHECKS
from hub.docket.rules.base import BANDS
from hub.docket.tables import as_csv
from hub.docket.then import as_then
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("docket", __name__, template_folder="templates")

LAST_PAGE: Final = 100_000
TABLE_ROWS: Final = 200_000
_KINDS: Final = {CloseKind.DONE.value: CloseKind.DONE, CloseKind.HELD_RIGHTLY.value: CloseKind.HELD_RIGHTLY}


@pages.page("/docket", Permission.SEE_DOCKET)
def docket() -> str:
    page = min(max(1, number_in(request.args.get("page", "1"))), LAST_PAGE)
    chosen, known = _chosen(), known_at()
    # The look is committed before anything is shown: no page without its line in the trail.
    with writing() as session:
        listed = lines_of(session, chosen, now(), known_at=known, page=page)
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="docket.list",
            detail=f"{len(listed.lines)} of {listed.total}",
        )
        people = workers(session)
        # What waits to be accepted is a thing of today.
        mine = 0 if known else lines_of(session, Filter(offered_to=visitor().login), now(), size=1).total
        ran_at = board(session, now(), known).ran_at
    return render_template(
        "docket.html",
        listed=listed,
        chosen=chosen,
        page=page,
        last=max(1, -(-listed.total // PAGE)),
        checks=CHECKS,
        bands=BANDS,
        workers=people,
        nobody=NOBODY,
        offered=mine,
        ran_at=ran_at,
        known=known_on(),
        asked=request.args,
    )


@pages.page("/docket.csv", Permission.SEE_DOCKET)
def table() -> Response:
    known = known_at()
    with writing() as session:
        listed = lines_of(session, _chosen(), now(), known_at=known, size=TABLE_ROWS)
        write_down(session, at=now(), actor=actor(), act="docket.csv", detail=f"{listed.total} findings")
        text = as_csv(listed.lines)
    response = Response(text, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="docket-{known_on() or now().date()}.csv"'
    )
    return response


@pages.page("/docket/<int:number>", Permission.SEE_DOCKET)
def finding(number: int) -> str:
    return _show(number, {}, None)


@pages.page("/docket/<int:number>", Permission.WORK_DOCKET, methods=("POST",))
def act(number: int) -> Response | tuple[str, int]:
    doing = _ACTS.get(request.form.get("act", ""))
    if doing is None:
        abort(400)
    try:
        with writing() as session:
            doing(session, number, number_in(request.form.get("version", "")))
    except RefusedError as error:
        return _show(number, request.form, error.message), 409
    return redirect(url_for("docket.finding", number=number), 303)


@pages.page("/docket/board", Permission.SEE_DOCKET)
def the_board() -> str:
    known = known_at()
    with reading() as session:
        found = board(session, now(), known)
    runs = spots(found.trend)
    return render_template(
        "board.html",
        board=found,
        bands=BANDS,
        known=known_on(),
        trend_top=highest(found.trend),
        trend_lines=lines(runs),
        trend_spots=[spot for run in runs for spot in run],
    )


def actor() -> Actor:
    """Whoever is at the page."""
    who = visitor()
    return Actor(who.login, who.address)


def _chosen() -> Filter:
    asked = request.args
    check, owner = asked.get("check", ""), asked.get("owner", "")
    return Filter(
        owner=visitor().login if owner == "me" else owner[:64],
        check=check if check in CHECKS else "",
        overdue=asked.get("overdue") == "1",
        escalated=asked.get("escalated") == "1",
        offered_to=visitor().login if asked.get("offered") == "1" else "",
        to_review=asked.get("review") == "1",
        band=int(asked["band"]) if asked.get("band") in ("0", "1", "2") else None,
    )


def _show(number: int, typed: Mapping[str, str], problem: Sentence | None) -> str:
    with writing() as session:
        row, known = session.get(Finding, number), known_at()
        if row is None or (known is not None and row.opened_at > known):
            abort(404)
        if known is not None:
            (row,) = as_then(session, [row], known)
        found = dossier(session, row, visitor().may, now(), known)
        write_down(
            session, at=now(), actor=actor(), act="docket.look", subject=found.line.person.number,
            detail=f"finding {row.id} {row.check_code}",
        )  # fmt: skip
        people = workers(session)
    return render_template(
        "finding.html",
        found=found,
        row=row,
        problem=problem,
        typed=typed,
        workers=people,
        kinds=CloseKind,
        known=known_on(),
    )


def _take(session: Session, number: int, version: int) -> None:
    take(session, number, version, actor=actor(), at=now())


def _offer(session: Session, number: int, version: int) -> None:
    form = request.form
    offer(session, number, version, form.get("to", ""), form.get("note", ""), actor=actor(), at=now())


def _accept(session: Session, number: int, version: int) -> None:
    answer_offer(session, number, version, accepts=True, actor=actor(), at=now())


def _decline(session: Session, number: int, version: int) -> None:
    said = request.form.get("note", "")
    answer_offer(session, number, version, accepts=False, note=said, actor=actor(), at=now())


def _note(session: Session, number: int, version: int) -> None:
    add_note(session, number, version, request.form.get("note", ""), actor=actor(), at=now())


def _close(session: Session, number: int, version: int) -> None:
    form = request.form
    kind = _KINDS.get(form.get("kind", ""))
    if kind is None:
        raise RefusedError("kind", Sentence("Choose how it ended: dealt with, or held rightly."))
    close(
        session, number, version, kind, form.get("reason", ""), review_on=_day(form.get("review_on", "")),
        actor=actor(), at=now(),
    )  # fmt: skip


def _look_after(session: Session, number: int, version: int) -> None:
    look_after(session, number, version, request.form.get("note", ""), actor=actor(), at=now())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


_ACTS: Final[dict[str, Callable[[Session, int, int], None]]] = {
    "take": _take,
    "offer": _offer,
    "accept": _accept,
    "decline": _decline,
    "note": _note,
    "close": _close,
    "review": _look_after,
}
