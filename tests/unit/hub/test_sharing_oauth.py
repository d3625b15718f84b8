"""Who may call: certificate first, then a token bound to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.accounts.audit import OPERATOR
from hub.database import session_scope
from hub.sharing.agreements.actions import suspend
from hub.sharing.partners.actions import add_client, cut_off, issue, revoke
from hub.sharing.partners.authority import thumbprint
from hub.sharing.partners.records import AccessToken, PartnerCertificate

from .agency_api_world import SHOWN, ApiWorld, api_world, request_pem
from .sharing_world import COURTS, POLICE, WRITER
from .site_world import World


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


def test_no_certificate_no_answer(hub: ApiWorld) -> None:
    answer = hub.app.test_client().get("/v1/me", base_url="https://hub.example")
    assert (answer.status_code, answer.get_json()["type"]) == (403, "/problems/certificate")


def test_a_certificate_of_nobody_is_refused(hub: ApiWorld) -> None:
    """By the same authority, but never registered: the database decides, not the signature alone."""
    program = hub.program(COURTS).signed_in()
    made = hub.authority.certify(request_pem("stranger"), "courts-records", hub.at)
    from cryptography.hazmat.primitives.serialization import Encoding

    answer = hub.app.test_client().get(
        "/v1/me",
        base_url="https://hub.example",
        headers={"Authorization": f"Bearer {program.token}"},
        environ_overrides={SHOWN: made.public_bytes(Encoding.DER)},
    )
    assert answer.status_code == 403


def test_first_call(hub: ApiWorld) -> None:
    program = hub.program(COURTS)
    assert program.get("/v1/me").status_code == 401
    answer = program.ask_token()
    assert answer.headers["Cache-Control"] == "no-store"
    given = answer.get_json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    program.token = given["access_token"]
    me = program.get("/v1/me").get_json()
    assert (me["agency"], me["client"], me["certificate"]) == (
        COURTS,
        "courts-records",
        thumbprint(program.certificate),
    )
    assert "custody_status" in me["scopes"]
    assert "arrest" not in me["scopes"]


def test_the_token_itself_is_nowhere_kept(hub: ApiWorld) -> None:
    program = hub.program(COURTS).signed_in()
    with session_scope(hub.world.sessions, writes=False) as session:
        (row,) = session.scalars(select(AccessToken))
    assert program.token not in (row.digest, row.scope)
    assert len(row.digest) == 64


def test_token_works_with_its_own_certificate_alone(hub: ApiWorld) -> None:
    courts, police = hub.program(COURTS).signed_in(), hub.program(POLICE)
    police.token = courts.token
    answer = police.get("/v1/me")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_client_of_the_body_must_be_that_of_the_certificate(hub: ApiWorld) -> None:
    hub.program(POLICE)
    answer = hub.program(COURTS).ask_token(client_id="police-records")
    assert (answer.status_code, answer.get_json()["error"]) in (
        (400, "invalid_client"),
        (401, "invalid_client"),
    )


def test_scope_that_is_not_agreed_is_refused_and_fewer_are_given(hub: ApiWorld) -> None:
    program = hub.program(COURTS)
    assert program.ask_token("arrest").get_json()["error"] == "invalid_scope"
    program.signed_in("hearing")
    answer = program.get(f"/v1/custody/{hub.about.number}")
    assert (answer.status_code, answer.get_json()["scope"]) == (403, "custody_status")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_other_grants_are_refused(hub: ApiWorld) -> None:
    program = hub.program(COURTS)
    answer = program.http.post(
        "/v1/token",
        data={"grant_type": "password", "client_id": program.client_id},
        base_url="https://hub.example",
        environ_overrides={SHOWN: program.certificate},
    )
    assert (answer.status_code, answer.get_json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_ends_by_itself(hub: ApiWorld) -> None:
    program = hub.program(COURTS).signed_in()
    hub.world.at += timedelta(seconds=599)
    assert program.get("/v1/me").status_code == 200
    hub.world.at += timedelta(seconds=2)
    assert program.get("/v1/me").status_code == 401


def test_revoking_a_certificate_ends_token_and_connection_at_once(hub: ApiWorld) -> None:
    program = hub.program(COURTS).signed_in()
    with session_scope(hub.world.sessions) as session:
        serial = session.scalars(select(PartnerCertificate.serial)).one()
        revoke(session, serial=serial, reason="key lost", actor=OPERATOR, at=hub.at)
    assert program.get("/v1/me").get_json()["type"] == "/problems/certificate"
    with session_scope(hub.world.sessions, writes=False) as session:
        assert session.scalars(select(AccessToken.expires_at)).one() == hub.at


def test_a_new_certificate_beside_the_old_one(hub: ApiWorld) -> None:
    """Keys are changed without an hour in which nothing works."""
    program = hub.program(COURTS).signed_in()
    with session_scope(hub.world.sessions) as session:
        issue(
            session,
            hub.authority,
            client_id=program.client_id,
            request_pem=request_pem("next"),
            actor=OPERATOR,
            at=hub.at,
        )
    assert program.get("/v1/me").status_code == 200


def test_cutting_off_a_client_is_for_good(hub: ApiWorld) -> None:
    from hub.sentences import RefusedError

    program = hub.program(COURTS).signed_in()
    with session_scope(hub.world.sessions) as session:
        cut_off(session, client_id=program.client_id, reason="ended", actor=OPERATOR, at=hub.at)
    assert program.get("/v1/me").status_code == 403
    assert program.ask_token().status_code == 403
    with pytest.raises(RefusedError, match="in use or cut off"), session_scope(hub.world.sessions) as session:
        add_client(
            session, agency=COURTS, client_id=program.client_id, about="again", actor=OPERATOR, at=hub.at
        )


def test_an_agreement_suspended_ends_what_the_token_could(hub: ApiWorld) -> None:
    """The token lives on; the gate asks the agreement at each call."""
    program = hub.program(COURTS).signed_in()
    assert program.get(f"/v1/custody/{hub.about.number}").status_code == 200
    with session_scope(hub.world.sessions) as session:
        suspend(session, "courts-2026", "breach", actor=WRITER, at=hub.at)
    answer = program.get(f"/v1/custody/{hub.about.number}")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "suspended")
    assert program.ask_token().get_json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("form", "address", "said"),
    [
        ("grant_type=client_credentials&client_id={0}&client_id=police-records", "/v1/token", "twice"),
        ("grant_type=client_credentials&client_id={0}&scope=order&scope=want", "/v1/token", "twice"),
        ("client_id={0}", "/v1/token", "grant_type"),
        ("grant_type=client_credentials", "/v1/token", "client_id"),
        ("", "/v1/token", "grant_type, client_id"),
        ("grant_type=client_credentials&client_id={0}&scope=%00", "/v1/token", "character"),
        ("grant_type=client_credentials&client_id={0}", "/v1/token?scope=order", "body"),
    ],
)
def test_a_form_that_is_none_is_an_invalid_request(hub: ApiWorld, form: str, address: str, said: str) -> None:
    """RFC 6749, 5.2: libraries read `error`, and know nothing of problem documents here."""
    program = hub.program(COURTS)
    answer = program.http.post(
        address,
        data=form.format(program.client_id),
        content_type="application/x-www-form-urlencoded",
        base_url="https://hub.example",
        environ_overrides={SHOWN: program.certificate},
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert answer.get_json()["error"] == "invalid_request"
    assert said in answer.get_json()["error_description"]
    assert answer.headers["Cache-Control"] == "no-store"
