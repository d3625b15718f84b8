"""Refusing a flood: which agency, kind and reason; the list of what it would be; what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.inbox.deciding import REASONS, Why
from hub.sharing.inbox.refusing import Flood, Outcome, flood_of, refuse_all, waiting
from hub.web.door import Site, now, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("inbox_refusing", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = 128 * 1024


@pages.page("/inbox/refusing", Permission.WORK_INBOX)
def choose() -> str:
    return _show(request.args, None, None)


@pages.page("/inbox/refusing", Permission.WORK_INBOX, methods=("POST",), max_bytes=MAX_FORM_BYTES)
def refuse() -> Response | tuple[str, int]:
    form = request.form
    try:
        if form.get("why") not in set(Why):
            raise RefusedError("why", Sentence("Choose why they are refused."))
        chosen = [_pair(one) for one in form.getlist("one")]
        if not chosen:
            raise RefusedError("none", Sentence("Tick at least one message."))
        outcome = refuse_all(
            service(Site).sessions,
            chosen,
            form.get("agency", ""),
            form.get("exchange", ""),
            Why(form["why"]),
            form.get("words", ""),
            actor=_actor(),
            at=now(),
        )
    except RefusedError as error:
        return _show(form, error.message, None), 400
    if outcome.left:
        return _show(form, None, outcome), 409
    return redirect(url_for("inbox.worklist", agency=form.get("agency"), refused=outcome.refused), 303)


def _pair(text: str) -> tuple[str, int]:
    number, _, version = text.partition(" ")
    return number[:16], number_in(version)


def _actor() -> Actor:
    who = visitor()
    return Actor(who.login, who.address)


def _show(asked: Mapping[str, str], problem: Sentence | None, outcome: Outcome | None) -> str:
    agency, exchange, why = asked.get("agency", "")[:32], asked.get("exchange", ""), asked.get("why", "")
    flood: Flood | None = None
    with writing() as session:
        if agency and exchange in EXCHANGES and why in set(Why):
            flood = flood_of(session, agency, exchange, Why(why), visitor().login, now())
            # People who are compared with a message are not shown here: only what the message itself says of them.
            detail = f"{agency} {exchange} {why} {len(flood.lines)}"
            write_down(session, at=now(), actor=_actor(), act="inbox.list", detail=detail)
        kinds = waiting(session, agency)
        names = {one.code: one.name for one in agencies(session)}
    ticked = set(request.form.getlist("one")) if request.method == "POST" else None
    return render_template(
        "inbox/refusing.html",
        agency=agency,
        exchange=exchange,
        why=why,
        words=asked.get("words", "")[:1000],
        flood=flood,
        kinds=kinds,
        names=names,
        exchanges=EXCHANGES,
        reasons=REASONS,
        ticked=ticked,
        problem=problem,
        outcome=outcome,
        at=now(),
    )
