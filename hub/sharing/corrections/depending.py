"""Which kinds of facts a field that left was made of: what is wrong in a fact is wrong in every field of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.custody.sentencing.reading import KINDS as SENTENCING
from hub.custody.stays import ADMISSION, RELEASE
from hub.sharing.catalogue import DataField
from hub.sharing.catalogue.custody import (
    ADMITTED,
    BOOKING_NUMBER,
    EARLIER_STAYS,
    FACILITY,
    RELEASE_DUE,
    STATE,
)
from hub.sharing.catalogue.persons import EARLIER_NUMBERS, NUMBER

ALSO: Final[Mapping[tuple[str, ...], frozenset[str]]] = {
    ADMITTED.place: frozenset({ADMISSION.name}),
    STATE.place: frozenset({ADMISSION.name, RELEASE.name}),
    RELEASE_DUE.place: frozenset(SENTENCING),
}
"""Fields that are read from the stay, or reckoned, and not from facts of a kind that they name, by their place."""

OF_NO_FACT: Final = frozenset(
    {NUMBER.place, EARLIER_NUMBERS.place, BOOKING_NUMBER.place, EARLIER_STAYS.place, FACILITY.place}
)
"""Numbers, which a merge alone can make wrong, and the name of the prison."""


def made_of(field: DataField, kind: str) -> bool:
    """Whether a fact of this kind can make the field wrong."""
    return kind in field.kinds or beside_facts(field, kind)


def beside_facts(field: DataField, kind: str) -> bool:
    """Whether it does so in a way that cannot be read again as it was: then it counts as wrong."""
    return kind in ALSO.get(field.place, ())
