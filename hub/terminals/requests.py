"""Whether a terminal's request may be granted at all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.terminals import certificates
from hub.terminals.errors import RequestError
from hub.terminals.records import Status, Terminal
from wire.keys import OpeningKey, sealing_key
from wire.provisioning import Request
from wire.topics import is_terminal_name

RESERVED = ("broker", "web", "claims", "places", "configuration", "thefts", "orders")
"""Names in certificates of the hub's own servers, and addresses of its pages below /terminals. Those that begin with
"hub" are no terminal names at all."""


def check_request(request: Request) -> None:
    """RequestError when name, certificate request or receiving key cannot be used."""
    name = request.terminal
    if not is_terminal_name(name):
        raise RequestError(
            "bad_name",
            "A terminal name has 1 to 40 lower-case letters, digits and hyphens, and is not the hub's. "
            "Make the request again.",
        )
    if name in RESERVED:
        raise RequestError("reserved_name", "That name belongs to the hub itself. Choose another one.")
    asked, _ = certificates.read_certificate_request(request.certificate_request)
    if asked != name:
        raise RequestError(
            "other_name", "The certificate request is in another name than the terminal's. Make it again."
        )
    _check_sealing_key(request.sealing_key)


def find_holder(session: Session, request: Request) -> Terminal | None:
    """The terminal that asks, when it was taken in before with these keys; None when name and keys are both new.

    RequestError when the name belongs to other keys or was cut off, or when the keys belong to another name: then
    one card was copied onto two devices.
    """
    terminal = session.scalars(select(Terminal).where(Terminal.name == request.terminal)).one_or_none()
    if terminal is not None:
        _check_same(terminal, request)
        return terminal
    same_keys = select(Terminal.name).where(Terminal.verifying_key == request.verifying_key)
    other = session.scalars(same_keys.limit(1)).first()
    if other is not None:
        raise RequestError(
            "keys_taken",
            f"The keys on this device are those of terminal {other}: its card was copied. Keep one of the two "
            "devices; on the other use a new data folder, so that it makes keys of its own.",
        )
    return None


def _check_same(terminal: Terminal, request: Request) -> None:
    if terminal.status == Status.CUT_OFF:
        raise RequestError(
            "cut_off",
            "A terminal of that name was cut off. Take the device in under a new name and with new keys, in a new "
            "data folder.",
        )
    if (terminal.verifying_key, terminal.sealing_key) != (request.verifying_key, request.sealing_key):
        raise RequestError(
            "name_taken",
            "Another device holds that name. Choose a new name; a name is never given to two devices.",
        )


def _check_sealing_key(raw: bytes) -> None:
    # A point of small order would make every later delivery to this terminal fail.
    try:
        OpeningKey.generate().exchange(sealing_key(raw))
    except ValueError:
        raise RequestError(
            "bad_key", "The receiving key in the request cannot be used. Make it again."
        ) from None
