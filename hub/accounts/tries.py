"""Counting wrong passwords and codes, by login and place: one place's failures keep nobody out elsewhere."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.accounts.records import Account, KnownDevice, LoginFailure
from hub.accounts.rules import FAILURES_FORGOTTEN_AFTER, LONGEST_WAIT, wait_after
from hub.sentences import RefusedError, Sentence

FACTOR_ELSEWHERE: Final = "factor elsewhere"
"""The place of all wrong codes from browsers that the account does not know, whatever their address."""
_IPV6_PREFIX: Final = 64
"""One household or attacker has a whole /64 of addresses: they count as one place."""


class MustWaitError(RefusedError):
    """Too many wrong tries from this place; `seconds` until the next one is heard."""

    def __init__(self, seconds: int) -> None:
        message = Sentence(
            "Too many wrong passwords from here. Wait %(seconds)s s and try again, or ask the administrator.",
            {"seconds": seconds},
        )
        super().__init__("must_wait", message)
        self.seconds = seconds


def hash_token(token: str) -> bytes:
    """What is kept of a random token, so that a stolen table opens nothing."""
    return hashlib.sha256(token.encode()).digest()


def place_of(address: str) -> str:
    """The address; for IPv6 its network of one household."""
    try:
        found = ip_address(address)
    except ValueError:
        return f"address {address[:64]}"
    if not isinstance(found, IPv6Address):
        return f"address {found}"
    if found.ipv4_mapped is not None:
        return f"address {found.ipv4_mapped}"
    network = int(found) >> (128 - _IPV6_PREFIX) << (128 - _IPV6_PREFIX)
    return f"network {IPv6Address(network)}/{_IPV6_PREFIX}"


def device_place(session: Session, account: Account | None, device: str | None) -> str | None:
    """The place of a browser that signed in to this account before; None for a stranger's."""
    if account is None or not device:
        return None
    hashed = hash_token(device)
    known = select(KnownDevice.id).where(
        KnownDevice.account_id == account.id, KnownDevice.token_hash == hashed
    )
    return f"device {hashed.hex()[:32]}" if session.scalar(known) is not None else None


def count_try(
    session: Session, login: str, place: str, now: datetime, *, longest: timedelta = LONGEST_WAIT
) -> None:
    """Count a try before it is looked at, so that many at once gain nothing; MustWaitError when it is too early."""
    session.execute(delete(LoginFailure).where(LoginFailure.last_at < now - FAILURES_FORGOTTEN_AFTER))
    row = session.scalar(
        select(LoginFailure).where(LoginFailure.login == login, LoginFailure.place == place).with_for_update()
    )
    if row is None:
        session.add(LoginFailure(login=login, place=place, failures=1, last_at=now))
        return
    left = row.last_at + min(wait_after(row.failures), longest) - now
    if left > timedelta(0):
        raise MustWaitError(max(1, round(left.total_seconds())))
    row.failures += 1
    row.last_at = now


def forget_failures(session: Session, login: str, place: str) -> None:
    """The owner came in from there."""
    session.execute(delete(LoginFailure).where(LoginFailure.login == login, LoginFailure.place == place))
