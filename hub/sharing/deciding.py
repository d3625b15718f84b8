"""Whether something is agreed, and if not, why not: each reason has a code for machines and a sentence for people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import InForce, Standing, State, in_force
from hub.sharing.agreements.terms import Grant, read_terms
from hub.sharing.catalogue import EXCHANGES, DataField, Direction, Exchange, PartnerKind

_WHY: Final = {
    "unknown_agency": Sentence("No agency of the code %(agency)s is known here."),
    "agency_closed": Sentence("The agency %(agency)s is closed: nothing is shared with it."),
    "no_agreement": Sentence("There is no agreement with %(agency)s about %(exchange)s."),
    "not_signed": Sentence("The agreement with %(agency)s about %(exchange)s is not signed by two people yet."),
    "refused": Sentence("The agreement with %(agency)s about %(exchange)s was not signed: it was refused."),
    "not_started": Sentence("The agreement with %(agency)s about %(exchange)s has not started yet."),
    "expired": Sentence("The agreement with %(agency)s about %(exchange)s has expired."),
    "ended": Sentence("The agreement with %(agency)s about %(exchange)s was ended."),
    "suspended": Sentence("The agreement with %(agency)s about %(exchange)s is suspended."),
    "exchange_not_agreed": Sentence("No agreement with %(agency)s names the exchange %(exchange)s."),
    "purpose_not_agreed": Sentence(
        "The agreement with %(agency)s does not name %(exchange)s for the purpose %(purpose)s."
    ),
    "field_not_agreed": Sentence(
        "The agreement with %(agency)s about %(exchange)s does not name: %(fields)s. "
        "Ask for the agreed fields alone, or have the agreement changed."
    ),
}  # fmt: skip
CODES: Final = tuple(_WHY)
SHORT: Final = {
    "unknown_agency": Sentence("no such agency"),
    "agency_closed": Sentence("agency closed"),
    "no_agreement": Sentence("no agreement"),
    "not_signed": Sentence("agreement not signed yet"),
    "refused": Sentence("agreement was not signed"),
    "not_started": Sentence("agreement not started yet"),
    "expired": Sentence("agreement expired"),
    "ended": Sentence("agreement ended"),
    "suspended": Sentence("agreement suspended"),
    "exchange_not_agreed": Sentence("message not agreed"),
    "purpose_not_agreed": Sentence("purpose not agreed"),
    "field_not_agreed": Sentence("field not agreed"),
}
"""The codes in a word or two, for a log."""
_OF_STATE: Final = {
    State.DRAFT: "not_signed",
    State.REFUSED: "refused",
    State.TO_COME: "not_started",
    State.SUSPENDED: "suspended",
    State.EXPIRED: "expired",
    State.ENDED: "ended",
    State.REPLACED: "exchange_not_agreed",
    State.IN_FORCE: "agency_closed",
}


class NotAgreedError(RefusedError):
    """Nothing was shared, or accepted, for no agreement in force says so.

    `fields` are those that were asked for and are not agreed, or all that were asked for. The log's row of it is
    written by `hub.sharing.gate.note_refusal`, for the transaction that it is raised in does not last.
    """

    def __init__(
        self,
        code: str,
        *,
        agency: str,
        exchange: str,
        purpose: str,
        fields: Collection[str] = (),
        person: int | None = None,
        agreement: InForce | None = None,
    ) -> None:
        said = {"agency": agency, "exchange": exchange, "purpose": purpose, "fields": ", ".join(fields)}
        super().__init__(code, Sentence(_WHY[code].text, said))
        self.agency, self.exchange, self.purpose = agency, exchange, purpose
        self.fields, self.person = tuple(fields), person
        self.agreement = "" if agreement is None else agreement.code
        self.version = 0 if agreement is None else agreement.version


@dataclass(frozen=True)
class Granted:
    """What is agreed of one request: `fields` are what may be read, in the order of the exchange."""

    under: InForce
    exchange: Exchange
    purpose: str
    fields: tuple[DataField, ...]


def decide(
    found: Sequence[Standing],
    *,
    agency: str,
    known: bool,
    exchange: str,
    purpose: str,
    wanted: Collection[str] | None,
    direction: Direction = Direction.OUT,
    person: int | None = None,
) -> Granted:
    """What the agreements `found` of an agency allow; NotAgreedError for whatever they do not.

    `wanted` None asks for every agreed field. `known` says whether there is such an agency at all.
    """
    message = EXCHANGES.get(exchange)
    asked = () if wanted is None else tuple(wanted)

    def no(code: str, fields: Collection[str] = asked, under: InForce | None = None) -> NotAgreedError:
        return NotAgreedError(
            code, agency=agency, exchange=exchange, purpose=purpose, fields=fields, person=person, agreement=under
        )  # fmt: skip

    if not known:
        raise no("unknown_agency")
    if message is None or message.direction is not direction:
        raise no("exchange_not_agreed")
    granting = [(one, grant) for one, grant in _granting(found, message, purpose)]
    if not granting:
        raise no(_why_not(found, message))
    # Where two agreements name the same purpose, the one that covers the request is the one it is made under.
    under, grant = next(
        ((one, grant) for one, grant in granting if set(asked) <= set(grant.fields)), granting[0]
    )
    beyond = [name for name in asked if name not in grant.fields]
    if beyond:
        raise no("field_not_agreed", beyond, under)
    names = set(grant.fields) if wanted is None else set(asked)
    return Granted(under, message, purpose, tuple(one for one in message.fields if one.name in names))


def _granting(found: Sequence[Standing], message: Exchange, purpose: str) -> list[tuple[InForce, Grant]]:
    pairs = []
    for standing in found:
        under = in_force(standing)
        grant = None if under is None else under.terms.grant(message.name, purpose)
        if under is not None and grant is not None and under.kind in message.partners:
            pairs.append((under, grant))
    return pairs


def _why_not(found: Sequence[Standing], message: Exchange) -> str:
    """The code that helps most: an agreement that names the exchange and does not count says why."""
    if not found:
        return "no_agreement"
    if not found[0].agency.active:
        return "agency_closed"
    if PartnerKind(found[0].agency.kind) not in message.partners:
        return "exchange_not_agreed"
    for standing in found:
        under = in_force(standing)
        if under is not None and under.terms.purposes_of(message.name):
            return "purpose_not_agreed"
    for standing in found:
        version = standing.ruling or standing.versions[-1] if standing.versions else None
        if version is not None and read_terms(version.terms).purposes_of(message.name):
            return _OF_STATE[standing.state_of(version)]
    return "exchange_not_agreed"
