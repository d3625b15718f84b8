"""What messages of courts would change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from hub.custody.facts.reading import Held
from hub.custody.hearing_outcomes import HearingOutcome
from hub.custody.legal import (
    APPEAL,
    CHARGE,
    HEARING,
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    Appeal,
    Charge,
    Hearing,
    LegalStatus,
    OrderToHold,
    OrderToRelease,
    ReleaseReason,
    Status,
)
from hub.custody.rules import OrderKind
from hub.custody.sentencing.forms import REMAND_CREDIT, SENTENCE, Imposed, RemandCredit, SentenceType, Term
from hub.sentences import Sentence
from hub.sharing.inbox.messages import (
    AppealMessage,
    AppealState,
    BailMessage,
    BailOutcome,
    CourtOrder,
    HearingMessage,
    ImposedPart,
    OrderMessage,
    SentenceMessage,
)
from hub.sharing.inbox.proposing.parts import OnFile, Proposal, changed
from hub.web.formats import SITE_ZONE, start_of

_STATUS_OF: Final = {
    HearingOutcome.CONVICTED: LegalStatus.CONVICTED_UNSENTENCED,
}
UNCLEAR: Final = Sentence(
    "The message does not say clearly which sentence this one follows. Choose it from the order of the court, or "
    "refuse the message: as it stands it is not recorded."
)
LONGEST_PURPOSE: Final = 200
"""Of a court date; the whole stands in the message."""
LIFELONG: Final = frozenset({"life", "indeterminate"})


def of_order(message: OrderMessage, there: OnFile) -> Iterator[Proposal]:
    """An order to hold, with the status of remand where it says so; or an order to release."""
    issued_at = start_of(message.issued_on)
    if message.kind.lets_go:
        value = OrderToRelease(
            reason=ReleaseReason(message.kind.value.removeprefix("release_")),
            reference=message.reference,
            issued_on=message.issued_on,
            court=message.court,
        )
        yield Proposal("release-order", RELEASE_ORDER, value, issued_at)
        return
    order = OrderToHold(
        kind=OrderKind(message.kind.value),
        reference=message.reference,
        issued_on=message.issued_on,
        expires_on=message.valid_until,
        court=message.court,
        judge=message.judge,
    )
    yield Proposal("order", ORDER, order, issued_at)
    if message.offence and charge_of(there, message.case, message.offence) is None:
        charge = Charge(iccs=message.iccs, offence=message.offence, court=message.court, case=message.case)
        yield Proposal("charge", CHARGE, charge, issued_at, links={"order": "order"})
    if message.kind is CourtOrder.REMAND:
        yield from _status(there, LegalStatus.REMAND, message.issued_on)


def of_sentence(message: SentenceMessage, there: OnFile) -> Iterator[Proposal]:
    """The order, each charge as convicted, each sentence, the credits, and the status."""
    order = OrderToHold(
        kind=OrderKind.SENTENCE_ORDER,
        reference=message.reference,
        issued_on=message.imposed_on,
        court=message.court,
        judge=message.judge,
    )
    yield Proposal("order", ORDER, order, start_of(message.imposed_on))
    places = {part.count: place for place, part in enumerate(message.parts, start=1)}
    for place, part in enumerate(message.parts, start=1):
        yield from _imposed(message, part, place, places.get(part.follows), there)
    lifelong = any(part.type in LIFELONG for part in message.parts)
    status = LegalStatus.INDETERMINATE_SENTENCE if lifelong else LegalStatus.SENTENCED
    yield from _status(there, status, message.imposed_on)


def _imposed(
    message: SentenceMessage, part: ImposedPart, place: int, follows: int | None, there: OnFile
) -> Iterator[Proposal]:
    at = start_of(message.imposed_on)
    yield _convicted(message, part, place, there)
    sentence = Imposed(
        type=SentenceType(part.type),
        imposed_on=message.imposed_on,
        starts_on=part.starts_on,
        term=Term(**msgspec.structs.asdict(part.term)),
        fine_cents=part.fine_cents,
        court=message.court,
        case=message.case,
    )
    links = {"order": "order", "charge": f"charge-{place}"}
    if follows is not None:
        links["consecutive_to"] = f"sentence-{follows}"
    unclear = {"consecutive_to": UNCLEAR} if follows_unclearly(part, message) else {}
    yield Proposal(f"sentence-{place}", SENTENCE, sentence, at, links=links, unclear=unclear)
    if part.credit_days:
        credit = RemandCredit(days=part.credit_days)
        yield Proposal(f"credit-{place}", REMAND_CREDIT, credit, at, links={"sentence": f"sentence-{place}"})


def follows_unclearly(part: ImposedPart, message: SentenceMessage) -> bool:
    """Whether nobody can say from the message which sentence this one follows, if any.

    A guess would let somebody go years too early, or hold them years too long.
    """
    named = sum(one.count == part.follows for one in message.parts)
    lost = bool(part.follows) and (named != 1 or part.follows == part.count)
    return lost or bool(part.concurrent and part.follows) or (part.concurrent is False and not part.follows)


def _convicted(message: SentenceMessage, part: ImposedPart, place: int, there: OnFile) -> Proposal:
    """The charge on file as convicted now, or a new one."""
    at, name = start_of(message.imposed_on), f"charge-{place}"
    known = charge_of(there, message.case, part.offence)
    if known is not None:
        value = msgspec.structs.replace(
            known.value,
            outcome="convicted",
            decided_on=message.imposed_on,
            iccs=part.iccs or known.value.iccs,
        )
        return changed(CHARGE, known, value, name, at)
    charge = Charge(
        iccs=part.iccs,
        offence=part.offence,
        court=message.court,
        case=message.case,
        outcome="convicted",
        decided_on=message.imposed_on,
    )
    return Proposal(name, CHARGE, charge, at, links={"order": "order"})


def charge_of(there: OnFile, case: str, offence: str) -> Held[Charge] | None:
    """The open charge of this case and offence that is on file; None where there is none, or several."""
    words = offence.casefold().strip()
    found = [
        one
        for one in there.held(CHARGE)
        if case and one.value.case == case and one.value.offence.casefold().strip() == words
    ]
    return found[0] if len(found) == 1 else None


def of_hearing(message: HearingMessage, there: OnFile) -> Iterator[Proposal]:
    """A date in the diary, or the outcome of one that stands there."""
    outcome = "" if message.outcome is None else message.outcome.value
    known = hearing_of(there, message)
    if known is not None:
        value = msgspec.structs.replace(known.value, outcome=outcome, hearing_at=message.hearing_at)
        yield changed(HEARING, known, value, "hearing", message.hearing_at if outcome else message.issued_at)
    else:
        fixed = Hearing(
            court=message.court,
            hearing_at=message.hearing_at,
            purpose=message.purpose,
            case=message.case,
            outcome=outcome,
            video=message.video,
        )
        yield Proposal("hearing", HEARING, fixed, message.hearing_at if outcome else message.issued_at)
    status = None if message.outcome is None else _STATUS_OF.get(message.outcome)
    if status is not None:
        yield from _status(there, status, message.hearing_at.astimezone(SITE_ZONE).date())


def hearing_of(there: OnFile, message: HearingMessage) -> Held[Hearing] | None:
    """The open date of the same court and case on the same day."""
    day = message.hearing_at.astimezone(SITE_ZONE).date()
    for one in there.held(HEARING):
        same = one.value.court.casefold() == message.court.casefold() and one.value.case == message.case
        if same and not one.value.outcome and one.value.hearing_at.astimezone(SITE_ZONE).date() == day:
            return one
    return None


def of_bail(message: BailMessage, _there: OnFile) -> Iterator[Proposal]:
    """The court's word on bail; the order to release only once it says that sureties were given."""
    refused = message.outcome is BailOutcome.REFUSED
    at = start_of(message.issued_on)
    hearing = Hearing(
        court=message.court,
        hearing_at=at,
        purpose=_bail_in_words(message)[:LONGEST_PURPOSE]
        if message.outcome is BailOutcome.GRANTED
        else "Bail",
        case=message.case,
        outcome=(HearingOutcome.REMANDED if refused else HearingOutcome.BAIL_GRANTED).value,
    )
    if message.outcome is not BailOutcome.MET:
        yield Proposal("bail", HEARING, hearing, at)
        return
    release = OrderToRelease(
        reason=ReleaseReason.BAIL,
        reference=message.reference,
        issued_on=message.issued_on,
        court=message.court,
        conditions=_bail_in_words(message) if message.amount_cents else message.conditions,
    )
    yield Proposal("release-order", RELEASE_ORDER, release, at)


