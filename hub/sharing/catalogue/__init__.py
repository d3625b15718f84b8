"""What may ever leave and come in, as code: partners, purposes, exchanges and their fields."""

from __future__ import annotations

from hub.sharing.catalogue.exchanges import EXCHANGES, exchanges_with
from hub.sharing.catalogue.kinds import (
    PARTNER_KINDS,
    WAYS,
    About,
    DataField,
    Direction,
    Exchange,
    PartnerKind,
    Way,
)
from hub.sharing.catalogue.purposes import PURPOSES

__all__ = (
    "EXCHANGES",
    "PARTNER_KINDS",
    "PURPOSES",
    "WAYS",
    "About",
    "DataField",
    "Direction",
    "Exchange",
    "PartnerKind",
    "Way",
    "exchanges_with",
)
