"""Where agencies' files go: set by an administrator, kept as history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.outbox.drop_records import DropSetting, Kind

_PLACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")
_LOGIN: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class DropWish:
    """A drop as it is typed in. `host_key` is a line of OpenSSH: what the server shows, and nobody else."""

    agency: str
    kind: Kind
    place: str
    host: str = ""
    port: int = 22
    login: str = ""
    host_key: str = ""


def drops_in_force(session: Session) -> Sequence[DropSetting]:
    """The drop of each agency that has one, in the order of their codes."""
    newest = select(func.max(DropSetting.id)).group_by(DropSetting.agency)
    wanted = select(DropSetting).where(DropSetting.id.in_(newest), DropSetting.active)
    return session.scalars(wanted.order_by(DropSetting.agency)).all()


def drop_of(session: Session, agency: str) -> DropSetting | None:
    """The drop of an agency; None where it has none."""
    return next((one for one in drops_in_force(session) if one.agency == agency), None)


def set_drop(session: Session, wish: DropWish, *, actor: Actor, at: datetime) -> DropSetting:
    """Have an agency's files go there from now on; RefusedError with a sentence for what cannot be."""
    _check(wish)
    row = DropSetting(
        agency=wish.agency,
        kind=wish.kind.value,
        host=wish.host.strip(),
        port=wish.port,
        login=wish.login.strip(),
        place=wish.place.strip(),
        host_key=wish.host_key.strip(),
        active=True,
        set_at=at,
        set_by=actor.login[:64],
    )
    session.add(row)
    session.flush()
    write_down(
        session, at=at, actor=actor, act="sharing.drop_set", subject=wish.agency, detail=wish.kind.value
    )
    return row


def end_drop(session: Session, agency: str, *, actor: Actor, at: datetime) -> None:
    """No further file goes there or is read from there."""
    held = drop_of(session, agency)
    if held is None:
        raise RefusedError("no_drop", Sentence("This agency has no drop."))
    session.add(
        DropSetting(
            agency=agency,
            kind=held.kind,
            host=held.host,
            port=held.port,
            login=held.login,
            place=held.place,
            host_key=held.host_key,
            active=False,
            set_at=at,
            set_by=actor.login[:64],
        )
    )
    session.flush()
    write_down(session, at=at, actor=actor, act="sharing.drop_ended", subject=agency)


def _check(wish: DropWish) -> None:
    parts = wish.place.strip().split("/")
    if not _PLACE.fullmatch(wish.place.strip()) or any(part in ("", ".", "..") for part in parts):
        raise RefusedError(
            "no_place",
            Sentence(
                "Write the folder with letters, figures, points, lines and slashes, and without a slash before it."
            ),
        )
    if wish.kind is Kind.FOLDER:
        return
    if not _HOST.fullmatch(wish.host.strip()) or not _LOGIN.fullmatch(wish.login.strip()):
        raise RefusedError("no_host", Sentence("Write the server's name or address, and the login there."))
    if not 1 <= wish.port <= 65535:
        raise RefusedError("no_port", Sentence("The port is a number from 1 to 65535, usually 22."))
    import asyncssh

    try:
        asyncssh.import_public_key(wish.host_key.strip())
    except (asyncssh.KeyImportError, ValueError):
        raise RefusedError(
            "no_host_key",
            Sentence(
                "Paste the server's public key as its administrator gives it, as in ssh-ed25519 AAAA... "
                "Without it nobody could tell the server from somebody in between."
            ),
        ) from None