def _bail_in_words(message: BailMessage) -> str:
    """The amount and the conditions: no field of the file has an amount, and whoever opens the gate has to read it."""
    amount = f" {message.amount_cents / 100:,.2f}" if message.amount_cents else ""
    return f"Bail{amount}: {message.conditions}" if message.conditions else f"Bail{amount}"


def of_appeal(message: AppealMessage, there: OnFile) -> Iterator[Proposal]:
    """An appeal that is new, or the outcome of one that is on file."""
    at = start_of(message.issued_on)
    lodged = message.state is AppealState.LODGED
    outcome = "" if lodged else message.state.value
    decided_on = None if lodged else message.issued_on
    known = [
        one
        for one in there.held(APPEAL)
        if one.value.reference == message.reference and not one.value.outcome
    ]
    if known and outcome:
        value = msgspec.structs.replace(known[0].value, outcome=outcome, decided_on=decided_on)
        yield changed(APPEAL, known[0], value, "appeal", at)
        return
    new = Appeal(
        court=message.court,
        reference=message.reference,
        case=message.case,
        lodged_on=message.issued_on if lodged else None,
        outcome=outcome,
        decided_on=decided_on,
    )
    yield Proposal("appeal", APPEAL, new, at)


def _status(there: OnFile, status: LegalStatus, on: date) -> Iterator[Proposal]:
    """The status from that day on, where another one holds."""
    held = there.held(LEGAL_STATUS)
    if held and held[-1].value.status is status:
        return
    value = Status(status=status)
    if held:
        yield changed(LEGAL_STATUS, held[-1], value, "status", start_of(on))
    else:
        yield Proposal("status", LEGAL_STATUS, value, start_of(on))
