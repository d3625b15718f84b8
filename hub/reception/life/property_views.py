"""Property: taken in against a signature, given back against another, with a receipt on paper each time."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.documents.actions import open_document
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import FactFaultsError
from hub.custody.facts.reading import Held
from hub.custody.facts.records import Fact
from hub.custody.life import property as things
from hub.custody.life.property import OUTCOMES, SIGNED, Leaving, Outcome, PropertyItem, Signature, Signed
from hub.custody.merging.reading import family_of, stays_with
from hub.custody.records import Booking, Person
from hub.reception.file.subject import actor, person_of
from hub.reception.life import typed
from hub.reception.signatures import keep_drawing
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, service, writing
from hub.web.headers import SANDBOX
from hub.web.routes import Pages, number_in

pages = Pages("property", __name__, template_folder="templates")

ROWS = 6
"""Lines of the list at first; a script adds more, and a line left empty is none."""
MOST_FORM_BYTES = 256 * 1024


@pages.page("/people/<number>/property", Permission.RECORD_UNIT_LIFE)
def kept(number: str) -> str:
    return _show(number, None)


@pages.page(
    "/people/<number>/property", Permission.RECORD_UNIT_LIFE, methods=("POST",), max_bytes=MOST_FORM_BYTES
)
def act(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            person = person_of(session, number)
            receipt = _act(session, person)
    except FactFaultsError as error:
        return _show(number, next(iter(error.faults.values()))), 400
    except RefusedError as error:
        return _show(number, error.message), 400
    return redirect(url_for("property.receipt", number=number, receipt=receipt), 303)


@pages.page("/people/<number>/receipts/<receipt>", Permission.RECORD_UNIT_LIFE)
def receipt(number: str, receipt: str) -> str:
    with writing() as session:
        person = person_of(session, number)
        found = things.on_receipt(_everything(session, person), receipt)
        if not found:
            abort(404)
        write_down(
            session, at=now(), actor=actor(), act="property.receipt", subject=person.number, detail=receipt
        )
        has_drawing = _drawing(session, person, receipt) is not None
    leaving = found[0].value.outcome_receipt == receipt
    return render_template(
        "life/receipt.html",
        person=person,
        found=found,
        receipt=receipt,
        leaving=leaving,
        has_drawing=has_drawing,
        outcomes=OUTCOMES,
        signed=SIGNED,
    )


@pages.page("/people/<number>/receipts/<receipt>/signature", Permission.RECORD_UNIT_LIFE)
def drawn(number: str, receipt: str) -> Response:
    """The picture of a signature, for whoever may open its receipt."""
    with writing() as session:
        person = person_of(session, number)
        document = _drawing(session, person, receipt)
        opened = None
        if document is not None:
            family = family_of(session, person.id)
            opened = open_document(session, service(Vault), document, family)
        if opened is None:
            abort(404)
        write_down(
            session, at=now(), actor=actor(), act="property.signature", subject=person.number, detail=receipt
        )
    response = Response(opened.raw, mimetype=opened.document.media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _drawing(session: Session, person: Person, receipt: str) -> int | None:
    """The document that holds the signature of a receipt, whether things came or went on it."""
    rows = select(Fact.document_id).where(
        Fact.person_id.in_(family_of(session, person.id)),
        Fact.kind == things.PROPERTY_ITEM.name,
        Fact.source == receipt,
        Fact.document_id.is_not(None),
    )
    return session.scalar(rows.limit(1))


def _act(session: Session, person: Person) -> str:
    form = request.form
    booking = _stay(session, person)
    signature = _signature(session, booking)
    if form.get("act") == "take":
        return things.take_in(session, booking, _items(), signature, actor=actor(), at=now())
    if form.get("act") == "give":
        chosen = {number_in(one) for one in form.getlist("item")}
        leaving = Leaving(typed.choice("outcome", Outcome), typed.text("to", 120), typed.text("reason"))
        return things.let_go(session, booking.id, chosen, leaving, signature, actor=actor(), at=now())
    abort(400)


def _signature(session: Session, booking: Booking) -> Signature:
    how, drawn = typed.choice("signed", Signed), request.form.get("drawn", "").strip()
    if how is not Signed.DRAWN or not drawn:
        return Signature(how, typed.text("signature", 120))
    kept = keep_drawing(session, service(Vault), booking, drawn, at=now(), actor=actor())
    return Signature(how, typed.text("signature", 120), kept)


def _items() -> list[PropertyItem]:
    form = request.form
    columns = [form.getlist(name) for name in ("what", "count", "value", "condition", "seal", "kept_at")]
    if len({len(column) for column in columns}) > 1:
        abort(400)  # no page of ours sends half a line
    found = []
    for what, count, value, condition, seal, kept_at in zip(*columns, strict=True):
        if not what.strip():
            if any(part.strip() for part in (value, condition, seal, kept_at)):
                raise RefusedError("no_what", Sentence("One line says no thing. Write what it is."))
            continue
        found.append(
            PropertyItem(
                what=what.strip()[:120],
                count=typed.whole(count, 1),
                cents=typed.cents(value),
                condition=condition.strip()[:120],
                seal=seal.strip()[:40],
                kept_at=kept_at.strip()[:80],
            )
        )
    return found


def _stay(session: Session, person: Person) -> Booking:
    """The open stay, or the last one: what was kept may be fetched after a release."""
    booking = open_booking_of(session, person.id) or session.scalar(
        select(Booking)
        .where(Booking.person_id.in_(family_of(session, person.id)))
        .order_by(Booking.id.desc())
        .limit(1)
    )
    if booking is None:
        raise RefusedError(
            "no_stay", Sentence("This person has never been in custody here: nothing is kept.")
        )
    return booking


def _everything(session: Session, person: Person) -> list[Held[PropertyItem]]:
    stays = select(Booking.id).where(Booking.person_id.in_(family_of(session, person.id)))
    return things.property_of(session, list(session.scalars(stays)))


def _show(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="property.look", subject=person.number)
        booking = open_booking_of(session, person.id)
        everything = _everything(session, person)
        stays = () if booking is None else stays_with(session, booking.id)
    form = request.form
    names = ("what", "count", "value", "condition", "seal", "kept_at")
    rows = list(zip(*(form.getlist(name) for name in names), strict=False))
    rows += [("",) * len(names)] * (ROWS - len(rows))
    return render_template(
        "life/property.html",
        person=person,
        booking=booking,
        keeping=[one for one in everything if not one.value.outcome],
        gone=[one for one in everything if one.value.outcome],
        stays=stays,
        rows=rows,
        outcomes=OUTCOMES,
        signed=SIGNED,
        problem=problem,
        typed=form,
        chosen=form.getlist("item"),
    )
