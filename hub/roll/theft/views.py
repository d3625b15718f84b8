"""Pages of the end of a terminal: cutting it off, reporting it stolen, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response as Made
from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.words import FINGERS
from hub.roll.theft.actions import (
    cut_off_terminal,
    note_step,
    notice,
    report_theft,
    theft_of,
    write_notice,
)
from hub.roll.theft.export import csv_of
from hub.roll.theft.queries import concerned, counted, steps, thefts
from hub.roll.theft.records import Theft
from hub.roll.theft.rules import DEFAULT_HOURS, DEFAULT_WORDS, READABLE, STEPS, clock
from hub.sentences import RefusedError, Sentence
from hub.terminals.protection.actions import PROTECTION_WORDS, holding_of
from hub.terminals.records import Terminal, TerminalState
from hub.web.door import now, reading, writing
from hub.web.routes import Pages

pages = Pages("thefts", __name__, template_folder="templates")


@dataclass(frozen=True)
class Notice:
    """Whom to tell within how many hours; `words` None: nobody at this site wrote it down yet."""

    hours: int
    words: str | None


@pages.page("/terminals/<name>/cut-off", Permission.CUT_OFF_TERMINALS, methods=("GET", "POST"))
def cutting_off(name: str) -> str | Response | tuple[str, int]:
    return _ending(name, "cut_off.html", _cut_off)


@pages.page("/terminals/<name>/stolen", Permission.CUT_OFF_TERMINALS, methods=("GET", "POST"))
def stolen(name: str) -> str | Response | tuple[str, int]:
    return _ending(name, "stolen.html", _report)


@pages.page("/terminals/thefts", Permission.SEE_TERMINALS)
def all_thefts() -> str:
    return _list_page(None)


@pages.page("/terminals/thefts/notice", Permission.SAY_WHO_IS_TOLD, methods=("POST",))
def noticing() -> Response | tuple[str, int]:
    hours = request.form.get("hours", "")
    try:
        with writing() as session:
            number = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else 0
            write_notice(session, request.form.get("words", ""), number, actor=acting(), now=now())
    except RefusedError as error:
        return _list_page(error.message), 409
    return redirect(url_for("thefts.all_thefts"), 303)


@pages.page("/terminals/thefts/<int:number>", Permission.SEE_TERMINALS)
def one_theft(number: int) -> str:
    return _theft_page(number, None)


@pages.page("/terminals/thefts/<int:number>/steps", Permission.CUT_OFF_TERMINALS, methods=("POST",))
def stepping(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _theft(session, number)
            note_step(session, number, request.form.get("what", ""), actor=acting(), now=now())
    except RefusedError as error:
        return _theft_page(number, error.message), 409
    return redirect(url_for("thefts.one_theft", number=number), 303)


@pages.page("/terminals/thefts/<int:number>/people", Permission.SEE_PEOPLE)
def people(number: int) -> str:
    with writing() as session:
        theft, terminal = _theft(session, number)
        _note_look(session, terminal, "page")
        found = concerned(session, number)
    return render_template(
        "theft_people.html", number=number, theft=theft, terminal=terminal, people=found, fingers=FINGERS
    )


@pages.page("/terminals/thefts/<int:number>/people.csv", Permission.SEE_PEOPLE)
def people_file(number: int) -> Response:
    with writing() as session:
        theft, terminal = _theft(session, number)
        _note_look(session, terminal, "file")
        content = csv_of(concerned(session, number), names_held=theft.names_held)
    name = f"theft-{number}-{terminal.name}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Made(content, mimetype="text/csv", headers=disposition)


def _cut_off(session: Session, name: str, reason: str, at: datetime) -> str:
    cut_off_terminal(session, name, reason, actor=acting(), now=at)
    return f"/terminals/{name}"


def _report(session: Session, name: str, reason: str, at: datetime) -> str:
    return url_for("thefts.one_theft", number=report_theft(session, name, reason, actor=acting(), now=at))


def _ending(
    name: str, template: str, act: Callable[[Session, str, str, datetime], str]
) -> str | Response | tuple[str, int]:
    with reading() as session:
        _terminal(session, name)
    if request.method == "GET":
        return _confirmation(name, template, None)
    try:
        with writing() as session:
            target = act(session, name, request.form.get("reason", ""), now())
    except RefusedError as error:
        return _confirmation(name, template, error.message), 409
    return redirect(target, 303)


def _confirmation(name: str, template: str, problem: Sentence | None) -> str:
    with reading() as session:
        terminal = _terminal(session, name)
        theft = theft_of(session, terminal.id)
        return render_template(
            template,
            terminal=terminal,
            state=session.get(TerminalState, terminal.id),
            holding=holding_of(session, terminal.id),
            protections=PROTECTION_WORDS,
            theft_number=None if theft is None else theft.id,
            reason=request.form.get("reason", ""),
            problem=problem,
        )


def _list_page(problem: Sentence | None) -> str:
    with reading() as session:
        lines = thefts(session)
        told = _notice(session)
    return render_template(
        "thefts.html",
        lines=lines,
        clocks={line.number: clock(line.reported_at, told.hours, now()) for line in lines},
        protections=PROTECTION_WORDS,
        notice=told,
        default_words=DEFAULT_WORDS,
        words=request.form.get("words", told.words or ""),
        hours=request.form.get("hours", told.hours),
        problem=problem,
    )


def _theft_page(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        theft, terminal = _theft(session, number)
        told = _notice(session)
        return render_template(
            "theft.html",
            theft=theft,
            terminal=terminal,
            clock=clock(theft.reported_at, told.hours, now()),
            notice=told,
            default_words=DEFAULT_WORDS,
            counted=counted(session, number),
            readable=READABLE[theft.protection],
            protections=PROTECTION_WORDS,
            steps=steps(session, number),
            own_steps=STEPS,
            problem=problem,
        )


def _notice(session: Session) -> Notice:
    written = notice(session)
    return Notice(DEFAULT_HOURS, None) if written is None else Notice(written.hours, written.words)


def _terminal(session: Session, name: str) -> Terminal:
    found = session.scalars(select(Terminal).where(Terminal.name == name)).one_or_none()
    if found is None:
        abort(404)
    return found


def _theft(session: Session, number: int) -> tuple[Theft, Terminal]:
    theft = session.get(Theft, number)
    if theft is None:
        abort(404)
    return theft, session.get_one(Terminal, theft.terminal_id)


def _note_look(session: Session, terminal: Terminal, how: str) -> None:
    write_down(session, at=now(), actor=acting(), act="theft.people", subject=terminal.name, detail=how)
