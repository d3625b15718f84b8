"""Codes of an app (RFC 6238: SHA-1, six digits, half a minute), each taken once, and the picture that sets it up."""

from __future__ import annotations

import base64
import hmac
import io
import secrets
from datetime import datetime, timedelta
from typing import Final

import pyotp
import segno
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from hub.accounts.factors.held import check_room
from hub.accounts.factors.records import Factor, FactorKind
from hub.accounts.factors.sealing import FactorSeal
from hub.sentences import RefusedError, Sentence

STEP_S: Final = 30
AROUND: Final = (0, -1, 1)
"""Steps on either side that a phone's clock may be off."""
_FAR: Final = 120
"""Steps that are looked through to tell a wrong clock from a wrong code, only while an app is being set up."""
SET_UP_WITHIN: Final = timedelta(minutes=15)
"""An app that showed no code by then is begun anew: its picture must not stand open for the next at the screen."""
_SECRET_BYTES: Final = 20
_ISSUER: Final = "PIMS"


def step_at(at: datetime) -> int:
    """Number of the half minute."""
    return int(at.timestamp()) // STEP_S


def matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    """The half minute whose code this is, None when it is none around `at`."""
    now = step_at(at)
    found = [now + off for off in AROUND if _same(_code(secret, now + off), code)]
    return found[0] if found else None


def begin(session: Session, account_id: int, *, seal: FactorSeal, at: datetime) -> tuple[Factor, bytes]:
    """An app that waits for its first code, with its secret; the one that waited before is given up."""
    check_room(session, account_id)
    for row in session.scalars(_waiting(account_id)):
        row.removed_at, row.sealed = at, None
    secret = secrets.token_bytes(_SECRET_BYTES)
    row = Factor(
        account_id=account_id,
        kind=FactorKind.APP.value,
        label="",
        added_at=at,
        sealed=seal.seal(secret, account_id),
        last_step=0,
        sign_count=0,
        host="",
    )
    session.add(row)
    session.flush()
    return row, secret


def waiting(session: Session, account_id: int, *, seal: FactorSeal, at: datetime) -> bytes | None:
    """Secret of the app that waits for its first code, None when there is none or it waited too long."""
    row = session.scalar(_waiting(account_id).where(Factor.added_at > at - SET_UP_WITHIN))
    return seal.open(row.sealed, account_id) if row is not None and row.sealed is not None else None


def confirm(
    session: Session, account_id: int, code: str, label: str, *, seal: FactorSeal, at: datetime
) -> Factor:
    """Take the app into use by its first code; RefusedError says what is wrong with code or clock."""
    row = session.scalar(_waiting(account_id).where(Factor.added_at > at - SET_UP_WITHIN).with_for_update())
    if row is None or row.sealed is None:
        raise RefusedError("no_app", Sentence("Begin again: there is no app that waits for its first code."))
    secret, typed = seal.open(row.sealed, account_id), digits(code)
    step = matching_step(secret, typed, at)
    if step is None:
        raise RefusedError("wrong_code", _why_wrong(secret, typed, at))
    row.confirmed_at, row.used_at, row.last_step = at, at, step
    row.label = " ".join(label.split())[:60]
    return row


def take(session: Session, factor: Factor, code: str, *, seal: FactorSeal, at: datetime) -> bool:
    """Whether this is the app's code of now, not taken before; from then on it and older ones are spent."""
    if factor.sealed is None:
        return False
    step = matching_step(seal.open(factor.sealed, factor.account_id), digits(code), at)
    if step is None:
        return False
    taken = session.scalar(
        update(Factor)
        .where(Factor.id == factor.id, Factor.last_step < step)
        .values(last_step=step, used_at=at)
        .returning(Factor.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def digits(code: str) -> str:
    """The code as typed, without the blanks that apps show in it."""
    return "".join(code.split())[:12]


def readable(secret: bytes) -> str:
    """The secret for typing where no picture can be taken: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def picture(secret: bytes, login: str) -> bytes:
    """SVG of the QR code that an app reads."""
    address = pyotp.TOTP(base64.b32encode(secret).decode()).provisioning_uri(name=login, issuer_name=_ISSUER)
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return out.getvalue()


def _same(right: str, typed: str) -> bool:
    """Compared as bytes: of text, compare_digest takes no other letters than those of ASCII."""
    return hmac.compare_digest(right.encode(), typed.encode("utf-8", "replace"))


def _why_wrong(secret: bytes, code: str, at: datetime) -> Sentence:
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return Sentence("A code has six digits. Type the one that the app shows now.")
    now = step_at(at)
    for off in range(2, _FAR + 1):
        for way in (off, -off):
            if _same(_code(secret, now + way), code):
                return Sentence(
                    "The code is right, but the phone's clock is %(minutes)s min off. "
                    "Switch on the automatic time of the phone, then type the code that it shows.",
                    {"minutes": max(1, round(off * STEP_S / 60))},
                )
    return Sentence("The code is wrong. Type the six digits that the app shows now.")


def _code(secret: bytes, step: int) -> str:
    return pyotp.TOTP(base64.b32encode(secret).decode()).at(step * STEP_S)


def _waiting(account_id: int) -> Select[Factor]:
    return select(Factor).where(
        Factor.account_id == account_id,
        Factor.kind == FactorKind.APP.value,
        Factor.confirmed_at.is_(None),
        Factor.removed_at.is_(None),
    )
