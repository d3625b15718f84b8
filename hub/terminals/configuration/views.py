"""Pages of configuration: what each terminal shall run by, changing it, its history, and roll-outs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.terminals.configuration import form
from hub.terminals.configuration.actions import WrongSettingsError, base_of, put_back, with_changes
from hub.terminals.configuration.overview import history, rollout_lines, rollout_view, terminal_lines
from hub.terminals.configuration.rollouts import begin_rollout, go_on, stop, take_back
from hub.terminals.configuration.rules import Course, Standing
from hub.terminals.configuration.words import ACTS, COURSES, HELD, SECTIONS, STANDINGS, fault_words
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal
from hub.web.door import now, reading, writing
from hub.web.routes import Pages

pages = Pages("configuration", __name__, template_folder="templates")

SHOWN: Final = 10
"""Roll-outs in the list; the others are reached by their number."""

DEFAULTS: Final = {"first": "1", "percent": "10", "soak_s": "600", "probation_s": "60"}
RANGES: Final = {"first": (1, 1000), "percent": (1, 100), "soak_s": (10, 86_400), "probation_s": (1, 3600)}


@pages.page("/terminals/configuration", Permission.CONFIGURE_TERMINALS)
def terminals() -> str:
    with reading() as session:
        lines, rollouts = terminal_lines(session), rollout_lines(session, SHOWN)
    return render_template("configuration.html", lines=lines, rollouts=rollouts, held=HELD, courses=COURSES)


@pages.page("/terminals/configuration/change", Permission.CONFIGURE_TERMINALS)
def change() -> str | Response:
    names, model = request.args.getlist("terminal"), request.args.get("model")
    if model:
        with reading() as session:
            names = [line.name for line in terminal_lines(session) if line.model == model]
    if not names:
        return redirect(url_for("configuration.terminals"))
    return _form(names, {}, DEFAULTS, {}, None)


@pages.page("/terminals/configuration/change", Permission.CONFIGURE_TERMINALS, methods=("POST",))
def change_now() -> str | Response | tuple[str, int]:
    names = request.form.getlist("terminal")
    with reading() as session:
        bases = _bases(session, names)
    changes = form.read(form.lines(list(bases.values())), request.form)
    plan = {name: request.form.get(name, default) for name, default in DEFAULTS.items()}
    faults = _faults(bases, changes)
    if faults:
        return _form(
            names, changes, plan, faults, Sentence("Some settings cannot be. Nothing was changed.")
        ), 400
    problem = _problem(changes, plan)
    if problem is not None:
        return _form(names, changes, plan, {}, problem), 400
    if request.form.get("step") == "more":
        return _form(names, changes, plan, {}, None)
    if request.form.get("step") != "send":
        differences = form.grouped(bases, changes)
        return render_template(
            "configuration_check.html",
            names=list(bases),
            differences=differences,
            changes={key: form.as_text(value) for key, value in changes.items()},
            plan=plan,
            reason=request.form.get("reason", ""),
        )
    try:
        number = _begin(list(bases), changes, plan)
    except RefusedError as error:
        return _form(names, changes, plan, {}, error.message), 400
    return redirect(url_for("configuration.rollout", number=number), 303)


@pages.page("/terminals/configuration/<name>", Permission.CONFIGURE_TERMINALS)
def one(name: str) -> str:
    return _history(name, None)


@pages.page("/terminals/configuration/<name>/put-back", Permission.CONFIGURE_TERMINALS, methods=("POST",))
def putting_back(name: str) -> Response | tuple[str, int]:
    counter = _number(request.form.get("counter", ""))
    try:
        with writing() as session:
            put_back(session, _terminal_id(session, name), counter, actor=acting(), at=now())
    except RefusedError as error:
        return _history(name, error.message), 400
    return redirect(url_for("configuration.one", name=name), 303)


@pages.page("/terminals/rollouts/<number>", Permission.CONFIGURE_TERMINALS)
def rollout(number: str) -> str:
    return _rollout(number, None)


@pages.page("/terminals/rollouts/<number>/standing", Permission.CONFIGURE_TERMINALS, watches=True)
def rollout_standing(number: str) -> str:
    return _rollout(number, None, template="rollout_standing.html")


@pages.page("/terminals/rollouts/<number>/<act>", Permission.CONFIGURE_TERMINALS, methods=("POST",))
def act_on_rollout(number: str, act: str) -> Response | tuple[str, int]:
    acts = {"stop": stop, "go-on": go_on, "take-back": take_back}
    if act not in acts:
        abort(404)
    try:
        with writing() as session:
            acts[act](session, _number(number), actor=acting(), at=now())
    except RefusedError as error:
        return _rollout(number, error.message), 400
    return redirect(url_for("configuration.rollout", number=number), 303)


def _form(
    names: list[str],
    changes: Mapping[str, Any],
    plan: Mapping[str, str],
    faults: Mapping[str, Sentence],
    problem: Sentence | None,
) -> str:
    with reading() as session:
        bases = _bases(session, names)
    sections: dict[str, list[form.Line]] = {}
    for line in form.lines(list(bases.values())):
        sections.setdefault(line.key.section, []).append(line)
    return render_template(
        "configuration_change.html",
        names=list(bases),
        sections=sections,
        titles=SECTIONS,
        typed={key: form.as_text(value) for key, value in changes.items()},
        plan=plan,
        ranges=RANGES,
        faults=faults,
        problem=problem,
        reason=request.form.get("reason", ""),
    )


def _history(name: str, problem: Sentence | None) -> str:
    with reading() as session:
        _terminal_id(session, name)
        rows, epoch = history(session, name), current_epoch(session)
        line = next(one for one in terminal_lines(session) if one.name == name)
    older = {row.counter: row.settings for row in rows}
    changed = {
        row.counter: form.differences(older[row.counter - 1], row.settings)
        for row in rows
        if row.counter - 1 in older
    }
    left, right = (_number(request.args.get(side, "0")) for side in ("from", "to"))
    compared = None
    if left in older and right in older:
        compared = form.differences(older[left], older[right])
    return render_template(
        "configuration_history.html",
        line=line,
        rows=rows,
        epoch=epoch,
        changed=changed,
        compared=compared,
        left=left,
        right=right,
        held=HELD,
        problem=problem,
    )


def _rollout(number: str, problem: Sentence | None, *, template: str = "rollout.html") -> str:
    with reading() as session:
        view = rollout_view(session, _number(number), now())
    if view is None:
        abort(404)
    return render_template(
        template,
        view=view,
        courses=COURSES,
        standings=STANDINGS,
        acts=ACTS,
        Course=Course,
        Standing=Standing,
        as_text=form.as_text,
        problem=problem,
    )


def _bases(session: Session, names: list[str]) -> dict[str, dict[str, Any]]:
    """Settings of each chosen terminal by name; one whose settings are not known is left out."""
    rows = session.execute(
        select(Terminal.name, Terminal.id)
        .where(Terminal.name.in_(names), Terminal.status == Status.ACTIVE)
        .order_by(Terminal.name)
    )
    known = {name: base_of(session, terminal_id) for name, terminal_id in rows}
    found = {name: base for name, base in known.items() if base is not None}
    if not found:
        abort(404)
    return found


def _faults(bases: Mapping[str, Mapping[str, Any]], changes: Mapping[str, Any]) -> dict[str, Sentence]:
    """What is wrong, by key or section: a change can be right for one terminal and not for another."""
    found: dict[str, Sentence] = {}
    for base in bases.values():
        try:
            with_changes(base, changes)
        except WrongSettingsError as error:
            found.update({fault.key: fault_words(fault) for fault in error.faults})
    return found


def _problem(changes: Mapping[str, Any], plan: Mapping[str, str]) -> Sentence | None:
    if not changes:
        return Sentence("Nothing is changed yet. Change a value first.")
    if not request.form.get("reason", "").strip():
        return Sentence("Say why: the next one will want to know.")
    for name, (least, most) in RANGES.items():
        text = plan[name]
        if not (text.isascii() and text.isdigit() and len(text) < 8 and least <= int(text) <= most):
            return Sentence(
                "The stages need whole numbers: %(name)s from %(least)s to %(most)s.",
                {"name": name, "least": least, "most": most},
            )
    return None


def _begin(names: list[str], changes: Mapping[str, Any], plan: Mapping[str, str]) -> int:
    with writing() as session:
        return begin_rollout(
            session,
            names,
            changes,
            reason=request.form.get("reason", "").strip(),
            first=int(plan["first"]),
            percent=int(plan["percent"]),
            soak_s=int(plan["soak_s"]),
            probation_s=int(plan["probation_s"]),
            actor=acting(),
            at=now(),
        )


def _terminal_id(session: Session, name: str) -> int:
    found = session.scalar(select(Terminal.id).where(Terminal.name == name, Terminal.status == Status.ACTIVE))
    if found is None:
        abort(404)
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(404)
    return int(text)
