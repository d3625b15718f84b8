"""Fingers of officers: kept with their consent, while they are on duty here, and for nothing but terminals' pages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

import matching
from hub.accounts.audit import Actor, write_down
from hub.accounts.pins import AT_TERMINALS, note_officers_changed
from hub.accounts.records import Account
from hub.biometrics.damaged import log_damaged
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import SAME_FINGER_SCORE, PreparedFinger
from hub.biometrics.officer_records import OfficerConsent, OfficerFinger, OfficerKey
from hub.biometrics.vault import Vault
from hub.sentences import RefusedError, Sentence
from wire.errors import WireError
from wire.sealing import lock_at_rest, unlock_at_rest

WORDS: Final = "2026-1"
"""Edition of what officers agree to, as the page shows it."""
MOST_FINGERS: Final = 4
FEWEST_FINGERS: Final = 2
"""One finger may be hurt: with two there is always another."""
OWN_FINGERS: Final = Sentence("Another officer takes your fingers, not you yourself.")
NO_CONSENT: Final = Sentence("The officer has to agree first: on their own page, under “My fingers”.")
ROLES: Final = tuple(role.value for role in AT_TERMINALS)


@dataclass(frozen=True)
class OfficerLine:
    """An officer as the page shows one: what they said last of keeping fingers, and how many are kept."""

    login: str
    name: str
    agreed_at: datetime | None
    fingers: int


def officers(session: Session) -> list[OfficerLine]:
    """Everybody who may sign in at terminals, by name."""
    rows = session.scalars(
        select(Account).where(Account.closed_at.is_(None), Account.role.in_(ROLES)).order_by(Account.login)
    ).all()
    agreed, held = _agreed(session), _counted(session)
    found = [
        OfficerLine(row.login, row.name or row.login, agreed.get(row.id), held.get(row.id, 0)) for row in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def officer(session: Session, login: str) -> OfficerLine | None:
    """One of them; None for somebody who is none."""
    return next((one for one in officers(session) if one.login == login), None)


def consent(session: Session, login: str, *, actor: Actor, at: datetime) -> None:
    """The officer agrees that fingers are kept. RefusedError for anybody else: nobody agrees for another."""
    account = _account(session, login)
    if actor.login != login:
        raise RefusedError("own_consent", Sentence("Only the officer can agree to this."))
    if account.id in _agreed(session):
        return
    session.add(OfficerConsent(account_id=account.id, given=True, words=WORDS, at=at, by=actor.login))
    write_down(session, at=at, actor=actor, act="officer.consent", subject=login, detail=WORDS)
    session.flush()


def enrol_officer(
    session: Session,
    vault: Vault,
    search: DuplicateSearch,
    login: str,
    fingers: Sequence[PreparedFinger],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep an officer's fingers in place of those from before; terminals hear of it.

    RefusedError without consent, for one's own fingers, for fewer than two or the same finger twice, and for a finger
    that belongs to somebody else here.
    """
    account = _account(session, login)
    _check(session, account, fingers, actor)
    _check_whose(session, vault, search, account, fingers)
    _shred(session, account.id)
    key = os.urandom(32)
    wrapped = vault.lock(key, _key_place(account.id))
    session.add(OfficerKey(account_id=account.id, wrapped=wrapped, created_at=at))
    for finger in fingers:
        best = max(finger.impressions, key=lambda one: one.quality)
        session.add(
            OfficerFinger(
                account_id=account.id,
                position=finger.position,
                quality=best.quality,
                sealed_template=lock_at_rest(
                    best.template.to_iso(), key, _place(account.id, finger.position)
                ),
                enrolled_at=at,
                enrolled_by=actor.login,
            )
        )
    note_officers_changed(session, at)
    detail = " ".join(str(finger.position) for finger in fingers)
    write_down(session, at=at, actor=actor, act="officer.enrol", subject=login, detail=detail)


def remove_officer(session: Session, login: str, *, actor: Actor, at: datetime) -> None:
    """Delete an officer's fingers for good, with the consent; terminals hear of it. Nothing when there are none."""
    account = session.scalar(select(Account).where(Account.login == login))
    if account is not None:
        _remove(session, account, actor=actor, at=at)


def off_duty(session: Session) -> Sequence[Account]:
    """Everybody whose fingers are kept and who is no officer here any more."""
    return session.scalars(
        select(Account)
        .join(OfficerKey, OfficerKey.account_id == Account.id)
        .where(Account.closed_at.is_not(None) | Account.role.not_in(ROLES))
    ).all()


def end_of_duty(session: Session, *, actor: Actor, at: datetime) -> int:
    """Delete the fingers of everybody who is no officer here any more; how many officers that were."""
    rows = off_duty(session)
    for account in rows:
        _remove(session, account, actor=actor, at=at)
    return len(rows)


