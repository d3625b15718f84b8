"""What cuts the population by law: status, offence, sentence, the order on which somebody came; and court dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import msgspec
import numpy as np
from sqlalchemy.orm import Session

from hub.custody.hearing_outcomes import HEARING_OUTCOMES, HearingOutcome
from hub.custody.legal import CHARGE, HEARING, LEGAL_STATUS, ORDER, LegalStatus
from hub.custody.rules import OrderKind
from hub.statistics import cuts
from hub.statistics.cuts import NOT_KNOWN, OFFENCE
from hub.statistics.reading.joined import Joined
from hub.statistics.reading.sentences import sentences_of
from hub.statistics.reading.stays import Stays
from hub.statistics.reading.timelines import ALWAYS, Ints, Timeline, micros, read, times
from hub.web.formats import start_of

REMAND: Final = cuts.LEGAL_STATUS.codes().index(LegalStatus.REMAND.value)
_OVER: Final = (HearingOutcome.ACQUITTED, HearingOutcome.DISCHARGED, HearingOutcome.WITHDRAWN)
ENDS_CHARGE: Final = frozenset(
    {*(one.value for one in _OVER), *(str(HEARING_OUTCOMES[one]) for one in _OVER)}
)
"""A charge with such an outcome no longer stands; the diary writes it in words, an import its code."""


class _Status(msgspec.Struct):
    status: LegalStatus


class _Charge(msgspec.Struct):
    iccs: str
    outcome: str = ""
    decided_on: date | None = None


class _Order(msgspec.Struct):
    kind: OrderKind


class _Hearing(msgspec.Struct):
    hearing_at: datetime
    outcome: str = ""
    produced: bool | None = None


@dataclass(frozen=True)
class Law:
    """Timelines whose `stay` is a row of the stays. Of several that hold of one stay the last of them counts."""

    status: Timeline
    """Second column: since when the status has been the same without a break."""
    offence: Timeline
    sentence: Timeline
    first_order: Ints
    first_status: Ints
    hearings: Ints
    """Columns: when, and 1 brought, 0 not brought, -1 nobody wrote it."""


def law_of(session: Session, stays: Stays, joined: Joined, known_at: datetime | None) -> Law:
    """Of these stays."""

    def own(told: Timeline) -> Timeline:
        moved = replace(told, stay=stays.row_of(joined.of_stays(told.stay)))
        return moved.part(moved.stay >= 0)

    status = own(read(session, LEGAL_STATUS, _Status, _status_codes, 1, known_at))
    orders = own(read(session, ORDER, _Order, _order_codes, 1, known_at))
    return Law(
        _unbroken(status),
        _offences(own(read(session, CHARGE, _Charge, _charge_codes, 2, known_at))),
        sentences_of(session, own, known_at),
        _first(orders, len(stays.ids), cuts.ORDER.codes().index(NOT_KNOWN)),
        _first(status, len(stays.ids), cuts.LEGAL_STATUS.codes().index(NOT_KNOWN)),
        _hearings(own(read(session, HEARING, _Hearing, _hearing_codes, 2, known_at)), stays),
    )


def _unbroken(status: Timeline) -> Timeline:
    """Statuses in order of time, each with when the run of the same one began."""
    status = status.part(
        status.starts < status.ends
    )  # of two that took effect at once the earlier never held
    told = status.part(np.lexsort((status.starts, status.stay)))
    since = told.starts.copy()
    goes_on = (
        (told.stay[1:] == told.stay[:-1])
        & (told.codes[1:, 0] == told.codes[:-1, 0])
        & (told.ends[:-1] == told.starts[1:])
    )
    for place in np.flatnonzero(goes_on) + 1:
        since[place] = since[place - 1]
    return replace(told, codes=np.stack((told.codes[:, 0], since), axis=1))


def _offences(charges: Timeline) -> Timeline:
    """Charges while they stand, the section with the lowest number last.

    What ended one is of its day, also where it was written down as of a later one.
    """
    decided = charges.codes[:, 1]
    until = {
        item: day for item, day in zip(charges.item.tolist(), decided.tolist(), strict=True) if day != ALWAYS
    }
    over = np.fromiter((until.get(item, ALWAYS) for item in charges.item.tolist()), np.int64, len(decided))
    ends = np.minimum(charges.ends, over)
    told = replace(charges, ends=ends, codes=charges.codes[:, :1]).part(charges.starts < ends)
    return told.part(np.argsort(-told.codes[:, 0], kind="stable"))


def _first(told: Timeline, stays: int, none: int) -> Ints:
    """The first of each stay."""
    found = np.full(stays, none)
    order = np.lexsort((told.item, told.starts))[::-1]
    found[told.stay[order]] = told.codes[order, 0]
    return found


def _hearings(told: Timeline, stays: Stays) -> Ints:
    """Dates that lay within the stay they are of."""
    now = told.part(told.ends == ALWAYS)
    within = (now.codes[:, 0] >= stays.starts[now.stay]) & (now.codes[:, 0] <= stays.ends[now.stay])
    found: Ints = now.codes[within]
    return found


def _status_codes(values: Sequence[_Status]) -> Ints:
    return np.array([_STATUSES[one.status] for one in values], np.int64)


def _order_codes(values: Sequence[_Order]) -> Ints:
    return np.array([_ORDERS[one.kind] for one in values], np.int64)


def _charge_codes(values: Sequence[_Charge]) -> Ints:
    return np.array([(_SECTIONS.get(one.iccs[:2], _NO_SECTION), _until(one)) for one in values], np.int64)


def _until(charge: _Charge) -> int:
    """Until when it stands."""
    if charge.outcome not in ENDS_CHARGE:
        return int(ALWAYS)
    return 0 if charge.decided_on is None else micros(start_of(charge.decided_on))


def _hearing_codes(values: Sequence[_Hearing]) -> Ints:
    brought = [_brought(one) for one in values]
    return np.stack((times([one.hearing_at for one in values]), np.array(brought, np.int64)), axis=1)


def _brought(hearing: _Hearing) -> int:
    if hearing.outcome == HearingOutcome.NOT_PRODUCED:
        return 0
    return -1 if hearing.produced is None else int(hearing.produced)


_STATUSES: Final = {
    status: cuts.LEGAL_STATUS.codes().index(NOT_KNOWN if status is LegalStatus.UNKNOWN else status.value)
    for status in LegalStatus
}
_ORDERS: Final = {kind: cuts.ORDER.codes().index(kind.value) for kind in OrderKind}
_SECTIONS: Final = {code: place for place, code in enumerate(OFFENCE.codes()) if code != NOT_KNOWN}
_NO_SECTION: Final = OFFENCE.codes().index(NOT_KNOWN)
