"""Acts about agencies and agreements. Whoever wrote a version does not sign it: two other people do.

The stricter of two ways: a writer's own signature would let two people open a door to outside by themselves. A small
prison has three for it: a records officer writes, the director and the auditor sign. Taking away is easier than giving:
one person suspends at once; lifting that, and ending for good, take two.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.actions import FactFaultsError
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import Standing, agency_by_code, standings
from hub.sharing.agreements.records import Act, Agency, Agreement, AgreementAct, AgreementVersion
from hub.sharing.agreements.terms import Terms, digest_of, faults_of, read_terms, write_terms
from hub.sharing.catalogue import PartnerKind

CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")


def open_agency(
    session: Session, *, code: str, kind: PartnerKind, name: str, contact: str, actor: Actor, at: datetime
) -> Agency:
    """Add an agency; RefusedError for a code that is taken or has a wrong form."""
    if not CODE.fullmatch(code):
        raise RefusedError(
            "bad_code", Sentence("Write the code in small letters, digits and hyphens, such as police.")
        )
    if not name.strip():
        raise RefusedError("no_name", Sentence("Write the name of the agency."))
    if agency_by_code(session, code) is not None:
        raise RefusedError("taken", Sentence("This code is taken. Choose another one."))
    row = Agency(
        code=code,
        kind=kind.value,
        name=name.strip()[:120],
        contact=contact.strip()[:200],
        active=True,
        opened_at=at,
        opened_by=actor.login[:64],
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="agency.open", subject=code, detail=kind.value)
    return row


def set_active(session: Session, agency: Agency, active: bool, *, actor: Actor, at: datetime) -> None:
    """Close an agency, so that nothing is shared with it whatever its agreements say, or open it again."""
    agency.active = active
    act = "agency.reopen" if active else "agency.close"
    write_down(session, at=at, actor=actor, act=act, subject=agency.code)


def write_agreement(
    session: Session, *, agency: str, code: str, terms: Terms, actor: Actor, at: datetime
) -> AgreementVersion:
    """Write the first version of a new agreement. RefusedError for what cannot be."""
    whose = agency_by_code(session, agency)
    if whose is None:
        raise RefusedError("no_agency", Sentence("This agency is not there. Add it first."))
    if not CODE.fullmatch(code):
        raise RefusedError(
            "bad_code", Sentence("Write the code in small letters, digits and hyphens, such as police-2026.")
        )
    if session.scalar(select(Agreement.id).where(Agreement.code == code)) is not None:
        raise RefusedError("taken", Sentence("This code is taken. Choose another one."))
    agreement = Agreement(code=code, agency_id=whose.id, opened_at=at, opened_by=actor.login[:64])
    session.add(agreement)
    session.flush()
    return _add_version(session, agreement, whose, 1, terms, actor, at)


def write_version(
    session: Session, code: str, terms: Terms, *, seen: int, actor: Actor, at: datetime
) -> AgreementVersion:
    """Write the next version. `seen` is the newest when the form was opened; RefusedError when there is a newer."""
    one = standing_of(session, code, at)
    newest = one.versions[-1].number if one.versions else 0
    if newest != seen:
        raise RefusedError(
            "changed_meanwhile",
            Sentence("Somebody wrote another version meanwhile. Open it again to see theirs."),
        )
    if one.ended:
        raise RefusedError("ended", Sentence("This agreement was ended. Write a new one."))
    return _add_version(session, one.agreement, one.agency, newest + 1, terms, actor, at)


def sign(session: Session, code: str, version: int, digest: str, *, actor: Actor, at: datetime) -> bool:
    """Sign the version that waits; whether that was the second signature, so that it counts from now.

    `digest` is of the text that was shown. RefusedError for its writer, and for whoever signed it already.
    """
    one, row = _waiting(session, code, version, digest, at)
    if row.made_by == actor.login:
        raise RefusedError(
            "own_version", Sentence("You wrote this version. Two other people have to look at it and sign.")
        )
    if any(act.by == actor.login for act in one.signers(row)):
        raise RefusedError(
            "signed_already", Sentence("You have signed this version. A second person has to sign it too.")
        )
    # Terms may have become impossible since they were written, such as a field that is no longer in the catalogue.
    _refuse_faults(session, one.agency, row)
    _add_act(session, one, Act.SIGNED, row, "", actor, at)
    return len(one.signers(row)) + 1 >= 2


def refuse(
    session: Session, code: str, version: int, digest: str, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Say that the version that waits shall not be, and why."""
    one, row = _waiting(session, code, version, digest, at)
    _add_act(session, one, Act.REFUSED, row, _need(reason), actor, at)