def logins_with_fingers(session: Session) -> list[str]:
    """Who of those on duty has fingers here."""
    return [one.login for one in officers(session) if one.fingers and one.agreed_at is not None]


def officer_templates(session: Session, vault: Vault) -> dict[str, list[tuple[int, bytes]]]:
    """(position, ISO/IEC 19794-2 record) by login, of those on duty who agreed. A damaged finger is left out.

    WireError UNSEALABLE when the vault key is not the one that locked them.
    """
    agreed = _agreed(session)
    keys = {row.account_id: row.wrapped for row in session.scalars(select(OfficerKey))}
    rows = session.execute(
        select(OfficerFinger, Account.login)
        .join(Account, Account.id == OfficerFinger.account_id)
        .where(Account.closed_at.is_(None), Account.role.in_(ROLES))
        .order_by(Account.login, OfficerFinger.position)
    )
    found: dict[str, list[tuple[int, bytes]]] = {}
    for row, login in rows:
        if row.account_id not in agreed or row.account_id not in keys:
            continue
        key = vault.unlock(keys[row.account_id], _key_place(row.account_id))
        record = _opened(row, key)
        if record is not None:
            found.setdefault(login, []).append((row.position, record))
    return found


def _check(session: Session, account: Account, fingers: Sequence[PreparedFinger], actor: Actor) -> None:
    if actor.login == account.login:
        raise RefusedError("own_fingers", OWN_FINGERS)
    if account.id not in _agreed(session):
        raise RefusedError("no_consent", NO_CONSENT)
    positions = [finger.position for finger in fingers]
    if not FEWEST_FINGERS <= len(set(positions)) == len(positions) <= MOST_FINGERS:
        raise RefusedError("officer_fingers", Sentence("Take two to four different fingers."))


def _check_whose(
    session: Session,
    vault: Vault,
    search: DuplicateSearch,
    account: Account,
    fingers: Sequence[PreparedFinger],
) -> None:
    others = officer_templates(session, vault)
    others.pop(account.login, None)
    held = [matching.Template.from_iso(record) for found in others.values() for _position, record in found]
    for impression in (one for finger in fingers for one in finger.impressions):
        if search.find(impression.template) is not None:
            raise RefusedError(
                "officer_is_person",
                Sentence(
                    "This finger is enrolled for a person in custody. Tell the director before anything else."
                ),
            )
        if any(matching.compare(impression.template, one) >= SAME_FINGER_SCORE for one in held):
            raise RefusedError(
                "officer_twice",
                Sentence("This finger is enrolled for another officer. Check who stands here."),
            )


def _remove(session: Session, account: Account, *, actor: Actor, at: datetime) -> None:
    agreed = account.id in _agreed(session)
    if not _shred(session, account.id) and not agreed:
        return
    if agreed:
        session.add(OfficerConsent(account_id=account.id, given=False, words=WORDS, at=at, by=actor.login))
    note_officers_changed(session, at)
    write_down(session, at=at, actor=actor, act="officer.forget", subject=account.login)


def _shred(session: Session, account_id: int) -> bool:
    """Key and templates go; False when there were none."""
    held = _counted(session).get(account_id, 0)
    session.execute(delete(OfficerFinger).where(OfficerFinger.account_id == account_id))
    session.execute(delete(OfficerKey).where(OfficerKey.account_id == account_id))
    session.flush()
    return held > 0


def _account(session: Session, login: str) -> Account:
    found = session.scalar(
        select(Account).where(Account.login == login, Account.closed_at.is_(None), Account.role.in_(ROLES))
    )
    if found is None:
        raise RefusedError("no_officer", Sentence("There is no officer of this name at terminals."))
    return found


def _agreed(session: Session) -> dict[int, datetime]:
    """When each account last agreed, of those that did not take it back since."""
    newest = select(func.max(OfficerConsent.id)).group_by(OfficerConsent.account_id)
    rows = session.scalars(select(OfficerConsent).where(OfficerConsent.id.in_(newest), OfficerConsent.given))
    return {row.account_id: row.at for row in rows}


def _counted(session: Session) -> dict[int, int]:
    rows = session.execute(select(OfficerFinger.account_id, func.count()).group_by(OfficerFinger.account_id))
    return {row[0]: row[1] for row in rows}


def _opened(row: OfficerFinger, key: bytes) -> bytes | None:
    try:
        return unlock_at_rest(row.sealed_template, key, _place(row.account_id, row.position))
    except WireError as error:
        log_damaged("officer's template", row.id, error)
        return None


def _key_place(account_id: int) -> str:
    return f"officer key {account_id}"


def _place(account_id: int, position: int) -> str:
    return f"officer template {account_id} {position}"
