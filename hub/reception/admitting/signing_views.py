"""A second officer signs for a reception without valid order, at an own screen."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from msgspec.structs import replace
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.biometrics.vault import Vault
from hub.custody.legal import ORDER_KINDS
from hub.reception.admitting.answers import OVERRIDE_GOOD_FOR, order_of
from hub.reception.admitting.content import Step
from hub.reception.admitting.keeping import Draft, draft_of, refuse_ended, save, under_way
from hub.reception.admitting.reading_forms import signed
from hub.reception.words import in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("receptions", __name__, template_folder="templates")


@pages.page("/receptions", Permission.OVERRIDE_RECEPTION)
def to_sign() -> str:
    with writing() as session:
        write_down(session, at=now(), actor=acting(), act="reception.list")
    return _show(None)


@pages.page("/receptions/<key>", Permission.OVERRIDE_RECEPTION, methods=("POST",))
def sign(key: str) -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            draft = draft_of(session, service(Vault), key[:32])
            if draft is None:
                abort(404)
            _sign(session, draft)
    except RefusedError as error:
        return _show(error.message), 409
    return redirect(url_for("receptions.to_sign"), 303)


def _sign(session: Session, draft: Draft) -> None:
    refuse_ended(draft.row)
    who, reason = visitor(), request.form.get("reason", "").strip()
    if who.login in (draft.row.started_by, draft.row.changed_by):
        raise RefusedError(
            "second_same",
            Sentence("The second officer is another person than the first. Somebody else has to sign."),
        )
    if not _waits(draft):
        raise RefusedError(
            "nothing_to_sign", Sentence("There is nothing to sign any more: look at the list again.")
        )
    if len(reason) < 3:
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    content = replace(draft.content, override=signed(who.login, reason, now()))
    seen = number_in(request.form.get("version", ""))
    save(session, service(Vault), draft, content, "signed", seen=seen, actor=acting(), at=now())


def _waits(draft: Draft) -> bool:
    """Whether the order was entered, lacks something, and nobody has signed for that yet."""
    content = draft.content
    asked = Step.ORDER in content.asked and content.override is None
    return asked and bool(order_of(content, now())[0].lacks)


def _show(problem: Sentence | None) -> str:
    with reading() as session:
        lines = [
            (draft, order_of(draft.content, now())[0])
            for draft in under_way(session, service(Vault))
            if _waits(draft)
        ]
    return render_template(
        "receptions.html",
        lines=lines,
        problem=problem,
        order_kinds=ORDER_KINDS,
        in_words=in_words,
        good_for_h=int(OVERRIDE_GOOD_FOR.total_seconds() // 3600),
    )