def suspend(session: Session, code: str, reason: str, *, actor: Actor, at: datetime) -> None:
    """Stop everything under an agreement at once. One person may: it only takes away."""
    one = standing_of(session, code, at)
    if one.suspended:
        raise RefusedError("suspended", Sentence("It is suspended already."))
    _add_act(session, one, Act.SUSPENDED, None, _need(reason), actor, at)


def lift(session: Session, code: str, reason: str, *, actor: Actor, at: datetime) -> bool:
    """Sign that a suspension ends; whether this was the second signature, so that it has ended."""
    one = standing_of(session, code, at)
    if not one.suspended:
        raise RefusedError("not_suspended", Sentence("It is not suspended."))
    return _half(session, one, Act.LIFTED, reason, actor, at)


def end(session: Session, code: str, reason: str, *, actor: Actor, at: datetime) -> bool:
    """Sign that an agreement ends before its time; whether this was the second signature, so that it has ended."""
    one = standing_of(session, code, at)
    if one.ended:
        raise RefusedError("ended", Sentence("It has been ended already."))
    return _half(session, one, Act.ENDED, reason, actor, at)


def standing_of(session: Session, code: str, at: datetime) -> Standing:
    """The agreement of this code; RefusedError for one that is not there. Writers of it take turns."""
    agreement = session.scalar(select(Agreement).where(Agreement.code == code))
    if agreement is None:
        raise RefusedError("no_agreement", Sentence("This agreement is not there. Go back to the list."))
    whose = session.scalar(select(Agency).where(Agency.id == agreement.agency_id).with_for_update())
    assert whose is not None
    return next(one for one in standings(session, at, whose.code) if one.agreement.id == agreement.id)


def _add_version(
    session: Session,
    agreement: Agreement,
    agency: Agency,
    number: int,
    terms: Terms,
    actor: Actor,
    at: datetime,
) -> AgreementVersion:
    faults = faults_of(terms, PartnerKind(agency.kind))
    if faults:
        raise FactFaultsError(faults)
    raw = write_terms(terms)
    row = AgreementVersion(
        agreement_id=agreement.id,
        number=number,
        terms=raw,
        digest=digest_of(raw),
        starts_on=terms.starts_on,
        review_on=terms.review_on,
        ends_on=terms.ends_on,
        made_at=at,
        made_by=actor.login[:64],
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise RefusedError(
            "changed_meanwhile",
            Sentence("Somebody wrote another version meanwhile. Open it again to see theirs."),
        ) from error
    detail = f"version {number} {row.digest[:16]}"
    write_down(session, at=at, actor=actor, act="agreement.write", subject=agreement.code, detail=detail)
    return row


def _waiting(
    session: Session, code: str, version: int, digest: str, at: datetime
) -> tuple[Standing, AgreementVersion]:
    one = standing_of(session, code, at)
    row = one.waiting
    if row is None or row.number != version or row.digest != digest:
        raise RefusedError(
            "not_waiting", Sentence("This version does not wait for a signature any more. Open it again.")
        )
    return one, row


def _refuse_faults(session: Session, agency: Agency, row: AgreementVersion) -> None:
    if faults_of(read_terms(row.terms), PartnerKind(agency.kind)):
        raise RefusedError(
            "faulty", Sentence("Something in this version cannot be any more. Write a new version of it.")
        )


def _half(session: Session, one: Standing, act: Act, reason: str, actor: Actor, at: datetime) -> bool:
    first = one.half(act)
    if first == actor.login:
        raise RefusedError(
            "signed_already", Sentence("You have signed this. A second person has to sign it too.")
        )
    _add_act(session, one, act, None, _need(reason), actor, at)
    return first is not None


def _need(reason: str) -> str:
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the agreement."))
    return reason.strip()[:300]


def _add_act(
    session: Session,
    one: Standing,
    act: Act,
    version: AgreementVersion | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    session.add(
        AgreementAct(
            agreement_id=one.agreement.id,
            version_id=None if version is None else version.id,
            act=act.value,
            by=actor.login[:64],
            at=at,
            reason=reason,
            digest="" if version is None else version.digest,
        )
    )
    session.flush()
    detail = "" if version is None else f"version {version.number} {version.digest[:16]}"
    write_down(
        session, at=at, actor=actor, act=f"agreement.{act}", subject=one.agreement.code, detail=detail, why=reason
    )  # fmt: skip
