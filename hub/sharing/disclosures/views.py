"""The log of sharing as a page and a table to take away, and what one person may read of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from flask import abort, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.merging.reading import family_of
from hub.custody.queries import names, person_by_number
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.catalogue import EXCHANGES, PURPOSES, WAYS, Direction
from hub.sharing.deciding import SHORT
from hub.sharing.disclosures.joined import Whose, whose
from hub.sharing.disclosures.reading import COLUMNS, Wanted, all_of, find, receipts_of
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.disclosures.sealing import LOG
from hub.sharing.disclosures.telling import told_report
from hub.web.door import now, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("disclosures", __name__, template_folder="templates")

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


@pages.page("/disclosures", Permission.SEE_SHARING)
def log() -> str | tuple[str, int]:
    problem: Sentence | None = None
    with writing() as session:
        try:
            wanted = _wanted(session)
        except RefusedError as error:
            wanted, problem = Wanted(), error.message
        rows, more = find(session, wanted, known_at()) if problem is None else ([], False)
        receipts = receipts_of(session, [row.id for row in rows], known_at())
        known = agencies(session)
        position, _ = LOG.end(session)
        page = render_template(
            "disclosures.html",
            rows=rows,
            more=more,
            receipts=receipts,
            agencies={one.code: one.name for one in known},
            exchanges=EXCHANGES,
            outgoing=[one for one in EXCHANGES.values() if one.direction is Direction.OUT],
            purposes=PURPOSES,
            ways=WAYS,
            refusals=SHORT,
            asked=request.args,
            position=position,
            waiting=len(LOG.waiting(session, 1_000)),
            problem=problem,
            known=known_on(),
        )
        _note(session, "disclosures.look", wanted, now())
    return page if problem is None else (page, 400)


@pages.page("/disclosures.csv", Permission.SEE_SHARING)
def table() -> Response | tuple[str, int]:
    with writing() as session:
        try:
            wanted = _wanted(session)
        except RefusedError as error:
            abort(Response(f"{error.message}\n", 400, mimetype="text/plain"))
        text = "".join(_lines(all_of(session, wanted)))
        _note(session, "disclosures.export", wanted, now())
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=disclosures.csv"
    return answer


@pages.page("/people/<number>/disclosures", Permission.PRINT_ACCESS_REPORT)
def of_person(number: str) -> str:
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        report = told_report(session, person, now(), known_at())
        write_down(session, at=now(), actor=acting(), act="disclosures.report", subject=person.number)
    return render_template("disclosures_of_person.html", report=report, known=known_on())


def _lines(rows: Iterator[Disclosure]) -> Iterator[str]:
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(COLUMNS)
    for row in rows:
        write.writerow([_cell(getattr(row, name)) for name in COLUMNS])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def _wanted(session: Session) -> Wanted:
    asked = request.args
    return Wanted(
        agency=asked.get("agency", "").strip()[:32],
        whose=_whose(session, asked.get("person", "").strip().upper()[:16]),
        exchange=asked.get("exchange", "").strip()[:32],
        first_on=_day(asked.get("first_on", "")),
        last_on=_day(asked.get("last_on", "")),
        refused=asked.get("refused") == "1",
        before=number_in(asked.get("before", "")),
    )


def _whose(session: Session, number: str) -> Whose | None:
    """Rows of whoever has this number: joined files are one person, also for the time in which they were joined by
    mistake. One that was deleted is looked for alone."""
    person = None if not number else person_by_number(session, number)
    if person is None:
        return Whose(frozenset({number})) if number else None
    ids = family_of(session, person.id)
    return whose(session, ids, {number, *(one.number for one in names(session, ids).values())})


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None


def _note(session: Session, act: str, wanted: Wanted, at: datetime) -> None:
    """A look at one person's disclosures stands under their number, any other under none."""
    numbers = [] if wanted.whose is None else sorted(wanted.whose.numbers)
    subject = numbers[0] if numbers and numbers[0].startswith("P-") else ""
    said = [wanted.agency, wanted.exchange, str(wanted.first_on or ""), str(wanted.last_on or "")]
    detail = " ".join(one for one in said if one and one.replace("-", "").replace("_", "").isalnum())
    write_down(session, at=at, actor=acting(), act=act, subject=subject, detail=detail)
