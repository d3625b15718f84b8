"""Pages of publications: the one for ministers, the list with what is held, one publication, its files."""

from __future__ import annotations

from dataclasses import replace

from flask import Response as Sent
from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.biometrics.vault import Vault
from hub.sentences import RefusedError, Sentence
from hub.statistics.cells import Figures
from hub.statistics.charts import Bar, bar_chart
from hub.statistics.cuts import CUTS
from hub.statistics.definitions.model import UNITS, Indicator
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.periods import Period, period_of
from hub.statistics.publishing.body import figures_of, read_proof
from hub.statistics.publishing.drafting import draft
from hub.statistics.publishing.files.about import SIGNATURE
from hub.statistics.publishing.freezing import drop, freeze, is_genuine, signer_of
from hub.statistics.publishing.glance import glance
from hub.statistics.publishing.naming import named_in_words
from hub.statistics.publishing.reading import Standing, State, files_of, frozen, standing, standings
from hub.statistics.showing import Notes, Row, overview, rows_of
from hub.web.door import now, reading, service, visitor, writing
from hub.web.formats import calendar_month
from hub.web.known import known_at, known_on
from hub.web.language import say
from hub.web.routes import Pages

pages = Pages("publications", __name__, template_folder="templates")

_SHOWN = ("population", "admissions", "releases", "sentenced")


@pages.page("/figures/glance", Permission.SEE_FIGURES)
def at_a_glance() -> str:
    """The page for ministers: published figures alone."""
    with reading() as session:
        found = glance(frozen(session, known_at=known_at()), say, calendar_month)
    return render_template("publishing/glance.html", found=found, known=known_on(), units=UNITS)


@pages.page("/publications", Permission.SEE_FIGURES)
def publications() -> str:
    return _list(None)


@pages.page("/publications", Permission.SEE_FIGURES, methods=("POST",))
def draft_one() -> Response | tuple[str, int]:
    try:
        with writing() as session:
            row = draft(
                session, _period(request.form.get("period", "")), why=request.form.get("why", ""),
                actor=acting(), at=now(),
            )  # fmt: skip
            number = row.id
    except RefusedError as error:
        return _list(error.message), 409
    return redirect(url_for("publications.publication", number=number), 303)


@pages.page("/publications/<int:number>", Permission.SEE_FIGURES)
def publication(number: int) -> str:
    return _one(number, None)


@pages.page("/publications/<int:number>/freeze", Permission.PUBLISH_FIGURES, methods=("POST",))
def freeze_one(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            freeze(session, number, actor=acting(), at=now(), key=signer_of(service(Vault)))
    except RefusedError as error:
        return _one(number, error.message), 409
    return redirect(url_for("publications.publication", number=number), 303)


@pages.page("/publications/<int:number>/drop", Permission.PUBLISH_FIGURES, methods=("POST",))
def drop_one(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            drop(session, number, request.form.get("note", ""), actor=acting(), at=now())
    except RefusedError as error:
        return _one(number, error.message), 409
    return redirect(url_for("publications.publications"), 303)


@pages.page("/publications/<int:number>/files/<name>", Permission.SEE_FIGURES)
def publication_file(number: int, name: str) -> Sent:
    with reading() as session:
        found = standing(session, number)
        if found is None:
            abort(404)
        held = {one.name: (one.media_type, one.content.encode()) for one in files_of(session, number)}
        if found.act is not None and found.act.signature:
            held[SIGNATURE] = ("application/octet-stream", bytes.fromhex(found.act.signature))
    if name not in held:
        abort(404)
    answer = Sent(held[name][1], mimetype=held[name][0])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _list(problem: Sentence | None) -> str:
    with reading() as session:
        found = standings(session, known_at())
    return render_template(
        "publishing/list.html",
        found=found,
        known=known_on(),
        problem=problem,
        typed=request.form,
        State=State,
    )


def _one(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        found = standing(session, number, known_at())
        if found is None:
            abort(404)
        files = files_of(session, number)
        genuine = found.act is None or not found.act.signature or is_genuine(found.act, files[-1].content)
    figures, notes, proof = figures_of(found.row), Notes(), read_proof(found.row)
    cubes = [cube for code in _SHOWN for cube in figures.cubes.values() if cube.name.startswith(f"{code}.")]
    period = period_of(found.row.period)
    return render_template(
        "publishing/one.html", found=found, files=files, genuine=genuine, proof=proof,
        lost=[named_in_words(name) for name in proof.lost] if visitor().may(Permission.PUBLISH_FIGURES) else [],
        known=known_on(), problem=problem, State=State, units=UNITS, period=period, may_freeze=_may(found),
        whole=_whole(figures, period, notes), chart=_chart(figures, period),
        tables=[(cube, rows_of(cube, notes)) for cube in cubes if len(cube.cuts) == 1], notes=notes.marked(),
        cuts=CUTS, signature=SIGNATURE, contradicted=figures.held_for(DOES_NOT_ADD_UP),
    )  # fmt: skip


def _whole(figures: Figures, period: Period, notes: Notes) -> list[tuple[Indicator, Row]]:
    """Each figure without a cut, for the period alone."""
    alone = replace(figures, periods=(period,))
    return overview(alone, [cube.indicator for name, cube in figures.cubes.items() if "." not in name], notes)


def _chart(figures: Figures, period: Period) -> str:
    cube = figures.cube("population", "LEGAL_STATUS")
    bars = []
    for code, words in CUTS["LEGAL_STATUS"].categories.items():
        cell = cube.cell(period, code)
        if cell.value != 0:
            bars.append(Bar(say(words), cell.value, say(cell.held.why) if cell.held else ""))
    title = say(Sentence("People held by legal status"))
    return bar_chart(
        title, say(Sentence("The table below has every number.")), bars, unit=say(Sentence("People"))
    )


def _may(found: Standing) -> bool:
    who = visitor()
    return found.state is State.DRAFTED and who.login != found.row.drafted_by


def _period(text: str) -> Period:
    try:
        return period_of(text.strip())
    except ValueError:
        raise RefusedError("no_period", Sentence("Write a year as 2025, or a month as 2025-11.")) from None
