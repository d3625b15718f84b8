"""A list of people to be enrolled, as a JSON file beside their finger images."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.biometrics.images import MAX_BYTES
from hub.custody.legal import LegalStatus
from hub.custody.rules import OrderKind, Sex
from hub.errors import HubError

Text = Annotated[str, Meta(min_length=1, max_length=80)]


class ManifestError(HubError):
    """The manifest cannot be used; the sentence names what is wrong in it."""

    def __init__(self, sentence: str) -> None:
        super().__init__("manifest", sentence)


class FingerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One finger; `position` is the ISO code, images are paths from the manifest's folder."""

    position: Annotated[int, Meta(ge=1, le=10)]
    images: Annotated[list[str], Meta(min_length=1, max_length=6)]


Count = Annotated[int, Meta(ge=0, le=36_500)]


class SentenceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The term of a sentence that the order carries, imposed on the order's day."""

    years: Count = 0
    months: Count = 0
    weeks: Count = 0
    days: Count = 0


class OffenceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the person is charged with or convicted of; `iccs` as in the class's code, e.g. 0401."""

    iccs: str
    offence: Text
    case: str = ""


class PersonEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One person. The order is a warrant of today unless the entry says otherwise; `photo` is a path like images.

    `admitted_on` is for people who are inside already. `cell` must fit and have room, as at any admission.
    `next_court_on` is a date before `court`, at nine in the morning.
    """

    surname: Text
    given: Text
    born_on: date | None = None
    sex: Sex = Sex.UNKNOWN
    home_zone: Text
    zones: list[str] = []
    order_reference: Text
    order_kind: OrderKind = OrderKind.WARRANT
    order_issued_on: date | None = None
    order_expires_on: date | None = None
    fingers: Annotated[list[FingerEntry], Meta(min_length=1, max_length=10)]
    photo: str | None = None
    admitted_on: date | None = None
    status: LegalStatus | None = None
    court: str = ""
    cell: str = ""
    country: str = ""
    offence: OffenceEntry | None = None
    sentence: SentenceEntry | None = None
    next_court_on: date | None = None


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file; `dpi` is that of all images."""

    people: list[PersonEntry]
    dpi: Annotated[float, Meta(ge=250, le=1200)] = 500


def read_manifest(path: Path) -> Manifest:
    """ManifestError naming file and field when it cannot be used."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be used: {error}. Correct it and run this again.") from None


def read_file(folder: Path, name: str) -> bytes:
    """Content of an image that the manifest names; ManifestError when it is not there."""
    try:
        path = folder / name
        if path.stat().st_size > MAX_BYTES:
            raise ManifestError(f"{path} is larger than 5 MB. Save it smaller, a finger as a grey PNG.")
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(f"{folder / name} cannot be read: {error.strerror}.") from error
