"""Taking a headcount of a unit here: begin, mark by name or finger, sign the slip. Nothing of it needs the hub."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.attestation.officers import Officers
from edge.errors import DeskRefusedError
from edge.ports import Clock, Recorder
from edge.unit.begun import OWN_SESSION, Begun, BegunCounts
from edge.unit.forms import (
    BedLine,
    CountList,
    CountListQuestion,
    CountQuestion,
    CountShown,
    MarkQuestion,
    RollLine,
    SlipQuestion,
    SlipTaken,
)
from edge.unit.picture import Known, everybody, is_blind_count, open_counts
from edge.unit.showing import Showing, roll_line, search
from wire.happenings import CountKind, CountMark, CountMethod, Slip
from wire.unit import CountPhase, OpenCount

LIST_PAGE = 6
MARKING = frozenset({CountMethod.BY_NAME, CountMethod.BY_SCAN})


class Counting:
    """Counts of the units of this terminal, at `checkpoint`."""

    def __init__(
        self,
        checkpoint: str,
        showing: Showing,
        known: Callable[[], Known],
        begun: BegunCounts,
        officers: Officers,
        recorder: Recorder,
        clock: Clock,
        committed: Callable[[], int],
        is_scanning: Callable[[str, int], bool] = lambda _unit, _session: False,
    ) -> None:
        self._checkpoint = checkpoint
        self._showing = showing
        self._known = known
        self._begun = begun
        self._officers = officers
        self._recorder = recorder
        self._clock = clock
        self._committed = committed
        self._is_scanning = is_scanning
        self._one_at_a_time = threading.Lock()

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

    def begin(self, asked: CountQuestion) -> CountShown:
        """Somebody begins to walk: from now on the time of the count runs. Session 0 begins one without the hub."""
        officer = self._officers.login_of(asked.token)
        _known, unit = self._showing.unit(asked.unit)
        recount = 0
        if asked.session != OWN_SESSION:
            recount = self.one(unit, asked.session).recount
        elif not self._begun.is_own(unit):
            if self.open(unit):
                raise DeskRefusedError("count_open", "A count is open already: take that one.")
            self._known().doings.begin_count(unit, OWN_SESSION)
        self._begun.begin(Begun(unit, asked.session, recount, officer, self._clock.read()))
        return self.one(unit, asked.session)

    def leave(self, asked: CountQuestion) -> None:
        """The walk is given up; what was marked stays marked. One without the hub ends with it."""
        self._officers.login_of(asked.token)
        held = self._begun.of(asked.unit)
        if held is not None and held.session == asked.session:
            self._begun.end(asked.unit)

    def listing(self, asked: CountListQuestion) -> CountList:
        """Who is to be marked. While the count is blind only those who were searched for are shown, and no total."""
        self._officers.login_of(asked.token)
        count = self.one(asked.unit, asked.session)
        known, unit = self._showing.unit(asked.unit)
        marked = known.doings.marked(unit, asked.session, count.recount)
        people = search(everybody(known, unit), asked.words)
        if count.blind and len(asked.words.strip()) < 2:
            people = [one for one in people if one.person in marked]
        if not asked.words:
            people.sort(key=lambda one: (one.person in marked, not one.is_in(unit)))
        start = asked.page * LIST_PAGE
        shown = people[start : start + LIST_PAGE]
        found = min(len(people), start + LIST_PAGE + 1) if count.blind else len(people)
        return CountList(
            count=count,
            lines=[roll_line(one, unit) for one in shown],
            marked=sorted(marked),
            unknown=known.doings.unknown(unit, asked.session, count.recount),
            found=found,
            size=LIST_PAGE,
        )

    def mark(self, asked: MarkQuestion) -> CountShown:
        """Seen alive, or taken back. Marking somebody twice changes nothing."""
        officer = self._officers.login_of(asked.token)
        self.note_mark(
            asked.unit, asked.session, asked.person, officer, CountMethod.BY_NAME, asked.taken_back
        )
        return self.one(asked.unit, asked.session)

    def note_mark(
        self,
        unit: str,
        session: int,
        person: str | None,
        officer: str,
        method: CountMethod,
        taken_back: bool = False,
    ) -> bool:
        """Journals a mark; False when it says nothing new. Of a finger as of a name."""
        with self._one_at_a_time:
            count = self.one(unit, session)
            self._must_be_begun(unit, count)
            doings = self._known().doings
            if person is None:
                if taken_back and doings.unknown(unit, session, count.recount) == 0:
                    return False
            elif (person in doings.marked(unit, session, count.recount)) is not taken_back:
                return False
            self._recorder.record(
                CountMark(
                    checkpoint=self._checkpoint,
                    session=session,
                    unit=unit,
                    recount=count.recount,
                    person=person,
                    method=method,
                    officer=officer,
                    taken_back=taken_back,
                )
            )
            return True

    def sign(self, asked: SlipQuestion) -> SlipTaken:
        """Journals the slip, after both officers gave their PINs.

        DeskRefusedError `not_begun`, `signs_of_life`, `marks` when the number is not that of the marks, `same_officer`,
        `recount_moved` when the hub asked for another recount meanwhile, or as signing in does.
        """
        login = self._officers.login_of(asked.token)
        with self._one_at_a_time:
            count = self.one(asked.unit, asked.session)
            self._check(asked, count, login)
            begun = self._must_be_begun(asked.unit, count)
            self._officers.confirm(login, asked.pin)
            if asked.second is not None:
                self._officers.confirm(asked.second, asked.second_pin)
            took_s = int(self._clock.read().seconds_since(begun.at))
            self._recorder.record(
                Slip(
                    checkpoint=self._checkpoint,
                    session=asked.session,
                    unit=asked.unit,
                    recount=asked.recount,
                    method=asked.method,
                    counters=[login] if asked.second is None else [login, asked.second],
                    observed=asked.observed,
                    took_s=took_s,
                    signs_of_life=asked.signs_of_life,
                    vacant_beds=asked.vacant_beds,
                    remarks=asked.remarks.strip(),
                )
            )
            self._begun.end(asked.unit)
        return SlipTaken(observed=asked.observed, recount=asked.recount, took_s=took_s)

    def beds(self, unit: str) -> list[BedLine]:
        """Cells of the unit in their order: how many beds each has, never how many are taken."""
        known, unit = self._showing.unit(unit)
        return [BedLine(cell=one.cell, beds=one.beds) for one in known.picture.cells if one.unit == unit]

    def _check(self, asked: SlipQuestion, count: CountShown, login: str) -> None:
        if asked.recount != count.recount:
            raise DeskRefusedError(
                "recount_moved", "The control room asked for another count meanwhile. Begin that one."
            )
        if asked.second == login:
            raise DeskRefusedError(
                "same_officer", "The second counter is somebody else, who counted apart from you."
            )
        if asked.method in MARKING:
            tally = self._known().doings.tally(asked.unit, asked.session, asked.recount)
            if tally != asked.observed:
                raise DeskRefusedError(
                    "marks", "The number is not that of those who were marked. Go back to the list."
                )

    def _must_be_begun(self, unit: str, count: CountShown) -> Begun:
        begun = self._begun.of(unit)
        if begun is None or (begun.session, begun.recount) != (count.session, count.recount):
            raise DeskRefusedError("not_begun", "Nobody has begun this count here. Begin it, then walk.")
        return begun

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
            freeze_at=one.freeze_at,
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
