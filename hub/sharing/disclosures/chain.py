"""What the links of the log cover. Pure."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from hub.accounts.audit_chain import moment
from wire.envelope import preimage

START: Final = hashlib.sha256(preimage("disclosures")).digest()
"""Link before the first row."""


def link_of(before: bytes, position: int, row: Any) -> bytes:
    """SHA-256 over the link before, the place and every field of a row."""
    texts = (
        row.agency, row.agreement, row.exchange, row.purpose, row.person, row.fields, row.way, row.actor,
        row.reference, row.refused, row.receipt,
    )  # fmt: skip
    numbers = (row.id, row.version, row.receipt_of or 0)
    whole = preimage("disclosure", before, position, *numbers, moment(row.at), *texts)
    return hashlib.sha256(whole).digest()
