"""The court diary: days and courts, the list that goes with the escort, and outcomes after court."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import ChangedMeanwhileError, FactFaultsError
from hub.custody.hearing_outcomes import HEARING_OUTCOMES, RELEASES, HearingOutcome
from hub.custody.legal import Hearing
from hub.custody.queries import person_by_number
from hub.docket.diary.acts import NEEDS_NEXT, Outcome, fix_date, record_outcome
from hub.docket.diary.lists import production_list
from hub.docket.diary.reading import Appointment, appointments, appointments_of, day_of, production
from hub.docket.diary.undoing import take_back_outcome
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("diary", __name__, template_folder="templates")

_WEEK: Final = 7
_EARLIEST: Final = date(1950, 1, 1)
_LATEST: Final = date(2200, 1, 1)


@pages.page("/diary", Permission.SEE_DOCKET)
def diary() -> str:
    return _show_day(_day(request.args.get("day", "")), {}, {}, None)


@pages.page("/diary", Permission.RECORD_ORDERS, methods=("POST",))
def add() -> Response | tuple[str, int]:
    form = request.form
    hearing_at = _moment(form.get("hearing_at", ""))
    try:
        with writing() as session:
            person = person_by_number(session, form.get("person", ""))
            booking = None if person is None else open_booking_of(session, person.id)
            faults = _faults_of_new(form, hearing_at, inside=booking is not None)
            if faults or person is None or booking is None or hearing_at is None:
                raise FactFaultsError(faults)
            hearing = Hearing(
                court=form["court"].strip(), hearing_at=hearing_at, purpose=form["purpose"].strip(),
                case=form.get("case", "").strip(), video=form.get("video") == "1",
            )  # fmt: skip
            fix_date(session, person.id, booking.id, hearing, form["source"], actor=acting(), at=now())
    except FactFaultsError as error:
        day = hearing_at or now()
        return _show_day(day_of(day), form, error.faults, error.message), 400
    return redirect(url_for("diary.diary", day=day_of(hearing_at)), 303)


@pages.page("/diary/list/<day>", Permission.SEE_DOCKET)
def production_page(day: str) -> str:
    on, court = _day_or_404(day), request.args.get("court", "")[:80]
    with writing() as session:
        found = [one for one in appointments(session, on, on, court=court) if one.inside]
        lines = production_list(session, found, now())
        write_down(
            session, at=now(), actor=acting(), act="diary.production", subject=on.isoformat(),
            detail=" ".join(sorted({one.person.number for one in found}))[:480],
        )  # fmt: skip
    return render_template("production.html", on=on, court=court, lines=lines, printed_at=now())


@pages.page("/diary/outcome/<number>/<int:item>", Permission.RECORD_ORDERS)
def outcome(number: str, item: int) -> str:
    return _show_outcome(number, item, {}, {}, None)


@pages.page("/diary/outcome/<number>/<int:item>", Permission.RECORD_ORDERS, methods=("POST",))
def keep_outcome(number: str, item: int) -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            found = _appointment(session, number, item)
            if form.get("act") == "take_back":
                take_back_outcome(
                    session,
                    found,
                    form.get("reason", ""),
                    seen=number_in(form.get("seen", "")),
                    actor=acting(),
                    at=now(),
                )
                return redirect(url_for("diary.outcome", number=number, item=item), 303)
            said = _outcome(form)
            record_outcome(
                session, found, said, seen=number_in(form.get("seen", "")), actor=acting(), at=now()
            )
            rest = _without_outcome(session, found)
    except FactFaultsError as error:
        return _show_outcome(number, item, form, error.faults, error.message), 400
    except ChangedMeanwhileError as error:
        return _show_outcome(number, item, form, {}, error.message), 409
    except RefusedError as error:
        return _show_outcome(number, item, form, {}, error.message), 409
    return redirect(_after(found, said, rest), 303)


def _after(found: Appointment, said: Outcome, rest: list[Appointment]) -> str:
    """To the entry of the sentence, to the next date without outcome, or back to the day."""
    if said.outcome is HearingOutcome.SENTENCED:
        return f"/people/{found.person.number}/sentences/new"
    if rest:
        return url_for("diary.outcome", number=rest[0].person.number, item=rest[0].held.item, kept=1)
    return url_for("diary.diary", day=found.on)


def _without_outcome(session: Session, found: Appointment) -> list[Appointment]:
    same_day = appointments(session, found.on, found.on, court=found.hearing.court)
    return [one for one in same_day if not one.hearing.outcome]


def _show_day(
    day: date, typed: Mapping[str, str], faults: Mapping[str, Sentence], problem: Sentence | None
) -> str:
    court, known = request.args.get("court", "")[:80], known_at()
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=more) for more in range(_WEEK)]
    with reading() as session:
        of_week = appointments(session, week[0], week[-1], known_at=known)
    # A writer of its own, before anything is shown: other writers need not wait while a week is gathered.
    with writing() as session:
        write_down(session, at=now(), actor=acting(), act="diary.look", subject=day.isoformat())
    shown = [one for one in of_week if one.on == day and court in ("", one.hearing.court)]
    return render_template(
        "diary.html",
        day=day,
        today=day_of(now()),
        week=week,
        counts=Counter(one.on for one in of_week),
        courts=sorted({one.hearing.court for one in of_week if one.on == day}),
        court=court,
        shown=shown,
        figures=production(of_week, day_of(known or now())),
        before=week[0] - timedelta(days=_WEEK),
        after=week[0] + timedelta(days=_WEEK),
        outcomes=HEARING_OUTCOMES,
        typed=typed,
        faults=faults,
        problem=problem,
        known=known_on(),
    )


def _show_outcome(
    number: str, item: int, typed: Mapping[str, str], faults: Mapping[str, Sentence], problem: Sentence | None
) -> str:
    with writing() as session:
        found = _appointment(session, number, item)
        write_down(session, at=now(), actor=acting(), act="diary.outcome", subject=found.person.number)
    return render_template(
        "outcome.html",
        one=found,
        outcomes=HEARING_OUTCOMES,
        needs_next=NEEDS_NEXT,
        releases=RELEASES,
        typed=typed,
        faults=faults,
        problem=problem,
        kept=request.args.get("kept") == "1",
        today=day_of(now()),
    )


def _appointment(session: Session, number: str, item: int) -> Appointment:
    """The date of this person; a date of somebody else's is not found under their number."""
    person = person_by_number(session, number)
    if person is None:
        abort(404)
    for one in appointments_of(session, [person.id]):
        if one.held.item == item:
            return one
    abort(404)


