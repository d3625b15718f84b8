"""Pages of queries: taking one, who looks into it, and the answer in words for the person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import read_value
from hub.custody.facts.reading import Held, holding, rows_of
from hub.custody.facts.records import Fact
from hub.custody.life import queries
from hub.custody.life.queries import CAME, QUERY, RESULTS, Came, Query, Result
from hub.custody.life.query_steps import steps_of
from hub.custody.merging.reading import family_of
from hub.custody.records import Person
from hub.custody.then import named
from hub.custody.visible import visible
from hub.reception.file.subject import actor, may_about, person_of
from hub.reception.slip.making import slip_by_number
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("queries", __name__, template_folder="templates")


@pages.page("/queries", Permission.SEE_PEOPLE)
def waiting() -> str:
    known = known_at()
    with writing() as session:
        found = queries.open_queries(session, known)
        people = named(session, {one.person_id for one in found}, known)
        write_down(session, at=now(), actor=actor(), act="query.list", detail=f"{len(found)} open")
    return render_template(
        "slip/queries.html", found=found, people=people, today=known_on() or _today(), known=known_on()
    )


@pages.page("/people/<number>/query", Permission.RECORD_UNIT_LIFE)
def ask(number: str) -> str:
    return _ask_page(number, None)


@pages.page("/people/<number>/query", Permission.RECORD_UNIT_LIFE, methods=("POST",))
def take(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            person = person_of(session, number)
            asked = _asked(session, person)
            _, made = queries.open_query(session, person, asked, actor=actor(), at=now())
    except RefusedError as error:
        return _ask_page(number, error.message), 400
    return redirect(url_for("queries.ask", number=person.number, opened=made), 303)


@pages.page("/people/<number>/queries/<int:item>", Permission.SEE_PEOPLE)
def query(number: str, item: int) -> str:
    return _show(number, item, None)


@pages.page("/people/<number>/queries/<int:item>", Permission.RECORD_FACTS, methods=("POST",))
def act(number: str, item: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _act(session, _held(session, person_of(session, number), item))
    except RefusedError as error:
        return _show(number, item, error.message), 400
    return redirect(url_for("queries.query", number=number, item=item), 303)


def _act(session: Session, held: Held[Query]) -> None:
    form, at, who = request.form, now(), actor()
    match form.get("act"):
        case "take":
            queries.give_to(session, held, visitor().login, actor=who, at=at)
        case "give":
            queries.give_to(session, held, form.get("owner", ""), actor=who, at=at)
        case "answer":
            result = form.get("result", "")
            if result not in Result._value2member_map_:
                raise RefusedError("no_result", Sentence("Choose what looking into it showed."))
            correction = number_in(form.get("correction", "")) or None
            queries.answer_query(
                session, held, Result(result), form.get("answer", ""), correction, actor=who, at=at
            )
        case "again":
            queries.ask_again(session, held, form.get("said", ""), _due(), actor=who, at=at)
        case _:
            abort(400)


def _asked(session: Session, person: Person) -> Query:
    form = request.form
    slip = form.get("slip", "").strip().upper()
    if slip:
        found = slip_by_number(session, slip)
        if found is None or found.person_id not in family_of(session, person.id):
            raise RefusedError(
                "strange_slip",
                Sentence("This person was not given a slip with this number. Check it, or leave it empty."),
            )
    came = form.get("came", "")
    return Query(
        number="",
        said=form.get("said", ""),
        came=Came(came) if came in Came._value2member_map_ else Came.OFFICER,
        due_on=_due(),
        owner="",
        slip=slip,
        about=number_in(form.get("about", "")) or None,
    )


def _due() -> date:
    try:
        return date.fromisoformat(request.form.get("due_on", ""))
    except ValueError:
        raise RefusedError("no_due", Sentence("Choose by which day the person is answered.")) from None


def _ask_page(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="query.form", subject=person.number)
        choices = _choices(session, person)
    proposed = _today() + timedelta(days=queries.ANSWER_WITHIN_DAYS)
    return render_template(
        "slip/ask.html",
        person=person,
        choices=choices,
        came=CAME,
        proposed=proposed,
        opened=request.args.get("opened", "")[:16],
        slip=request.args.get("slip", "")[:16],
        problem=problem,
        typed=request.form,
    )


def _choices(session: Session, person: Person) -> list[tuple[str, str, Sentence, Sentence]]:
    """What may be said to be wrong: facts that the visitor may see, as (item, day, kind, words)."""
    rows = [
        row
        for row in visible(rows_of(session, family_of(session, person.id)), may_about(person.number))
        if row.kind != QUERY.name
    ]
    found = []
    for name in {row.kind: None for row in rows}:
        kind = KINDS[name]
        for held in holding(kind, rows):
            day = held.row.effective_at.astimezone(SITE_ZONE).date().isoformat()
            found.append((str(held.item), day, kind.words, kind.say(held.value)))
    return found


def _show(number: str, item: int, problem: Sentence | None) -> str:
    known = known_at()
    with writing() as session:
        person = person_of(session, number)
        held = _held(session, person, item, known)
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="query.look",
            subject=person.number,
            detail=held.value.number,
        )
        every = rows_of(session, family_of(session, person.id, known))
        rows = [row for row in every if known is None or row.recorded_at <= known]
        may = may_about(person.number)
        about = [row for row in visible(rows, may) if row.id == held.value.about]
        later = {row.id for row in every} - {row.id for row in rows}
        fixes = [row for row in visible(queries.corrections_since(session, held), may) if row.id not in later]
        who = named(session, [person.id], known)[person.id]
        told = {row.id: _words(row) for row in [*about, *fixes]}
    return render_template(
        "slip/query.html",
        person=who,
        known=known_on(),
        held=held,
        value=held.value,
        about=told.get(held.value.about or 0),
        fixes=[(row, told[row.id]) for row in fixes],
        correction=told.get(held.value.correction or 0),
        steps=steps_of([row for row in rows if row.kind == QUERY.name and item in (row.id, row.item)]),
        came=CAME,
        results=RESULTS,
        today=known_on() or _today(),
        proposed=_today() + timedelta(days=queries.ANSWER_WITHIN_DAYS),
        problem=problem,
        typed=request.form,
    )


def _words(row: Fact) -> tuple[Sentence, Sentence]:
    kind = KINDS[row.kind]
    return kind.words, kind.say(read_value(kind, row.value))


def _held(session: Session, person: Person, item: int, known: datetime | None = None) -> Held[Query]:
    for held in queries.queries_of(session, family_of(session, person.id, known), known_at=known):
        if held.item == item:
            return held
    abort(404)


def _today() -> date:
    return now().astimezone(SITE_ZONE).date()
