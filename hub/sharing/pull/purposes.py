"""For what something is fetched: said by the client, or plain where one purpose alone is agreed."""

from __future__ import annotations

from typing import Final

from hub.sharing.api.calls import Call
from hub.sharing.api.problems import ProblemError, ProblemKind
from hub.sharing.catalogue import PURPOSES

PATTERN: Final = "^(?:" + "|".join(PURPOSES) + ")$"

SAY_PURPOSE: Final = ProblemKind(
    "purpose_needed",
    400,
    "Say for what",
    "This exchange is agreed for several purposes. Name one with the parameter `purpose`; `purposes` lists them.",
)


def purpose_of(call: Call, exchange: str, asked: str | None) -> str:
    """The purpose to ask the gate with, which decides. ProblemError where several could be meant."""
    if asked is not None:
        return asked
    found = call.rules.purposes_in_force(call.client.agency, exchange)
    if len(found) > 1:
        raise ProblemError(SAY_PURPOSE, purposes=sorted(found))
    return next(iter(found), "")