def _outcome(form: Mapping[str, str]) -> Outcome:
    chosen = form.get("outcome", "")
    if chosen not in {one.value for one in HearingOutcome}:
        raise FactFaultsError({"outcome": Sentence("Choose what came of it.")})
    faults = {
        field: Sentence("This is no date. Write it as in 2026-11-22, with the time where it is asked for.")
        for field, read in (("next_at", _moment), ("remand_until_on", _date))
        if form.get(field, "").strip() and read(form.get(field, "")) is None
    }
    if faults:
        raise FactFaultsError(faults)
    return Outcome(
        outcome=HearingOutcome(chosen),
        reference=form.get("reference", "")[:80],
        next_at=_moment(form.get("next_at", "")),
        next_court=form.get("next_court", "")[:80],
        next_purpose=form.get("next_purpose", "")[:200],
        remand_until_on=_date(form.get("remand_until_on", "")),
        let_go=form.get("let_go") == "1",
        conditions=form.get("conditions", "")[:500],
        not_produced_because=form.get("not_produced_because", "")[:200],
    )


def _faults_of_new(form: Mapping[str, str], at: datetime | None, *, inside: bool) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not inside:
        faults["person"] = Sentence("Nobody with this number is in custody. Check it on the file.")
    if at is None:
        faults["hearing_at"] = Sentence("Write the day and the time.")
    for field, words in (
        ("court", Sentence("Write the court.")),
        ("purpose", Sentence("Write what the date is for.")),
        ("source", Sentence("Say which paper this comes from.")),
    ):
        if not form.get(field, "").strip():
            faults[field] = words
    return faults


def _day(text: str) -> date:
    found = _date(text)
    return found if found is not None and _EARLIEST <= found <= _LATEST else day_of(now())


def _day_or_404(text: str) -> date:
    found = _date(text)
    if found is None or not _EARLIEST <= found <= _LATEST:
        abort(404)
    return found


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """A day and a time as typed, at the site."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.tzinfo is not None or not _EARLIEST <= found.date() <= _LATEST:
        return None
    return found.replace(tzinfo=SITE_ZONE)
