"""Counts of a unit as its officer is shown them: what is blind is not told, whoever asks."""

from __future__ import annotations

from collections.abc import Callable

from edge.errors import DeskRefusedError
from edge.unit.begun import OWN_SESSION, BegunCounts
from edge.unit.count_forms import BedLine, CountList, CountListQuestion, CountShown
from edge.unit.forms import RollLine
from edge.unit.picture import HUB_AWAY_S, Known, everybody, is_blind_count, open_counts, opens_s
from edge.unit.showing import Showing, roll_line, search
from wire.happenings import CountKind
from wire.unit import CountPhase, OpenCount

LIST_PAGE = 6


class OpenCounts:
    """`committed` is the last entry that the hub has; `is_scanning` tells whether a count has the glass."""

    def __init__(
        self,
        showing: Showing,
        known: Callable[[], Known],
        begun: BegunCounts,
        committed: Callable[[], int],
        is_scanning: Callable[[str, int], bool],
    ) -> None:
        self._showing = showing
        self._known = known
        self._begun = begun
        self._committed = committed
        self._is_scanning = is_scanning

    def open(self, unit: str) -> list[CountShown]:
        """Counts that this unit is to take, or has taken and nobody has cleared yet."""
        known, unit = self._showing.unit(unit)
        found = [self._shown(known, unit, one) for one in open_counts(known, unit)]
        if self._begun.is_own(unit):
            found.append(self._shown(known, unit, _own_count(unit, known)))
        return found

    def one(self, unit: str, session: int) -> CountShown:
        """DeskRefusedError `no_count` when it is not open here any more."""
        found = next((one for one in self.open(unit) if one.session == session), None)
        if found is None:
            raise DeskRefusedError("no_count", "This count is not open any more. Look at the list of counts.")
        return found

    def is_counted(self, unit: str, count: CountShown) -> bool:
        """Whether its slip is signed, here or at another page, and no other was asked for."""
        here = self._known().doings.slips(unit, count.session)
        return any(one.said.recount >= count.recount for one in here) or (
            count.slips > 0 and count.phase is not CountPhase.RECOUNT
        )

    def may_be_own(self, unit: str) -> bool:
        """Whether a unit may be counted unasked: no count is open, or the hub went away before it said that the last
        one was cleared."""
        found, age_s = self.open(unit), self._known().age_s
        away = age_s is None or age_s > HUB_AWAY_S
        return not found or (away and all(self.is_counted(unit, one) for one in found))

    def listing(self, asked: CountListQuestion) -> CountList:
        """Who is to be marked. While the count is blind the first of those who were searched for, and no total."""
        count = self.one(asked.unit, asked.session)
        known, unit = self._showing.unit(asked.unit)
        marked = known.doings.marked(unit, asked.session, count.recount)
        people = search(everybody(known, unit), asked.words)
        if count.blind and len(asked.words.strip()) < 2:
            people = [one for one in people if one.person in marked]
        if not asked.words:
            people.sort(key=lambda one: (one.person in marked, not one.is_in(unit)))
        start = 0 if count.blind else asked.page * LIST_PAGE  # what can be leafed through can be counted
        shown = people[start : start + LIST_PAGE]
        found = min(len(people), LIST_PAGE) if count.blind else len(people)
        return CountList(
            count=count,
            lines=[roll_line(one, unit) for one in shown],
            marked=sorted(marked),
            unknown=known.doings.unknown(unit, asked.session, count.recount),
            found=found,
            size=LIST_PAGE,
        )

    def beds(self, unit: str) -> list[BedLine]:
        """Cells of the unit in their order: how many beds each has, never how many are taken."""
        known, unit = self._showing.unit(unit)
        return [BedLine(cell=one.cell, beds=one.beds) for one in known.picture.cells if one.unit == unit]

    def _shown(self, known: Known, unit: str, one: OpenCount) -> CountShown:
        slips = known.doings.slips(unit, one.session)
        blind = is_blind_count(known, unit, one) or (one.session == OWN_SESSION and not slips)
        begun = self._begun.of(unit)
        same = begun is not None and (begun.session, begun.recount) == (one.session, one.recount)
        mine = begun if same else None
        last = slips[-1] if slips else None
        committed = self._committed()
        return CountShown(
            session=one.session,
            unit=unit,
            name=known.words(unit),
            kind=one.kind,
            phase=one.phase,
            blind=blind,
            slips=max(one.slips, len(slips)),
            recount=one.recount,
            method=one.method,
            opens_s=opens_s(known, one),
            begun_s=None if mine is None else int(known.now.seconds_since(mine.at)),
            waits_for_hub=last is not None and last.sequence > committed,
            off=None if blind else one.off,
            tally=known.doings.tally(unit, one.session, one.recount),
            candidates=[] if blind else self._candidates(known, unit, one),
            scanning=self._is_scanning(unit, one.session),
            observed=None if last is None else last.said.observed,
        )

    def _candidates(self, known: Known, unit: str, one: OpenCount) -> list[RollLine]:
        """Who was last proven where, of those whom the hub named: evidence to look at, not a finding."""
        people = {who.person: who for who in everybody(known, unit)}
        return [
            roll_line(people[number], unit)
            if number in people
            else RollLine(
                person=number,
                name=known.name_of(number),
                photo=known.photo_of(number),
                place="",
                source="",
                age_s=None,
                sure=False,
                here=False,
                assigned=False,
            )
            for number in one.candidates[:LIST_PAGE]
        ]


def _own_count(unit: str, known: Known) -> OpenCount:
    now = known.now.wall_time
    return OpenCount(
        session=OWN_SESSION,
        kind=CountKind.INFORMAL,
        phase=CountPhase.COUNTING,
        announced_at=now,
        freeze_at=now,
        blind=True,
        slips=0,
        unit=unit,
    )
