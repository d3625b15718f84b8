"""Pages that are printed: a slip, the report of a count, the running count for the dark."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import abort, make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.headcount import showing
from hub.headcount.loading import slip_value
from hub.headcount.on_paper import lines_of
from hub.headcount.pdf import write_pdf
from hub.headcount.reading import blind_units
from hub.headcount.records import (
    Headcount,
    HeadcountMark,
    HeadcountSlip,
    HeadcountStep,
    HeadcountUnit,
    OutCountRecord,
)
from hub.headcount.running import Running, newest, running
from hub.headcount.words import KINDS, METHODS
from hub.web.door import now, writing
from hub.web.formats import SITE_ZONE
from hub.web.language import current_language
from hub.web.routes import Pages
from wire.happenings import CountKind, CountMethod

pages = Pages("count_paper", __name__, template_folder="templates")


@pages.page("/counts/<int:number>/slips/<int:item>", Permission.SEE_COUNTS)
def slip(number: int, item: int) -> str:
    with writing() as session:
        row = session.get(HeadcountSlip, item)
        if row is None or row.headcount_id != number:
            abort(404)
        count = session.get_one(Headcount, number)
        unit = session.scalars(
            select(HeadcountUnit).where(HeadcountUnit.headcount_id == number, HeadcountUnit.code == row.unit)
        ).one()
        write_down(
            session, at=now(), actor=acting(), act="count.slip_look", subject=str(number), detail=row.unit
        )
    return render_template(
        "count_slip.html",
        row=row,
        value=slip_value(row),
        count=count,
        unit=unit,
        kind=KINDS[CountKind(count.kind)],
        method=METHODS[CountMethod(row.method)],
    )


@pages.page("/counts/<int:number>/report", Permission.SEE_COUNTS)
def report(number: int) -> str:
    """Everything of one count on A4. Whoever may still have to count it blind does not get it."""
    with writing() as session:
        facts = showing.count_facts(session, number, now())
        if facts is None:
            abort(404)
        if facts["view"].reckoning is None:
            abort(403)
        digest = digest_of(session, number)
        write_down(session, at=now(), actor=acting(), act="count.report", subject=str(number), detail=digest)
    return render_template("count_report.html", digest=digest, printed_at=now(), **facts)


@pages.page("/counts/running", Permission.SEE_COUNTS)
def running_count() -> str:
    with writing() as session:
        found, last = _running(session), newest(session)
        write_down(session, at=now(), actor=acting(), act="count.running", detail=f"{found.roll} people")
    return render_template(
        "running_count.html", running=found, last=last, names_shown=showing.shows_names(), sees_totals=_sees()
    )


@pages.page("/counts/running.pdf", Permission.SEE_COUNTS)
def running_pdf() -> Response:
    with writing() as session:
        found = _running(session)
        write_down(session, at=now(), actor=acting(), act="count.running", detail=f"{found.roll} people, PDF")
    stamp = f"{found.at.astimezone(SITE_ZONE):%Y-%m-%d %H:%M}"
    answer = make_response(
        write_pdf(
            lines_of(found, current_language(), with_names=showing.shows_names()),
            title=f"PIMS {stamp}",
            foot=stamp,
        )
    )
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="running-count.pdf"'
    return answer


def digest_of(session: Session, number: int) -> str:
    """SHA-256 over every entry of a count in the order of their numbers: two prints of one count bear the same."""
    told = hashlib.sha256()
    for table in (HeadcountStep, HeadcountSlip, HeadcountMark, OutCountRecord):
        rows = session.scalars(select(table).where(table.headcount_id == number).order_by(table.id)).all()
        for row in rows:
            told.update(_line(row, [column.key for column in table.__table__.columns]))
    return told.hexdigest()


def _line(row: object, columns: Sequence[str]) -> bytes:
    values = [getattr(row, name) for name in columns]
    shown = [one.hex() if isinstance(one, bytes) else str(one) for one in values]
    return ("\x1f".join(shown) + "\x1e").encode()


def _sees() -> bool:
    return showing.viewer().sees_totals


def _running(session: Session) -> Running:
    """Without the units that this visitor may have to count blind."""
    hide = [] if _sees() else sorted(blind_units(session))
    return running(session, now(), hide=hide)
