"""What messages of the police would change."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hub.custody.legal import CHARGE, HOLD, Charge, Hold
from hub.custody.stays import ADMISSION
from hub.sharing.inbox.messages import ArrestMessage, ChargeMessage, HoldMessage, WantMessage
from hub.sharing.inbox.proposing.parts import OnFile, Proposal, changed
from hub.web.formats import start_of


def of_arrest(message: ArrestMessage, there: OnFile) -> Iterator[Proposal]:
    """When, where and why, beside the admission of the stay."""
    held = there.held(ADMISSION)
    if not held:
        return
    value = msgspec.structs.replace(
        held[-1].value,
        arrested_at=message.arrested_at,
        arrested_where=message.place or held[-1].value.arrested_where,
        reasons=message.reasons,
    )
    yield changed(ADMISSION, held[-1], value, "arrest", held[-1].row.effective_at)


def of_charge(message: ChargeMessage, _there: OnFile) -> Iterator[Proposal]:
    """A new charge."""
    value = Charge(
        iccs=message.iccs,
        offence=message.offence,
        statute=message.statute,
        offence_on=message.offence_on,
        court=message.court,
        case=message.case,
    )
    yield Proposal("charge", CHARGE, value, message.issued_at)


def of_hold(message: HoldMessage | WantMessage, _there: OnFile) -> Iterator[Proposal]:
    """A hold: what is wanted of somebody who is here."""
    value = Hold(
        authority=message.authority,
        reason=message.reason,
        reference=message.reference,
        issued_on=message.issued_on,
        expires_on=message.expires_on,
    )
    yield Proposal("hold", HOLD, value, start_of(message.issued_on))
