"""Entering a sentence order from the paper: order, charges, sentences and credits in one form, nothing lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.reading import Held, holding
from hub.custody.iccs import ICCS
from hub.custody.legal import (
    CHARGE,
    LEGAL_STATUS,
    LEGAL_STATUSES,
    ORDER,
    ORDER_KINDS,
    LegalStatus,
    OrderToHold,
    Status,
)
from hub.custody.sentencing import signing
from hub.custody.sentencing.forms import REMAND_CREDIT, SENTENCE, SENTENCE_TYPES, Imposed
from hub.custody.sentencing.terms import in_words
from hub.reception.file.subject import Look, actor, look
from hub.reception.sentencing.entry_form import ROWS_MOST, EntryForm, Row
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.formats import SITE_ZONE, start_of
from hub.web.routes import Pages

pages = Pages("sentences", __name__, template_folder="templates")

MAX_FORM_BYTES = 256 * 1024


class _LookedError(Exception):
    """Carries what the entries would make out of a transaction that must leave nothing behind."""

    def __init__(self, found: signing.Explained | None) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class _Stated:
    """The order and the papers that rows are recorded on."""

    item: int
    value: OrderToHold
    source: str


@pages.page("/people/<number>/sentences/new", Permission.RECORD_ORDERS)
def entry(number: str) -> str:
    return _show(number, EntryForm({"kind": "sentence_order", "status": "SENTENCED"}))


@pages.page(
    "/people/<number>/sentences/new", Permission.RECORD_ORDERS, methods=("POST",), max_bytes=MAX_FORM_BYTES
)
def record(number: str) -> Response | str | tuple[str, int]:
    form, act = EntryForm(request.form.to_dict()), request.form.get("act", "save")
    if act == "row":
        more = {**form.typed, "rows": str(min(form.rows + 1, ROWS_MOST))}
        return _show(number, EntryForm(more))
    ask = require_fresh_factor() if act == "save" and form.get("sign") else None
    if ask is not None:
        return ask
    try:
        with writing() as session:
            seen = look(session, number)
            _record(session, seen, form)
            if form.faults:
                raise _LookedError(None)
            assert seen.stay is not None
            today = _today()
            found = signing.explain(session, seen.stay.id, today=today)
            if act == "try":
                raise _LookedError(found)
            signs = found is not None and not found.reckoned.blocked and form.get("sign")
            if signs and found is not None and found.reckoned.dates.release_on is not None:
                signing.sign_first(session, seen.stay.id, actor=actor(), at=now())
    except _LookedError as looked:
        return _show(number, form, found=looked.found), 400 if form.faults else 200
    except RefusedError as error:
        return _show(number, form, problem=error.message), 400
    return redirect(url_for("release_dates.why", number=number), 303)


def _record(session: Session, seen: Look, form: EntryForm) -> None:
    """State everything that was typed; where the form has faults, nothing is to be kept."""
    if seen.stay is None or seen.stay.released_at is not None:
        raise RefusedError(
            "no_booking",
            Sentence("This belongs to a stay, and the person has no open one. Admit them first."),
        )
    at, today, who = now(), _today(), actor()
    recorded = {str(one.item): one for one in holding(ORDER, seen.every)}
    chosen, typed = recorded.get(form.get("order")), form.order(today)
    if chosen is None and typed is None:
        form.faults.setdefault("order", Sentence("Choose the order, or enter a new one."))
    issued_on = (
        chosen.value.issued_on if chosen is not None else typed.issued_on if typed is not None else None
    )
    rows = form.read_rows(today, issued_on)
    if form.faults:
        return
    order = _order(session, seen, chosen, typed, who, at)
    _state_rows(session, seen, rows, form, order, who, at)
    status = form.status()
    if status is not None and issued_on is not None:
        value = Statement(
            LEGAL_STATUS,
            Status(status=status),
            start_of(issued_on),
            source=order.source,
            booking_id=seen.stay.id,
        )
        state(session, seen.stay.person_id, value, actor=who, at=at)


def _order(
    session: Session,
    seen: Look,
    chosen: Held[OrderToHold] | None,
    typed: OrderToHold | None,
    who: Actor,
    at: datetime,
) -> _Stated:
    assert seen.stay is not None
    if chosen is not None:
        return _Stated(chosen.item, chosen.value, chosen.row.source or chosen.value.reference)
    assert typed is not None
    statement = Statement(
        ORDER, typed, start_of(typed.issued_on), source=typed.reference, booking_id=seen.stay.id
    )
    row = state(session, seen.stay.person_id, statement, actor=who, at=at)
    return _Stated(row.id, typed, typed.reference)


def _state_rows(
    session: Session, seen: Look, rows: list[Row], form: EntryForm, order: _Stated, who: Actor, at: datetime
) -> None:
    """Rows that others follow are stated first, so that each can name the one before it."""
    assert seen.stay is not None
    person_id, stay = seen.stay.person_id, seen.stay.id
    known = {f"#{one.item}": one.item for one in _sentences(seen)}
    waiting = dict(zip((str(number) for number in form.used), rows, strict=True))
    while waiting:
        ready = [name for name, row in waiting.items() if not row.after or row.after in known]
        if not ready:
            name = next(iter(waiting))
            form.faults[f"after_{name}"] = Sentence("These follow each other in a circle. Say which starts.")
            return
        for name in ready:
            row = waiting.pop(name)
            charge = msgspec.structs.replace(row.charge, order=order.item)
            at_start = start_of(row.sentence.imposed_on)
            stated = state(
                session,
                person_id,
                Statement(CHARGE, charge, at_start, source=order.source, booking_id=stay),
                actor=who,
                at=at,
            )
            value = msgspec.structs.replace(
                row.sentence, charge=stated.id, order=order.item, consecutive_to=known.get(row.after)
            )
            sentence = Statement(SENTENCE, value, at_start, source=order.source, booking_id=stay)
            known[name] = state(session, person_id, sentence, actor=who, at=at).id
            if row.credit is not None:
                credit = msgspec.structs.replace(row.credit, sentence=known[name])
                towards = Statement(REMAND_CREDIT, credit, at_start, source=order.source, booking_id=stay)
                state(session, person_id, towards, actor=who, at=at)


def _sentences(seen: Look) -> list[Held[Imposed]]:
    stay = None if seen.stay is None else seen.stay.id
    return holding(SENTENCE, [row for row in seen.every if row.booking_id == stay])


def _show(
    number: str,
    form: EntryForm,
    *,
    found: signing.Explained | None = None,
    problem: Sentence | None = None,
) -> str:
    with writing() as session:
        seen = look(session, number)
        write_down(session, at=now(), actor=actor(), act="sentence.form", subject=seen.asked.number)
        stay = None if seen.stay is None else seen.stay.id
        orders = holding(ORDER, [row for row in seen.every if row.booking_id == stay])
    return render_template(
        "sentencing/entry.html",
        seen=seen,
        form=form,
        found=found,
        problem=problem,
        orders=orders,
        sentences=_sentences(seen),
        kinds=ORDER_KINDS,
        types=SENTENCE_TYPES,
        statuses={key: LEGAL_STATUSES[key] for key in _STATUSES},
        iccs=ICCS,
        term_words=in_words,
        most=ROWS_MOST,
        today=_today(),
    )


_STATUSES = (LegalStatus.SENTENCED, LegalStatus.INDETERMINATE_SENTENCE, LegalStatus.RECALL)


def _today() -> date:
    return now().astimezone(SITE_ZONE).date()
