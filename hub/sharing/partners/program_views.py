"""One program of an agency: from its certificate request to the certificate, its renewal and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agency_by_code
from hub.sharing.partners import actions, requests
from hub.sharing.partners.asking import MAX_BYTES, BurntKeyError
from hub.sharing.partners.downloads import downloads, fingerprint_of_authority, read_out
from hub.sharing.partners.lists import WARNED_BEFORE, last_end
from hub.sharing.partners.records import CertificateRequest, PartnerCertificate, PartnerClient
from hub.sharing.partners.words import BURNT_IN_USE, ENDED
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in

pages = Pages("partner", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = 256 * 1024
"""Room for something far too large to be told so in a sentence."""
SLOW: Final = timedelta(seconds=20)
"""A confirmed request that is not certified by then: whoever does it is not running."""
_PAGE: Final = "/sharing/partners/<client>"


@pages.page(_PAGE, Permission.MANAGE_PARTNERS)
def program(client: str) -> str:
    return _page(client)


@pages.page(f"{_PAGE}/standing", Permission.MANAGE_PARTNERS)
def standing(client: str) -> str:
    """Certificates and the request under way alone, asked for again by itself."""
    with reading() as session:
        return render_template("partner_standing.html", **_shown(session, client))


@pages.page(f"{_PAGE}/request", Permission.MANAGE_PARTNERS, methods=("POST",), max_bytes=MAX_FORM_BYTES)
def hand_in(client: str) -> Response | tuple[str, int]:
    raw = _handed_in()
    try:
        with writing() as session:
            requests.hand_in(session, client_id=client, raw=raw, actor=acting(), at=now())
    except BurntKeyError as error:
        return _burnt(client, error), 409
    except RefusedError as error:
        typed = request.form.get("pem", "") if len(raw) <= MAX_BYTES else ""
        return _page(client, error.message, typed), 409
    return _back(client, "request")


@pages.page(f"{_PAGE}/certificates/<serial>/<name>", Permission.MANAGE_PARTNERS)
def certificate(client: str, serial: str, name: str) -> Response:
    """What the agency is sent: its certificate, the authority's, or both. None of it is secret."""
    with reading() as session:
        wanted = (
            select(PartnerCertificate)
            .join(PartnerClient)
            .where(PartnerClient.client_id == client, PartnerCertificate.serial == serial)
        )
        row = session.scalars(wanted).one_or_none()
        found = None if row is None else downloads(row.pem).get(name)
    if found is None:
        abort(404)
    answer = Response(found, mimetype="application/x-pem-file")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.page(_PAGE, Permission.MANAGE_PARTNERS, methods=("POST",))
def change(client: str) -> Response | tuple[str, int]:
    act = request.form.get("act", "")
    if act == "confirm" and (ask := require_fresh_factor()) is not None:
        return ask
    try:
        with writing() as session:
            _act(session, client, act)
    except RefusedError as error:
        return _page(client, error.message), 409
    return _back(client, act)


def _act(session: Session, client: str, act: str) -> None:
    form, by, at = request.form, acting(), now()
    number = number_in(form.get("number", ""))
    match act:
        case "confirm":
            heard = form.get("heard") == "1"
            requests.confirm(session, client_id=client, number=number, heard=heard, actor=by, at=at)
        case "withdraw":
            requests.withdraw(session, client_id=client, number=number, actor=by, at=at)
        case "revoke":
            serial = form.get("serial", "")
            if serial not in {one.serial for one in requests.the_client(session, client).certificates}:
                raise RefusedError("no_certificate", Sentence("There is no such certificate in use."))
            actions.revoke(session, serial=serial, reason=_reason(), actor=by, at=at)
        case "cut_off":
            actions.cut_off(session, client_id=client, reason=_reason(), actor=by, at=at)
        case _:
            raise RefusedError("no_act", Sentence("Choose what to do."))


def _burnt(client: str, error: BurntKeyError) -> str:
    with writing() as session:
        requests.note_burnt(
            session, client_id=client, fingerprint=error.fingerprint, actor=acting(), at=now()
        )
        wanted = select(PartnerCertificate.id).where(
            PartnerCertificate.fingerprint == error.fingerprint, PartnerCertificate.revoked_at.is_(None)
        )
        in_use = bool(error.fingerprint) and session.scalar(wanted.limit(1)) is not None
    return _page(client, error.message, further=BURNT_IN_USE if in_use else None)


def _handed_in() -> bytes:
    """A file goes before what was pasted. No more is read than it takes to see that it is too large."""
    part = request.files.get("file")
    if part is not None and part.filename:
        return part.stream.read(MAX_BYTES + 1)
    return request.form.get("pem", "").encode(errors="replace")


def _reason() -> str:
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise RefusedError("no_reason", Sentence("Write why: it stays on record."))
    return reason


def _back(client: str, act: str) -> Response:
    return redirect(url_for("partner.program", client=client, done=act), 303)


def _page(
    client: str, problem: Sentence | None = None, typed: str = "", further: Sentence | None = None
) -> str:
    with reading() as session:
        shown = _shown(session, client)
    done = request.args.get("done", "") if problem is None else ""
    return render_template(
        "partner.html", **shown, problem=problem, further=further, typed=typed, done=done, given=request.form
    )


def _shown(session: Session, client: str) -> dict[str, Any]:
    found = session.scalars(select(PartnerClient).where(PartnerClient.client_id == client)).one_or_none()
    if found is None:
        abort(404)
    at = now()
    waits = requests.waiting_of(session, found.id)
    held = found.certificates
    earlier = select(CertificateRequest).where(
        CertificateRequest.client_id == found.id, CertificateRequest.ended_at.is_not(None)
    )
    ends_at = last_end(held)
    return {
        "client": found,
        "agency": agency_by_code(session, found.agency),
        "certificates": [(one, downloads(one.pem)) for one in held],
        "authority": next((fingerprint_of_authority(one.pem) for one in held if one.pem), ""),
        "burnt": requests.burnt_keys(session),
        "waits": waits,
        "again": waits is not None and waits.fingerprint in {one.fingerprint for one in held},
        "slow": waits is not None and waits.confirmed_at is not None and at - waits.confirmed_at > SLOW,
        "earlier": session.scalars(earlier.order_by(CertificateRequest.id.desc()).limit(10)).all(),
        "ends_at": ends_at,
        "due": ends_at is not None and ends_at < at + WARNED_BEFORE,
        "ended": ENDED,
        "read_out": read_out,
        "at": at,
    }
