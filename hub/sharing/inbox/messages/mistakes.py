"""What any agency may send about something that it was told: that it is wrong."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from hub.sharing.inbox.messages.base import FILLED, AboutSomebody, Code, Line, Name

Said = Annotated[str, Meta(min_length=3, max_length=500, pattern=FILLED)]


class CorrectionRequest(AboutSomebody, frozen=True, kw_only=True):
    """They hold something that they were told to be wrong. `disclosure` is the number of the message that told it.

    `fields` are names of that message's fields, `value` what they hold to be right, `reason` why.
    """

    disclosure: Annotated[str, Meta(max_length=18, pattern=r"^[0-9]*$")] = field(
        name="pims:CorrectedDisclosureID", default=""
    )
    fields: Annotated[tuple[Code, ...], Meta(max_length=40)] = field(
        name="pims:CorrectedFieldName", default=()
    )
    value: Line = field(name="pims:ProposedValueText", default="")
    reason: Said = field(name="nc:ActivityReasonText")
    reference: Name = field(name="nc:IdentificationID", default="")
