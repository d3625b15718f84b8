"""Pages where people take terminals in: who waits, one claim, and who stood at a place."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.errors import HubError
from hub.sentences import RefusedError, Sentence
from hub.terminals.claims.actions import approve, approvers, refuse, waiting_claims
from hub.terminals.claims.checks import Placing
from hub.terminals.claims.opening import find_claim
from hub.terminals.claims.records import Claim
from hub.terminals.claims.rules import LIFE, state_of
from hub.terminals.claims.service import TakingIn
from hub.terminals.claims.words import STATES
from hub.terminals.errors import KeysError
from hub.terminals.records import Terminal
from hub.terminals.requests import find_holder
from hub.terminals.succession import chain_of, stood_at_place, successor_of
from hub.web.door import now, reading, service, writing
from hub.web.routes import Pages
from wire.provisioning import fingerprint, read_request

pages = Pages("claims", __name__, template_folder="templates")


@pages.page("/terminals/claims", Permission.PROVISION_TERMINALS)
def waiting() -> str:
    with reading() as session:
        lines = [(claim, approvers(session, claim)) for claim in waiting_claims(session, now())]
    names = [claim.name for claim, _ in lines]
    return render_template(
        "claims.html",
        lines=lines,
        doubled={name for name in names if names.count(name) > 1},
        hub_key=_hub_key(),
        second_person=service(TakingIn).second_person,
    )


@pages.page("/terminals/claims/<claim>", Permission.PROVISION_TERMINALS)
def one(claim: str) -> str:
    return _page(claim, None)


@pages.page("/terminals/claims/<claim>/approve", Permission.PROVISION_TERMINALS, methods=("POST",))
def approving(claim: str) -> Response | tuple[str, int]:
    taking_in = service(TakingIn)
    form = request.form
    try:
        with writing() as session:
            checkpoint, replaces = _placing(session, form.get("place", ""))
            placing = Placing(taking_in.find_checkpoint(session, checkpoint), replaces)
            approve(
                session,
                find_claim(session, claim),
                form.get("code", ""),
                placing,
                second_person=taking_in.second_person,
                actor=acting(),
                now=now(),
            )
    except HubError as error:
        return _page(claim, _said(error)), 409
    return redirect(url_for("claims.one", claim=claim), 303)


@pages.page("/terminals/claims/<claim>/refuse", Permission.PROVISION_TERMINALS, methods=("POST",))
def refusing(claim: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            why = request.form.get("why", "")
            refuse(session, find_claim(session, claim), why, actor=acting(), now=now())
    except RefusedError as error:
        return _page(claim, error.message), 409
    return redirect(url_for("claims.one", claim=claim), 303)


@pages.page("/terminals/places/<checkpoint>", Permission.SEE_TERMINALS)
def place(checkpoint: str) -> str:
    with reading() as session:
        names = dict(service(TakingIn).checkpoints(session))
        held = stood_at_place(session, checkpoint)
        if checkpoint not in names and not held:
            abort(404)
        lines = [(terminal, successor_of(session, terminal)) for terminal in held]
        chains = [chain_of(session, terminal) for terminal in held if terminal.status == "ACTIVE"]
    return render_template(
        "place.html", code=checkpoint, name=names.get(checkpoint, checkpoint), lines=lines, chains=chains
    )


def _page(number: str, problem: Sentence | None) -> str:
    taking_in = service(TakingIn)
    with reading() as session:
        try:
            claim = find_claim(session, number)
        except RefusedError:
            abort(404)
        asked = read_request(claim.request)
        return render_template(
            "claim.html",
            claim=claim,
            state=state_of(claim, now()).value,
            states=STATES,
            by=approvers(session, claim),
            second_person=taking_in.second_person,
            terminal_key=fingerprint(asked.verifying_key),
            hub_key=_hub_key(),
            again=_taken_in_before(session, claim),
            checkpoints=taking_in.checkpoints(session),
            replaceable=_replaceable(session, claim),
            problem=problem,
            until_at=claim.opened_at + LIFE,
            chosen=request.form.get("place", ""),
            typed=request.form.get("code", "")[:20],
        )


def _placing(session: Session, chosen: str) -> tuple[str, str | None]:
    """(checkpoint, whom it replaces) of the one list that people choose from."""
    kind, _, name = chosen.partition(" ")
    if kind == "replace":
        old = session.scalars(select(Terminal).where(Terminal.name == name)).one_or_none()
        if old is not None:
            return old.checkpoint_code, name
    if kind != "checkpoint" or not name:
        raise RefusedError("no_place", Sentence("Choose where the terminal belongs."))
    return name, None


def _replaceable(session: Session, claim: Claim) -> list[Terminal]:
    terminals = session.scalars(select(Terminal).order_by(Terminal.checkpoint_code, Terminal.name))
    return [
        terminal
        for terminal in terminals
        if terminal.name != claim.name and successor_of(session, terminal) is None
    ]


def _taken_in_before(session: Session, claim: Claim) -> bool:
    try:
        return find_holder(session, read_request(claim.request)) is not None
    except HubError:
        return False


def _hub_key() -> str:
    try:
        return service(TakingIn).identity().fingerprint
    except KeysError:
        return ""


def _said(error: HubError) -> Sentence:
    return error.message if isinstance(error, RefusedError) else Sentence(error.sentence)
