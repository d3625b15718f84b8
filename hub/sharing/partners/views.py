"""The page of all programs of agencies: which there are, how long they go on, and where agencies are told."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.partners import actions
from hub.sharing.partners.lists import WARNED_BEFORE, last_end
from hub.sharing.partners.records import CertificateRequest, PartnerClient, Webhook
from hub.web.door import now, reading, writing
from hub.web.routes import Pages

pages = Pages("partners", __name__, template_folder="templates")


@pages.page("/sharing/partners", Permission.MANAGE_PARTNERS)
def partners() -> str:
    return _page()


@pages.page("/sharing/partners", Permission.MANAGE_PARTNERS, methods=("POST",))
def change() -> Response | tuple[str, int]:
    form = request.form
    act = form.get("act", "")
    try:
        with writing() as session:
            match act:
                case "add":
                    actions.add_client(
                        session,
                        agency=form.get("agency", ""),
                        client_id=form.get("client", "").strip(),
                        about=form.get("about", ""),
                        actor=acting(),
                        at=now(),
                    )
                case "webhook":
                    actions.set_webhook(
                        session,
                        agency=form.get("agency", ""),
                        url=form.get("url", "").strip(),
                        batch=form.get("batch") == "1",
                        ca_pem=form.get("ca_pem", ""),
                        pin=form.get("pin", ""),
                        actor=acting(),
                        at=now(),
                    )
                case "webhook_end":
                    actions.end_webhook(session, agency=form.get("agency", ""), actor=acting(), at=now())
                case _:
                    raise RefusedError("no_act", Sentence("Choose what to do."))
    except RefusedError as error:
        return _page(error.message), 409
    if act == "add":
        return redirect(url_for("partner.program", client=form.get("client", "").strip(), done=act), 303)
    return redirect(url_for("partners.partners", done=act), 303)


def _page(problem: Sentence | None = None) -> str:
    with reading() as session:
        wanted = select(PartnerClient).options(selectinload(PartnerClient.certificates))
        clients = session.scalars(
            wanted.order_by(
                PartnerClient.ended_at.is_not(None), PartnerClient.agency, PartnerClient.client_id
            )
        ).all()
        hooks = {
            one.agency: one for one in session.scalars(select(Webhook).where(Webhook.ended_at.is_(None)))
        }
        known = agencies(session)
        waiting = {
            one.client_id: one
            for one in session.scalars(
                select(CertificateRequest).where(CertificateRequest.ended_at.is_(None))
            )
        }
    return render_template(
        "partners.html",
        clients=clients,
        hooks=hooks,
        waiting=waiting,
        last_end=last_end,
        names={one.code: one.name for one in known},
        agencies=known,
        problem=problem,
        done=request.args.get("done", ""),
        at=now(),
        soon=WARNED_BEFORE,
        given=request.form,
    )
