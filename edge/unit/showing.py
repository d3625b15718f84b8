"""What a signed-in officer is shown of the unit: the rolls, out-counts and alarms, as far as no count is blind."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from edge.errors import DeskRefusedError
from edge.unit.begun import BegunCounts
from edge.unit.forms import (
    AlarmLine,
    CallState,
    OutCountLine,
    OutCounts,
    RollLine,
    RollQuestion,
    ShiftShown,
    UnitHome,
    UnitLine,
    UnitRoll,
)
from edge.unit.outs import out_lines
from edge.unit.picture import Known, Whereabouts, everybody, figures, is_blind, open_counts, opens_s
from wire.unit import CountPhase, OpenCount

PAGE = 6
"""People with their faces that fit on one screen of 800x480."""

CALL_SHOWN_S = 900.0
"""For so long the page goes on saying what became of a call for help."""


class Showing:
    """`committed` is the last entry of the journal that the hub has; `name_of` an officer's name by login."""

    def __init__(
        self,
        known: Callable[[], Known],
        begun: BegunCounts,
        committed: Callable[[], int],
        name_of: Callable[[str], str],
    ) -> None:
        self._known = known
        self._begun = begun
        self._committed = committed
        self._name_of = name_of

    def unit(self, asked: str) -> tuple[Known, str]:
        """What is known, and the unit's code; DeskRefusedError for one that is not of this terminal."""
        known = self._known()
        if asked not in known.units:
            raise DeskRefusedError(
                "no_unit", "This unit does not belong to this terminal. Go home and choose."
            )
        return known, asked

    def seen(self, asked: str) -> tuple[Known, str]:
        """The same for what shows roll or totals: DeskRefusedError `blind` while the unit's count is."""
        known, unit = self.unit(asked)
        if self.is_blind(known, unit):
            raise DeskRefusedError(
                "blind", "A count is open: roll and totals are shown when the slip of this unit is signed."
            )
        return known, unit

    def is_blind(self, known: Known, unit: str) -> bool:
        return is_blind(known, unit, self._begun.is_own(unit))

    def any_blind(self) -> bool:
        """Whether a unit here is being counted blindly: then nothing else may tell how many there are."""
        known = self._known()
        return any(self.is_blind(known, unit) for unit in known.units)

    def home(self) -> UnitHome:
        """For anybody who walks by: figures, and no name of a person."""
        known = self._known()
        lines = [self._line(known, unit) for unit in known.units]
        return UnitHome(units=lines, age_s=known.age_s, own=len(known.doings.places()))

    def _line(self, known: Known, unit: str) -> UnitLine:
        blind = self.is_blind(known, unit)
        holder, _name, since_s, _remarks = self._holder(known, unit)
        waits = [opens_s(known, one) for one in open_counts(known, unit)]
        return UnitLine(
            unit=unit,
            name=known.words(unit),
            figures=None if blind else figures(known, unit, everybody(known, unit)),
            blind=blind,
            counts=len(open_counts(known, unit)) + self._begun.is_own(unit),
            to_count=sum(_waits(known, unit, one) for one in open_counts(known, unit)),
            to_accept=self._to_accept(known, unit),
            alarms=len(known.picture.alarms),
            shift=self._name_of(holder) if holder else "",
            shift_s=since_s,
            opens_s=min((one for one in waits if one is not None), default=None)
            if None not in waits
            else None,
        )

    def roll(self, asked: RollQuestion) -> UnitRoll:
        """One page of the unit's people."""
        known, unit = self.seen(asked.unit)
        people = everybody(known, unit)
        wanted = [one for one in people if _is_wanted(one, unit, asked.only) and _has(one, asked.words)]
        start = asked.page * PAGE
        return UnitRoll(
            unit=unit,
            name=known.words(unit),
            lines=[roll_line(one, unit) for one in wanted[start : start + PAGE]],
            found=len(wanted),
            size=PAGE,
            figures=figures(known, unit, people),
            age_s=known.age_s,
        )

    def person(self, asked: str, number: str) -> RollLine:
        """Somebody of the unit; DeskRefusedError `unknown` for anybody else."""
        known, unit = self.seen(asked)
        found = next((one for one in everybody(known, unit) if one.person == number), None)
        if found is None:
            raise DeskRefusedError(
                "unknown", "This person is not of this unit, nor was seen in it. Search again."
            )
        return roll_line(found, unit)

    def shift(self, asked: str) -> ShiftShown:
        known, unit = self.seen(asked)
        holder, name, since_s, remarks = self._holder(known, unit)
        return ShiftShown(
            unit=unit,
            name=known.words(unit),
            holder=holder,
            holder_name=name,
            since_s=since_s,
            figures=figures(known, unit, everybody(known, unit)),
            remarks=remarks,
            to_accept=self._to_accept(known, unit),
            alarms=len(known.picture.alarms),
        )

    def _to_accept(self, known: Known, unit: str) -> int:
        return sum(one.mine and not one.accepted_by for one in self._outs(known, unit))

    def _holder(self, known: Known, unit: str) -> tuple[str, str, int | None, str]:
        own = known.doings.shift(unit)
        told = next((one for one in known.picture.shifts if one.unit == unit), None)
        told_s = None
        if told is not None and known.said_at is not None:
            told_s = max(0, int((known.said_at - told.since_at).total_seconds())) + (known.age_s or 0)
        if own is not None:
            own_s = int(known.now.seconds_since(own.at))
            if told is None or told_s is None or own_s <= told_s:
                return own.said.officer, self._name_of(own.said.officer), own_s, own.said.remarks
        if told is None:
            return "", "", None, ""
        return told.officer, told.name or told.officer, told_s, told.remarks

    def out_counts(self, asked: str) -> OutCounts:
        """Who is counted elsewhere, and whom this unit is to accept. Declaring is needed while the count is blind."""
        known, unit = self.unit(asked)
        places = [
            (zone.code, zone.name) for zone in known.picture.zones if unit not in (zone.unit, zone.code)
        ]
        return OutCounts(
            unit=unit,
            name=known.words(unit),
            lines=self._outs(known, unit),
            places=sorted(places, key=lambda place: place[1].casefold()),
        )

    def out_line(self, known: Known, unit: str, session: int, person: str) -> OutCountLine:
        """One of them; DeskRefusedError `gone` when it is not there any more."""
        found = next(
            (one for one in self._outs(known, unit) if (one.session, one.person) == (session, person)), None
        )
        if found is None:
            raise DeskRefusedError("gone", "This was taken back meanwhile. Look at the list again.")
        return found

    def to_declare(self, known: Known, unit: str, words: str) -> list[RollLine]:
        """People of the unit who fit the words, those last proven elsewhere first; without words none in a blind count,
        because a list that can be leafed through is a roll."""
        if self.is_blind(known, unit) and len(words.strip()) < 2:
            return []
        out = {line.person for line in self._outs(known, unit)}
        people = [one for one in everybody(known, unit) if one.home == unit and one.person not in out]
        people = sorted(search(people, words), key=lambda one: one.is_in(unit))
        return [roll_line(one, unit) for one in people[:PAGE]]

    def _outs(self, known: Known, unit: str) -> list[OutCountLine]:
        lines = out_lines(known, unit, self._committed(), self._name_of)
        return sorted(lines, key=lambda line: (bool(line.accepted_by), not line.mine, line.name.casefold()))

    def alarms(self) -> list[AlarmLine]:
        """The most urgent first, then the oldest."""
        known = self._known()
        taken = known.doings.alarms()
        lines = []
        for one in known.picture.alarms:
            own = taken.get(one.number)
            by = one.taken_by or (own.said.officer if own is not None else "")
            age_s = 0
            if known.said_at is not None:
                age_s = max(0, int((known.said_at - one.at).total_seconds())) + (known.age_s or 0)
            lines.append(
                AlarmLine(
                    number=one.number,
                    code=one.code,
                    place=one.place,
                    rank=one.rank,
                    age_s=age_s,
                    taken_by=self._name_of(by) if by else "",
                    words=one.words,
                )
            )
        return sorted(lines, key=lambda line: (line.rank, -line.age_s))

    def call(self) -> CallState:
        """What became of the last call for help from here, and whether somebody said that they heard it."""
        known = self._known()
        own = known.doings.last_call()
        if own is None or known.now.seconds_since(own.at) > CALL_SHOWN_S:
            return CallState(sequence=0, age_s=0, at_hub=False, by="")
        answered = next((one for one in known.picture.calls if one.sequence == own.sequence), None)
        return CallState(
            sequence=own.sequence,
            age_s=int(known.now.seconds_since(own.at)),
            at_hub=self._committed() >= own.sequence,
            by="" if answered is None else (answered.by or "?"),
        )


