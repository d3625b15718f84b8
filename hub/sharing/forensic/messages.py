"""What agencies send and are answered. Names in JSON are NIEM's where NIEM has one, as in the agreements."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

from hub.sentences import RefusedError, Sentence
from hub.sharing.inbox.messages.base import ENVELOPE, FILLED, Message, Reference

MAX_SAMPLE_BYTES: Final = 2 * 1024 * 1024
"""A finger at 1,000 dpi, uncompressed, has one."""
MAX_BODY_BYTES: Final = MAX_SAMPLE_BYTES * 4 // 3 + 16 * 1024

_OF_THE_FILE: Final = frozenset(
    {"pims:FingerprintFormCode", "pims:FingerprintResolutionPPI", "pims:FingerPositionCode"}
)
"""How the finger is written and which one it is: nothing that an agreement names apart from the finger itself."""

Basis = Annotated[str, Meta(min_length=1, max_length=200, pattern=FILLED)]
Finger = Annotated[int, Meta(ge=1, le=10)]
Base64 = Annotated[
    str, Meta(min_length=4, max_length=MAX_SAMPLE_BYTES * 4 // 3 + 4, pattern=r"^[A-Za-z0-9+/]+={0,2}$")
]


class IdentityRequest(Message, frozen=True, kw_only=True):
    """Whose finger is this? On the authority of a named officer, in a case, on a legal basis.

    `sample` is one finger: an image (PNG, BMP or TIFF; `resolution` says at how many pixels an inch), a record of
    ISO/IEC 19794-2:2005, or an ANSI/NIST-ITL file with a Type-14 image or Type-9 minutiae.
    """

    case: Reference = field(name="nc:IdentificationID")
    requested_by: Reference = field(name="pims:RequestingAuthorityName")
    legal_basis: Basis = field(name="pims:LegalBasisText")
    form: Literal["image", "iso19794-2", "an2"] = field(name="pims:FingerprintFormCode")
    sample: Base64 = field(name="pims:FingerprintRecord")
    resolution: Annotated[int, Meta(ge=250, le=1200)] | None = field(
        name="pims:FingerprintResolutionPPI", default=None
    )
    position: Annotated[int, Meta(ge=0, le=10)] = field(name="pims:FingerPositionCode", default=0)


class FingerprintRequest(Message, frozen=True, kw_only=True):
    """Somebody's fingers for an examination: minutiae alone, images too, or only under which number they are here.

    `asked_about` is the number of the person or of the stay. Without `positions` every finger is meant.
    """

    case: Reference = field(name="pims:LaboratoryCaseID")
    requested_by: Reference = field(name="pims:RequestingAuthorityName")
    legal_basis: Basis = field(name="pims:LegalBasisText")
    asked_about: Annotated[str, Meta(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$")] = field(
        name="j:SubjectIdentification"
    )
    form: Literal["minutiae", "images", "reference"] = field(name="pims:WantedCode")
    positions: Annotated[tuple[Finger, ...], Meta(max_length=10)] = field(
        name="pims:FingerPositionCode", default=()
    )


class Received(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a request stands. `outcome`, and the document that the agreement allows, are there once it is answered."""

    number: str
    state: str
    received_at: datetime = field(name="receivedAt")
    until_at: datetime = field(name="untilAt")
    outcome: str = ""
    reason: str = ""
    answer: dict[str, object] | None = None


def sample_of(request: IdentityRequest) -> bytes:
    """The bytes of the finger; RefusedError for what is no base64."""
    try:
        return base64.b64decode(request.sample, validate=True)
    except binascii.Error:
        raise RefusedError(
            "sample_no_base64", Sentence("The finger is not whole base64. Encode the file again and send it.")
        ) from None


def names_in(request: IdentityRequest | FingerprintRequest) -> frozenset[str]:
    """Names of the fields that tell of a person or a case: each has to be agreed."""
    return frozenset(msgspec.to_builtins(request)) - ENVELOPE - _OF_THE_FILE
