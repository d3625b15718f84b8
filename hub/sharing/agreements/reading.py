"""How agreements stand at a time: which version rules, and why nothing may be shared where none does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from hub.database import UtcDateTime
from hub.sentences import Sentence
from hub.sharing.agreements.records import Act, Agency, Agreement, AgreementAct, AgreementVersion
from hub.sharing.agreements.terms import Terms, read_terms
from hub.sharing.catalogue import PartnerKind
from hub.web.formats import SITE_ZONE

T = TypeVar("T", AgreementVersion, AgreementAct)

SIGNATURES: Final = 2


class State(StrEnum):
    """How a version stands; only IN_FORCE lets anything through."""

    DRAFT = "not_signed"
    REFUSED = "refused"
    TO_COME = "not_started"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ENDED = "ended"
    REPLACED = "replaced"


STATES: Final = {
    State.DRAFT: Sentence("waits for signatures"),
    State.REFUSED: Sentence("refused"),
    State.TO_COME: Sentence("signed, starts later"),
    State.IN_FORCE: Sentence("in force"),
    State.SUSPENDED: Sentence("suspended"),
    State.EXPIRED: Sentence("expired"),
    State.ENDED: Sentence("ended"),
    State.REPLACED: Sentence("replaced by a later version"),
}


@dataclass(frozen=True)
class Standing:
    """An agreement with all that happened to it until a time, and what that comes to.

    `ruling` is the newest version that two people signed and that has started, even when its time has run out: an
    older one never comes back by that. `waiting` is the newest version that still needs signatures.
    """

    agency: Agency
    agreement: Agreement
    versions: tuple[AgreementVersion, ...]
    acts: tuple[AgreementAct, ...]
    at: datetime

    def signers(self, version: AgreementVersion) -> list[AgreementAct]:
        """Signatures under a version, in their order."""
        return [act for act in self.acts if act.act == Act.SIGNED and act.version_id == version.id]

    def signed_at(self, version: AgreementVersion) -> datetime | None:
        """When the second person signed; None before."""
        signed = self.signers(version)
        return signed[SIGNATURES - 1].at if len(signed) >= SIGNATURES else None

    def refused(self, version: AgreementVersion) -> bool:
        return any(act.act == Act.REFUSED and act.version_id == version.id for act in self.acts)

    @property
    def ruling(self) -> AgreementVersion | None:
        today = self.at.astimezone(SITE_ZONE).date()
        started = [v for v in self.versions if self.signed_at(v) is not None and v.starts_on <= today]
        return started[-1] if started else None

    @property
    def waiting(self) -> AgreementVersion | None:
        newest = self.versions[-1] if self.versions else None
        if newest is None or self.ended or self.refused(newest) or self.signed_at(newest) is not None:
            return None
        return newest

    @property
    def suspended(self) -> bool:
        """Whether somebody suspended it and no two people have lifted that since."""
        last = max((act.id for act in self.acts if act.act == Act.SUSPENDED), default=0)
        return last > 0 and len(self._since(Act.LIFTED, last)) < SIGNATURES

    @property
    def ended(self) -> bool:
        return len(self._since(Act.ENDED, 0)) >= SIGNATURES

    def half(self, act: Act) -> str | None:
        """Who signed alone so far for lifting or ending; None where nobody, or two, did."""
        after = max((one.id for one in self.acts if one.act == Act.SUSPENDED), default=0)
        found = self._since(act, after if act is Act.LIFTED else 0)
        return next(iter(found)) if len(found) == 1 else None

    def _since(self, act: Act, number: int) -> list[str]:
        found = (one.by for one in self.acts if one.act == act and one.id > number)
        return list(dict.fromkeys(found))

    def state_of(self, version: AgreementVersion) -> State:
        """How a version of it stands."""
        if self.refused(version):
            return State.REFUSED
        if self.signed_at(version) is None:
            return State.DRAFT
        ruling = self.ruling
        if ruling is not None and version.number < ruling.number:
            return State.REPLACED
        if self.ended:
            return State.ENDED
        today = self.at.astimezone(SITE_ZONE).date()
        if version.starts_on > today:
            return State.TO_COME
        if version.ends_on is not None and version.ends_on < today:
            return State.EXPIRED
        return State.SUSPENDED if self.suspended else State.IN_FORCE

    @property
    def state(self) -> State:
        """How the agreement stands: by its ruling version, else by its newest."""
        version = self.ruling or (self.versions[-1] if self.versions else None)
        return State.DRAFT if version is None else self.state_of(version)


@dataclass(frozen=True)
class InForce:
    """A version by which something may be shared now."""

    agreement_id: int
    code: str
    agency: str
    kind: PartnerKind
    version_id: int
    version: int
    terms: Terms


@dataclass(frozen=True)
class Trigger:
    """What is sent of itself when something happens."""

    exchange: str
    purpose: str


def agencies(session: Session) -> Sequence[Agency]:
    """Every agency, by code."""
    return session.scalars(select(Agency).order_by(Agency.code)).all()


def agency_by_code(session: Session, code: str) -> Agency | None:
    """The agency of this code."""
    return session.scalar(select(Agency).where(Agency.code == code))


# Asked at every act of sharing: writing them anew each time costs more than asking.
_OF_ALL: Final = (
    select(Agreement, Agency)
    .join(Agency, Agency.id == Agreement.agency_id)
    .order_by(Agency.code, Agreement.code)
)
_OF_ONE: Final = _OF_ALL.where(Agency.code == bindparam("agency"))
_NUMBERS: Final[BindParameter[Any]] = bindparam("numbers", expanding=True)
_AT: Final = bindparam("at", type_=UtcDateTime())
_VERSIONS: Final = (
    select(AgreementVersion)
    .where(AgreementVersion.agreement_id.in_(_NUMBERS), AgreementVersion.made_at <= _AT)
    .order_by(AgreementVersion.number)
)
_ACTS: Final = (
    select(AgreementAct)
    .where(AgreementAct.agreement_id.in_(_NUMBERS), AgreementAct.at <= _AT)
    .order_by(AgreementAct.id)
)


def standings(session: Session, at: datetime, agency: str | None = None) -> list[Standing]:
    """Every agreement as it stood at `at`, of one agency or of all, by agency and code."""
    wanted = _OF_ALL if agency is None else _OF_ONE
    found = session.execute(wanted, {} if agency is None else {"agency": agency}).all()
    if not found:
        return []
    known = {"numbers": [agreement.id for agreement, _ in found], "at": at}
    versions = _by_agreement(session.scalars(_VERSIONS, known))
    acts = _by_agreement(session.scalars(_ACTS, known))
    return [
        Standing(whose, one, tuple(versions.get(one.id, ())), tuple(acts.get(one.id, ())), at)
        for one, whose in found
    ]


def in_force(one: Standing) -> InForce | None:
    """The ruling version of an agreement, where it lets anything through."""
    version = one.ruling
    if version is None or not one.agency.active or one.state_of(version) is not State.IN_FORCE:
        return None
    return InForce(
        one.agreement.id,
        one.agreement.code,
        one.agency.code,
        PartnerKind(one.agency.kind),
        version.id,
        version.number,
        read_terms(version.terms),
    )


def agreements_in_force(session: Session, at: datetime, agency: str | None = None) -> tuple[InForce, ...]:
    """What may be shared by at `at`, with one agency or with all."""
    found = (in_force(one) for one in standings(session, at, agency))
    return tuple(one for one in found if one is not None)


def triggers_of(session: Session, agency: str, at: datetime) -> Mapping[str, tuple[Trigger, ...]]:
    """By type of event what is then sent to an agency of itself."""
    found: dict[str, list[Trigger]] = defaultdict(list)
    for one in agreements_in_force(session, at, agency):
        for grant in one.terms.grants:
            for event in grant.events:
                trigger = Trigger(grant.exchange, grant.purpose)
                if trigger not in found[event]:
                    found[event].append(trigger)
    return {event: tuple(triggers) for event, triggers in found.items()}


def _by_agreement(rows: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row.agreement_id].append(row)
    return found
