"""Tokens by OAuth 2 client credentials (RFC 6749), bound to the connection's certificate (RFC 8705).

Authlib speaks the protocol. The certificate alone proves who the client is: there is no secret to be kept or leaked.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from flask import Flask, Response, g
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.partners.recognising import Known, digest
from hub.sharing.partners.records import AccessToken

TOKEN_S: Final = 600
"""Life of a token. Whatever ends before it, an agreement or a certificate, ends its use at once all the same."""
_TOKEN_BYTES: Final = 32
_METHOD: Final = "tls_client_auth"
_KEPT: Final = timedelta(days=1)


@dataclass(frozen=True)
class Asking:
    """One request for a token: who asks over which connection, in which transaction."""

    session: Session
    known: Known
    at: datetime


class _Client(ClientMixin):  # type: ignore[misc]  # Authlib carries no types
    def __init__(self, asking: Asking) -> None:
        self.client_id = asking.known.client_id
        self._scopes = scopes_agreed(asking.session, asking.known.agency, asking.at)

    def get_client_id(self) -> str:
        return self.client_id

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == _METHOD and endpoint == "token"

    def get_allowed_scope(self, scope: str | None) -> str:
        """All that is agreed where none is asked for; what is asked for must be agreed whole."""
        asked = frozenset((scope or "").split())
        if not asked <= self._scopes:
            raise InvalidScopeError("A scope is the name of an exchange in an agreement in force.")
        if not self._scopes:
            raise InvalidScopeError("No agreement with your agency is in force.")
        return " ".join(sorted(asked or self._scopes))


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = (_METHOD,)


def scopes_agreed(session: Session, agency: str, at: datetime) -> frozenset[str]:
    """Exchanges of all agreements with the agency that are in force."""
    return frozenset(
        grant.exchange for one in agreements_in_force(session, at, agency) for grant in one.terms.grants
    )


def token_server(app: Flask) -> AuthorizationServer:
    """The one endpoint of Authlib's server that this API has."""
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {ClientCredentialsGrant.GRANT_TYPE: TOKEN_S}
    app.config["OAUTH2_ACCESS_TOKEN_GENERATOR"] = lambda **_: secrets.token_urlsafe(_TOKEN_BYTES)
    server = AuthorizationServer(app, query_client=_query, save_token=_save)
    server.register_client_auth_method(_METHOD, _authenticate)
    server.register_grant(_Grant)
    return server


def give_token(server: AuthorizationServer, asking: Asking) -> Response:
    """The answer to a request for a token, with the errors of RFC 6749."""
    g.asking = asking
    answer: Response = server.create_token_response()
    return answer


def _query(client_id: str) -> _Client | None:
    asking: Asking = g.asking
    return _Client(asking) if client_id == asking.known.client_id else None


def _authenticate(query: Any, request: Any) -> _Client | None:
    """The client of the connection's certificate, when it is the one that the body names."""
    found: _Client | None = query(request.payload.client_id)
    return found


def _save(token: dict[str, Any], _request: Any) -> None:
    asking: Asking = g.asking
    asking.session.execute(delete(AccessToken).where(AccessToken.expires_at < asking.at - _KEPT))
    asking.session.add(
        AccessToken(
            digest=digest(token["access_token"]),
            certificate_id=asking.known.certificate,
            scope=token.get("scope", ""),
            issued_at=asking.at,
            expires_at=asking.at + timedelta(seconds=int(token["expires_in"])),
        )
    )
