"""Corrections: what was wrong, who got it, who confirmed; and telling by hand where no message may go out."""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.catalogue import KINDS
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.agreements.records import Agreement, AgreementVersion
from hub.sharing.agreements.terms import Terms, read_terms
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.corrections.lists import PAGE, PARTS, Line, Part, listed, one
from hub.sharing.corrections.records import DUTIES, SORTS, CorrectionTold
from hub.sharing.corrections.telling import NOTICE
from hub.sharing.deciding import NotAgreedError
from hub.sharing.outbox.records import STATES
from hub.web.door import now, writing
from hub.web.routes import Pages, number_in

pages = Pages("corrections", __name__, template_folder="templates")

LAST_PAGE: Final = 100_000
LONGEST: Final = 300
_WORDS: Final = {
    "kinds": KINDS,
    "exchanges": EXCHANGES,
    "sorts": SORTS,
    "duties": DUTIES,
    "states": STATES,
}


@pages.page("/sharing/corrections", Permission.SEE_SHARING)
def worklist() -> str:
    asked = request.args.get("part", "")
    part = Part(asked) if asked in set(Part) else Part.ALL
    page = min(max(1, number_in(request.args.get("page", "1"))), LAST_PAGE)
    with writing() as session:
        found = listed(session, part, now(), page)
        known = {row.code: row.name for row in agencies(session)}
        detail = f"{part.value} {len(found.lines)} of {found.total}"
        write_down(session, at=now(), actor=acting(), act="correction.list", detail=detail)
    return render_template(
        "corrections/list.html",
        found=found,
        part=part,
        parts=PARTS,
        page=page,
        last=max(1, -(-found.total // PAGE)),
        agencies=known,
        **_WORDS,
    )


@pages.page("/sharing/corrections/<number>", Permission.SEE_SHARING)
def show(number: str) -> str:
    return _show(number, None)


@pages.page("/sharing/corrections/<number>", Permission.WORK_INBOX, methods=("POST",))
def tell(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _told(session, number)
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("corrections.show", number=number), 303)


def _told(session: Session, number: str) -> None:
    line = _line(session, number)
    hearer = number_in(request.form.get("hearer", ""))
    heard = next((each for each in line.heard if each.row.id == hearer), None)
    if heard is None or not heard.by_hand:
        raise RefusedError("told_already", Sentence("This is settled already. There is nothing to do."))
    words = " ".join(request.form.get("words", "").split())
    if not 3 <= len(words) <= LONGEST:
        raise RefusedError(
            "words", Sentence("Write how they were told, or why they are not, in 3 to 300 characters.")
        )
    # One call to an agency settles every message in which it was told the same.
    for each in line.heard:
        if each.by_hand and each.row.agency == heard.row.agency:
            session.add(CorrectionTold(hearer_id=each.row.id, at=now(), by=acting().login, words=words))
    write_down(
        session,
        at=now(),
        actor=acting(),
        act="correction.told",
        subject=line.row.person,
        detail=f"{line.row.number} {heard.row.agency}",
    )


def _line(session: Session, number: str) -> Line:
    found = one(session, number, now())
    if found is None:
        abort(404)
    return found


def _show(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        line = _line(session, number)
        known = {row.code: row for row in agencies(session)}
        terms = {each.row.id: _terms(session, each.row.agreement, each.row.version) for each in line.heard}
        write_down(
            session,
            at=now(),
            actor=acting(),
            act="correction.look",
            subject=line.row.person,
            detail=line.row.number,
        )
    return render_template(
        "corrections/correction.html",
        line=line,
        row=line.row,
        agencies=known,
        terms=terms,
        why=_why,
        problem=problem,
        **_WORDS,
    )


def _why(agency: str, code: str) -> Sentence:
    """Why no notice may go out, without the code that machines know it by."""
    message = NotAgreedError(code, agency=agency, exchange=NOTICE, purpose="").message
    return Sentence(message.text, {**message.values, "exchange": Sentence("corrections")})


def _terms(session: Session, agreement: str, version: int) -> Terms | None:
    found = (
        session.query(AgreementVersion.terms)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .filter(Agreement.code == agreement, AgreementVersion.number == version)
        .scalar()
    )
    return None if found is None else read_terms(found)
