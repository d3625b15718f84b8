"""The weekly census: each partner with its weeks, the differences, and one of them with both sides."""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.legal import LEGAL_STATUSES
from hub.sentences import RefusedError, Sentence
from hub.sharing.census import working
from hub.sharing.census.comparing import SORTS
from hub.sharing.census.lists import PAGE, PARTS, Part, Partner, differences, lines, steps_of, told, weeks
from hub.sharing.census.records import (
    DIFFERENCE_STATES,
    RUN_STATES,
    SCOPES,
    STEP_ACTS,
    CensusDifference,
    Scope,
)
from hub.sharing.census.rules import MOST_DAYS, WEEKDAYS, RuleWish, rules, set_rule
from hub.sharing.census.running import run
from hub.sharing.census.working import WHYS, Why
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in

pages = Pages("census", __name__, template_folder="templates")

LAST_PAGE: Final = 100_000
_WORDS: Final = {
    "sorts": SORTS,
    "run_states": RUN_STATES,
    "states": DIFFERENCE_STATES,
    "scopes": SCOPES,
    "weekdays": WEEKDAYS,
    "whys": WHYS,
    "acts": STEP_ACTS,
    "statuses": LEGAL_STATUSES,
    "most_days": MOST_DAYS,
}


@pages.page("/sharing/census", Permission.SEE_SHARING)
def overview() -> str:
    with reading() as session:
        found = lines(session, now())
    return render_template("census/overview.html", lines=found, **_WORDS)


@pages.page("/sharing/census/<agency>", Permission.SEE_SHARING)
def partner(agency: str) -> str:
    return _partner(agency, None)


@pages.page("/sharing/census/<agency>", Permission.WORK_INBOX, methods=("POST",))
def compare(agency: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _line(session, agency)
            rule = rules(session).get(agency)
            if rule is None:
                raise RefusedError(
                    "no_rule", Sentence("Say first when the lists are compared, and whom they list.")
                )
            run(session, rule, now(), actor=acting(), anyway=request.form.get("anyway") == "yes")
    except RefusedError as error:
        return _partner(agency, error.message), 409
    return redirect(url_for("census.partner", agency=agency), 303)


@pages.page("/sharing/census/<agency>/rule", Permission.SET_AGREEMENTS, methods=("POST",))
def rule(agency: str) -> Response | tuple[str, int]:
    form = request.form
    wish = RuleWish(
        agency,
        _number(form.get("weekday", "")),
        _number(form.get("hour", "")),
        Scope(form["scope"]) if form.get("scope") in set(Scope) else Scope.EVERYBODY,
        _number(form.get("days", "")),
        form.get("active") == "yes",
    )
    try:
        with writing() as session:
            _line(session, agency)
            set_rule(session, wish, actor=acting(), at=now())
    except RefusedError as error:
        return _partner(agency, error.message), 400
    return redirect(url_for("census.partner", agency=agency), 303)


@pages.page("/sharing/census/differences/<int:number>", Permission.SEE_SHARING)
def difference(number: int) -> str:
    return _show(number, None)


@pages.page("/sharing/census/differences/<int:number>", Permission.WORK_INBOX, methods=("POST",))
def work(number: int) -> Response | tuple[str, int]:
    form = request.form
    version = number_in(form.get("version", ""))
    try:
        with writing() as session:
            if form.get("act") == "take":
                working.take(session, number, version, actor=acting(), at=now())
            elif form.get("why") not in set(Why):
                raise RefusedError("why", Sentence("Choose why it is closed."))
            else:
                why, words = Why(form["why"]), form.get("words", "")
                working.close(session, number, version, why, words, actor=acting(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 409 if "changed" in error.code else 400
    return redirect(url_for("census.difference", number=number), 303)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1


def _line(session: Session, agency: str) -> Partner:
    found = next((one for one in lines(session, now()) if one.code == agency), None)
    if found is None:
        abort(404)
    return found


def _partner(agency: str, problem: Sentence | None) -> str:
    asked = request.args.get("part", "")
    part = Part(asked) if asked in set(Part) else Part.OPEN
    page = min(max(1, number_in(request.args.get("page", "1"))), LAST_PAGE)
    with writing() as session:
        line = _line(session, agency)
        found = differences(session, agency, part, page)
        history = weeks(session, agency)
        write_down(
            session,
            at=now(),
            actor=acting(),
            act="census.list",
            detail=f"{agency} {part.value} {len(found.rows)} of {found.total}",
        )
    return render_template(
        "census/partner.html",
        line=line,
        found=found,
        history=history,
        part=part,
        parts=PARTS,
        page=page,
        last=max(1, -(-found.total // PAGE)),
        at=now(),
        told=told,
        problem=problem,
        **_WORDS,
    )


def _show(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        row = session.get(CensusDifference, number)
        if row is None:
            abort(404)
        line = _line(session, row.agency)
        steps = steps_of(session, number)
        ours = told(row.ours)
        for subject in (row.person, *ours.get("others", ())):  # whoever is compared is looked at
            write_down(
                session,
                at=now(),
                actor=acting(),
                act="census.look",
                subject=subject,
                detail=f"{row.agency} {row.id}",
            )
    return render_template(
        "census/difference.html",
        row=row,
        line=line,
        steps=steps,
        ours=ours,
        theirs=told(row.theirs),
        at=now(),
        problem=problem,
        form=request.form,
        **_WORDS,
    )
