"""Taking a headcount of a unit here: begin, mark by name or finger, sign the slip. Nothing of it needs the hub."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.attestation.officers import Officers
from edge.errors import DeskRefusedError
from edge.ports import Clock, Recorder
from edge.unit.begun import OWN_SESSION, Begun, BegunCounts
from edge.unit.count_forms import CountQuestion, CountShown, MarkQuestion, SlipQuestion, SlipTaken
from edge.unit.open_counts import OpenCounts
from edge.unit.picture import Known
from edge.unit.showing import Showing
from wire.happenings import CountMark, CountMethod, Slip

MARKING = frozenset({CountMethod.BY_NAME, CountMethod.BY_SCAN})


class Counting:
    """Counts of the units of this terminal, at `checkpoint`."""

    def __init__(
        self,
        checkpoint: str,
        showing: Showing,
        counts: OpenCounts,
        known: Callable[[], Known],
        begun: BegunCounts,
        officers: Officers,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        self._checkpoint = checkpoint
        self._showing = showing
        self._counts = counts
        self._known = known
        self._begun = begun
        self._officers = officers
        self._recorder = recorder
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def begin(self, asked: CountQuestion) -> CountShown:
        """Somebody begins to walk: from now on the time of the count runs. Session 0 begins one without the hub."""
        officer = self._officers.login_of(asked.token)
        _known, unit = self._showing.unit(asked.unit)
        recount = 0
        if asked.session != OWN_SESSION:
            count = self._counts.one(unit, asked.session)
            self._may_begin(unit, count)
            recount = count.recount
        elif not self._begun.is_own(unit):
            if not self._counts.may_be_own(unit):
                raise DeskRefusedError("count_open", "A count is open already: take that one.")
            self._known().doings.begin_count(unit, OWN_SESSION)
        self._begun.begin(Begun(unit, asked.session, recount, officer, self._clock.read()))
        return self._counts.one(unit, asked.session)

    def _may_begin(self, unit: str, count: CountShown) -> None:
        """Nobody counts before movement has stopped, nor a second time unasked, having seen what was expected."""
        if count.opens_s is not None:
            raise DeskRefusedError(
                "not_open",
                "This count is announced, and not open yet: nobody counts before movement has stopped.",
            )
        if self._counts.is_counted(unit, count):
            raise DeskRefusedError(
                "counted", "The slip of this unit is signed. Only the control room asks for another count."
            )

    def leave(self, asked: CountQuestion) -> None:
        """The walk is given up; what was marked stays marked. One without the hub ends with it."""
        self._officers.login_of(asked.token)
        held = self._begun.of(asked.unit)
        if held is not None and held.session == asked.session:
            self._begun.end(asked.unit)

    def mark(self, asked: MarkQuestion) -> CountShown:
        """Seen alive, or taken back. Marking somebody twice changes nothing."""
        officer = self._officers.login_of(asked.token)
        self.note_mark(
            asked.unit, asked.session, asked.person, officer, CountMethod.BY_NAME, asked.taken_back
        )
        return self._counts.one(asked.unit, asked.session)

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
            count = self._counts.one(unit, session)
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
            count = self._counts.one(asked.unit, asked.session)
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
