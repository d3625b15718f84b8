"""Security keys and passkeys (WebAuthn level 2): registering one, and taking its answer to a challenge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final, cast
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hub.accounts.factors.held import check_room, factors_of
from hub.accounts.factors.records import Factor, FactorKind
from hub.sentences import RefusedError, Sentence

_ANSWER_BYTES: Final = 16 * 1024
_KEY_FAILED = Sentence(
    "The key's answer could not be used. Try again; if it goes on, remove the key and register it anew."
)
_VERIFIED = UserVerificationRequirement.REQUIRED
_BAD = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What the library raises for an answer that is not one; each means the same to whoever reads it."""


@dataclass(frozen=True)
class Origin:
    """Where the page came from, as browsers write it: https://hub.example:8443."""

    address: str

    @property
    def host(self) -> str:
        """What a key is bound to: the name without the port."""
        return urlsplit(self.address).hostname or ""

    @property
    def takes_keys(self) -> bool:
        """Browsers register keys for names alone, not for numbers."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.host != ""
        return False


def registering(session: Session, account_id: int, login: str, origin: Origin, challenge: bytes) -> str:
    """JSON that a browser needs to register a key; RefusedError where that cannot be."""
    if not origin.takes_keys:
        raise RefusedError(
            "no_name",
            Sentence(
                "Open this site by its name, not by a number, to register a key; or use an app instead."
            ),
        )
    check_room(session, account_id)
    options = generate_registration_options(
        rp_id=origin.host,
        rp_name="PIMS",
        user_name=login,
        user_id=f"pims-account-{account_id}".encode(),
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFIED
        ),
        exclude_credentials=_descriptors(session, account_id, origin),
    )
    return options_to_json(options)


def register(
    session: Session,
    account_id: int,
    answer: str,
    label: str,
    origin: Origin,
    challenge: bytes,
    *,
    at: datetime,
) -> Factor:
    """Take a key into use by its answer; RefusedError when it is none, or the key is registered already."""
    check_room(session, account_id)
    try:
        found = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=origin.host,
            expected_origin=origin.address,
            require_user_verification=True,
        )
    except _BAD as error:
        raise RefusedError("key_failed", _KEY_FAILED) from error
    if session.scalar(select(Factor.id).where(Factor.credential_id == found.credential_id)) is not None:
        raise RefusedError("key_taken", Sentence("This key is or was registered already. Use another one."))
    row = Factor(
        account_id=account_id,
        kind=FactorKind.KEY.value,
        label=" ".join(label.split())[:60],
        added_at=at,
        confirmed_at=at,
        used_at=at,
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        last_step=0,
        host=origin.host,
    )
    session.add(row)
    session.flush()
    return row


def asking(session: Session, account_id: int, origin: Origin, challenge: bytes) -> str | None:
    """JSON that a browser needs to have a key answer; None when no key of the account belongs to this site."""
    known = _descriptors(session, account_id, origin)
    if not known:
        return None
    options = generate_authentication_options(
        rp_id=origin.host, challenge=challenge, allow_credentials=known, user_verification=_VERIFIED
    )
    return options_to_json(options)


def take_answer(
    session: Session, account_id: int, answer: str, origin: Origin, challenge: bytes, *, at: datetime
) -> Factor | None:
    """The key that answered, None when the answer is not good.

    A counter that does not rise is a sign of a copied key: such an answer is not taken either.
    """
    try:
        given = _read(answer)
        row = _key(session, account_id, origin, given)
        if row is None or row.public_key is None:
            return None
        found = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=row.host,
            expected_origin=origin.address,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except _BAD:
        return None
    taken = session.scalar(
        update(Factor)
        .where(Factor.id == row.id, Factor.sign_count == row.sign_count, Factor.removed_at.is_(None))
        .values(sign_count=found.new_sign_count, used_at=at)
        .returning(Factor.id)
        .execution_options(synchronize_session=False)
    )
    return row if taken is not None else None


def _key(session: Session, account_id: int, origin: Origin, given: dict[str, Any]) -> Factor | None:
    from webauthn.helpers import base64url_to_bytes

    wanted = base64url_to_bytes(str(given["id"]))
    for row in factors_of(session, account_id):
        if row.credential_id == wanted and row.host == origin.host:
            return row
    return None


def _descriptors(session: Session, account_id: int, origin: Origin) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=row.credential_id)
        for row in factors_of(session, account_id)
        if row.credential_id is not None and row.host == origin.host
    ]


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _ANSWER_BYTES:
        raise ValueError("too long")
    return cast(dict[str, Any], msgspec.json.decode(answer.encode(), type=dict))
