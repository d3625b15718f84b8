"""Calls that work as they stand, for the description of the interface. The finger is nobody's."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime
from typing import Final

from hub.sharing.api.routes import Example
from hub.sharing.forensic.messages import FingerprintRequest, IdentityRequest

_ISSUED: Final = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def _record() -> str:
    """A record of ISO/IEC 19794-2:2005 with 24 minutiae on a regular grid, as no skin has them."""
    points = [(40 + 32 * (n % 6), 40 + 48 * (n // 6), n * 10 % 256) for n in range(24)]
    body = b"".join(struct.pack(">HHBB", 1 << 14 | x, y, angle, 80) for x, y, angle in points)
    view = struct.pack(">BBBB", 2, 0, 80, len(points)) + body + b"\0\0"
    head = struct.pack(">IHHHHHBB", 24 + len(view), 0, 256, 288, 197, 197, 1, 0)
    return base64.b64encode(b"FMR\0 20\0" + head + view).decode()


IDENTITY: Final = Example(
    "A record of one finger",
    body=IdentityRequest(
        message_id="CIB-2026-0411-1",
        issued_at=_ISSUED,
        case="CIB 411/2026",
        requested_by="Insp. R. Castillo, 114",
        legal_basis="Police Act, order of the magistrate of 20 November 2026",
        form="iso19794-2",
        sample=_record(),
        position=2,
    ),
    status=202,
)
FINGERS: Final = Example(
    "Minutiae of two fingers",
    body=FingerprintRequest(
        message_id="NFSS-2026-77-1",
        issued_at=_ISSUED,
        case="NFSS 77/2026",
        requested_by="Dr. M. Tillett",
        legal_basis="Evidence Act, request of the court of 20 November 2026",
        asked_about="P-000001",
        form="minutiae",
        positions=(2, 7),
    ),
    status=202,
)
