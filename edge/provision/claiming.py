"""Asking the hub to take this terminal in, showing the code, and waiting for the grant.

What is on disk is a claim whose nonce was revealed already: a claim that was cut off before that is simply made anew,
and the hub ends the earlier one of the same keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.errors import ProvisioningError
from edge.provision.door import ClaimGone, Door, DoorError
from edge.provisioning import Folder, load_keys
from edge.storage import write_durably
from wire import claims
from wire.claims import Answer, ClaimState, Offer, Opening, Reveal
from wire.codec import Strict, decode
from wire.envelope import HUB, open_envelope
from wire.errors import WireError
from wire.keys import public_bytes, verifying_key
from wire.provisioning import Grant, fingerprint, read_request

POLL_S = 2.0
PATH = "/provisioning/claims"


class HeldClaim(Strict, frozen=True):
    """`claim.json`: a claim under way at the hub of this address. Nothing in it is secret."""

    hub: str
    request: bytes
    nonce: bytes
    offer: Offer

    @property
    def code(self) -> str:
        """What both sides derive and people compare."""
        return claims.claim_code(self.request, self.offer, self.nonce)

    @property
    def hub_fingerprint(self) -> str:
        """Of the key that the hub signs with, to compare by eye."""
        return fingerprint(self.offer.hub_verifying_key)


def claim_path(folder: Folder) -> Path:
    """Where a claim under way is kept."""
    return folder.root / "claim.json"


def make_claim(folder: Folder, hub: str, door: Door, hub_key: str = "") -> HeldClaim:
    """Ask anew. With `hub_key` (a fingerprint as the hub's page shows it) only the hub with that key is taken.

    ProvisioningError with what the hub or the network says.
    """
    keys = load_keys(folder)
    request = folder.request.read_bytes()
    nonce = secrets.token_bytes(32)
    commitment = claims.commitment_of(request, nonce)
    signature = keys.signing.sign(claims.signed_part(request, commitment))
    opening = Opening(request=request, commitment=commitment, signature=signature)
    offer = _read(door.ask("POST", PATH, claims.to_bytes(opening)), Offer)
    held = HeldClaim(hub=hub, request=request, nonce=nonce, offer=offer)
    _check_hub_key(held, hub_key)
    _read(door.ask("POST", f"{PATH}/{offer.claim}/reveal", claims.to_bytes(Reveal(nonce=nonce))), Answer)
    write_durably(claim_path(folder), msgspec.json.encode(held))
    return held


def held_claim(folder: Folder, hub: str) -> HeldClaim | None:
    """The claim under way at this hub with this terminal's present keys; None when one must be made."""
    path = claim_path(folder)
    try:
        held = msgspec.json.decode(path.read_bytes(), type=HeldClaim)
        asked = read_request(held.request)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError, WireError):
        return None
    ours = public_bytes(load_keys(folder).signing.public_key())
    return held if held.hub == hub and asked.verifying_key == ours else None


def drop_claim(folder: Folder) -> None:
    """Forget a claim that came to an end."""
    claim_path(folder).unlink(missing_ok=True)


def wait_for_grant(
    folder: Folder,
    held: HeldClaim,
    door: Door,
    *,
    wait: Callable[[float], object],
    patience_s: float,
    say: Callable[[str], None],
) -> Grant:
    """Ask until people decided; a hub that is away meanwhile is asked again. `wait` sleeps.

    ProvisioningError when the claim was refused, is over, or nobody decided within `patience_s`; the claim then
    still stands when it can still be approved.
    """
    waited_s, away = 0.0, False
    while True:
        try:
            answer = _read(door.ask("GET", f"{PATH}/{held.offer.claim}"), Answer)
        except ClaimGone:
            drop_claim(folder)
            raise
        except DoorError as error:
            if not away:
                say(error.sentence)
            away, answer = True, Answer(state=ClaimState.WAITING)
        else:
            away = False
        if answer.state is ClaimState.GRANTED:
            return _opened(held, answer.grant)
        _check_not_over(folder, answer)
        if waited_s >= patience_s:
            raise ProvisioningError(
                f"Nobody approved the claim {held.code} yet. Run this again: it goes on from here."
            )
        wait(POLL_S)
        waited_s += POLL_S


def _check_not_over(folder: Folder, answer: Answer) -> None:
    if answer.state is ClaimState.REFUSED:
        drop_claim(folder)
        why = answer.why or "no reason was given"
        raise ProvisioningError(f"The hub refused this terminal: {why}. Run this again to ask anew.")
    if answer.state is ClaimState.EXPIRED:
        drop_claim(folder)
        raise ProvisioningError(
            "Nobody approved the claim within an hour, so it is over. Run this again to make a new one."
        )


def _opened(held: HeldClaim, raw: bytes) -> Grant:
    """The grant, which must come from the very hub whose keys went into the code."""
    asked = read_request(held.request)
    try:
        body = open_envelope(
            raw,
            kind=claims.GRANT_KIND,
            sender=HUB,
            receiver=asked.terminal,
            key=verifying_key(held.offer.hub_verifying_key),
        )
        grant = decode(body, Grant)
    except (WireError, ValueError) as error:
        raise ProvisioningError(
            "The grant is not signed by the hub whose code was compared. Somebody may stand between: tell the "
            "administrator, and take the grant by hand instead (pims-edge install-grant)."
        ) from error
    if (grant.hub_verifying_key, grant.authority) != (held.offer.hub_verifying_key, held.offer.authority):
        raise ProvisioningError(
            "The grant names other keys than the hub whose code was compared: it is from another hub. Tell the "
            "administrator, and run this again."
        )
    return grant


def _check_hub_key(held: HeldClaim, wanted: str) -> None:
    if wanted and wanted.replace(" ", "").lower() != held.hub_fingerprint.replace(" ", ""):
        raise ProvisioningError(
            f"The hub at {held.hub} shows the key {held.hub_fingerprint}, not the one that was given. Check the "
            "address; if it is right, somebody stands between."
        )


def _read(raw: bytes, kind: type[claims.T]) -> claims.T:
    try:
        return claims.read(raw, kind)
    except WireError as error:
        raise ProvisioningError(
            f"What answers there speaks another language than this terminal. {error.sentence} Check the address, and "
            "that hub and terminal are of one version."
        ) from error