def _waits(known: Known, unit: str, one: OpenCount) -> bool:
    """Whether a slip is still to be signed for it here."""
    here = [kept.said.recount for kept in known.doings.slips(unit, one.session)]
    if one.phase is CountPhase.RECOUNT:
        return one.recount not in here
    return not one.slips and not here


def roll_line(one: Whereabouts, unit: str) -> RollLine:
    """As the page shows somebody."""
    return RollLine(
        person=one.person,
        name=one.name,
        photo=one.photo,
        place=one.place,
        source=one.source,
        age_s=one.age_s,
        sure=one.sure,
        here=one.is_in(unit),
        assigned=one.home == unit,
        cell=one.cell,
        out=one.out,
        out_with=one.out_with,
    )


def search(people: Sequence[Whereabouts], words: str) -> list[Whereabouts]:
    """Those of whose number, name or cell every word is a part."""
    return [one for one in people if _has(one, words)]


def _is_wanted(one: Whereabouts, unit: str, only: str) -> bool:
    if only == "here":
        return one.is_in(unit)
    if only == "out":
        return one.home == unit and not one.is_in(unit)
    if only == "visiting":
        return one.home != unit
    if only == "unproven":
        return not one.sure
    return True


def _has(one: Whereabouts, words: str) -> bool:
    text = plain(f"{one.person} {one.name} {one.cell}")
    return all(word in text for word in plain(words).split())


def plain(text: str) -> str:
    """Without case, accents and what stands between words: nobody types those with gloves on."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return bare.casefold().replace(",", " ").replace("-", "")
