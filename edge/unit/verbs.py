"""What the officer's page may ask the agent about its unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.attestation.forms import Nothing, Signed
from edge.attestation.officers import Officers
from edge.desk.server import Verb
from edge.errors import DeskRefusedError
from edge.ports import Clock, Recorder
from edge.unit.begun import BegunCounts
from edge.unit.count_forms import (
    BedLine,
    CountList,
    CountListQuestion,
    CountQuestion,
    CountShown,
    MarkQuestion,
    ScanQuestion,
    ScanState,
    SlipQuestion,
    SlipTaken,
)
from edge.unit.counting import Counting
from edge.unit.forms import (
    AlarmLine,
    AlarmQuestion,
    CallQuestion,
    CallState,
    OfUnit,
    OutCounts,
    OutQuestion,
    RollLine,
    RollQuestion,
    ShiftQuestion,
    ShiftShown,
    UnitHome,
    UnitRoll,
)
from edge.unit.open_counts import OpenCounts
from edge.unit.picture import Known, everybody
from edge.unit.scanning import CountStation
from edge.unit.showing import Showing
from wire.happenings import AlarmTaken, Call, OutCount, OutCountStep, ShiftTaken


class UnitVerbs:
    """The unit's part of the desk at `checkpoint`. Whatever is asked, what is blind is not told."""

    def __init__(
        self,
        checkpoint: str,
        known: Callable[[], Known],
        officers: Officers,
        recorder: Recorder,
        clock: Clock,
        committed: Callable[[], int],
        station: CountStation,
    ) -> None:
        self._checkpoint = checkpoint
        self._known = known
        self._officers = officers
        self._recorder = recorder
        self._station = station
        begun = BegunCounts()
        self.showing = Showing(known, begun, committed, officers.name_of)
        self.counts = OpenCounts(self.showing, known, begun, committed, station.is_on)
        self.counting = Counting(
            checkpoint, self.showing, self.counts, known, begun, officers, recorder, clock
        )
        station.connect(self.counting.note_mark)

    def verbs(self) -> Mapping[str, Verb]:
        return {
            "unit_home": Verb(Nothing, self._home),
            "unit_roll": Verb(RollQuestion, self._roll),
            "unit_person": Verb(MarkQuestion, self._person),
            "shift": Verb(OfUnit, self._shift),
            "take_shift": Verb(ShiftQuestion, self._take_shift),
            "out_counts": Verb(OfUnit, self._out_counts),
            "out_people": Verb(RollQuestion, self._out_people),
            "out_step": Verb(OutQuestion, self._out_step),
            "counts": Verb(OfUnit, self._counts),
            "count": Verb(CountQuestion, self._count),
            "count_begin": Verb(CountQuestion, self._begin),
            "count_leave": Verb(CountQuestion, self._leave),
            "count_list": Verb(CountListQuestion, self._listing),
            "count_mark": Verb(MarkQuestion, self._mark),
            "count_scan": Verb(ScanQuestion, self._scan),
            "count_scanned": Verb(CountQuestion, self._scanned),
            "count_beds": Verb(OfUnit, self._beds),
            "slip": Verb(SlipQuestion, self._slip),
            "alarms": Verb(Signed, self._alarms),
            "alarm_taken": Verb(AlarmQuestion, self._alarm_taken),
            "call": Verb(CallQuestion, self._call),
            "call_state": Verb(Nothing, self._call_state),
        }

    def _home(self, _asked: Nothing) -> UnitHome:
        return self.showing.home()

    def _roll(self, asked: RollQuestion) -> UnitRoll:
        self._officers.login_of(asked.token)
        return self.showing.roll(asked)

    def _person(self, asked: MarkQuestion) -> RollLine:
        self._officers.login_of(asked.token)
        return self.showing.person(asked.unit, asked.person or "")

    def _shift(self, asked: OfUnit) -> ShiftShown:
        self._officers.login_of(asked.token)
        return self.showing.shift(asked.unit)

    def _take_shift(self, asked: ShiftQuestion) -> ShiftShown:
        """DeskRefusedError `roll_moved` when the number is not that which holds now, `same_officer`, `blind`."""
        login = self._officers.login_of(asked.token)
        shown = self.showing.shift(asked.unit)
        if asked.roll_seen != shown.figures.assigned:
            raise DeskRefusedError(
                "roll_moved", "The roll has changed since it was shown. Look at the number again, then sign."
            )
        if asked.from_officer == login:
            raise DeskRefusedError(
                "same_officer", "You cannot take over from yourself. Choose who hands over."
            )
        self._recorder.record(
            ShiftTaken(
                checkpoint=self._checkpoint,
                unit=asked.unit,
                officer=login,
                from_officer=asked.from_officer,
                roll_seen=asked.roll_seen,
                remarks=asked.remarks.strip(),
            )
        )
        return self.showing.shift(asked.unit)

    def _out_counts(self, asked: OfUnit) -> OutCounts:
        self._officers.officer(asked.token, active=asked.active)
        return self.showing.out_counts(asked.unit)

    def _out_people(self, asked: RollQuestion) -> list[RollLine]:
        """People of the unit who may be declared elsewhere; nobody is listed without having been searched for."""
        self._officers.login_of(asked.token)
        known, unit = self.showing.unit(asked.unit)
        return self.showing.to_declare(known, unit, asked.words)

    def _out_step(self, asked: OutQuestion) -> OutCounts:
        """DeskRefusedError `not_of_unit`, `not_there`, `declared_by_you` or `gone` when the step cannot be."""
        login = self._officers.login_of(asked.token)
        known, unit = self.showing.unit(asked.unit)
        home, place = self._may_step(known, unit, asked, login)
        self._recorder.record(
            OutCount(
                checkpoint=self._checkpoint,
                session=asked.session,
                person=asked.person,
                unit=home,
                place=place,
                step=asked.step,
                officer=login,
            )
        )
        return self.showing.out_counts(unit)

    def _may_step(self, known: Known, unit: str, asked: OutQuestion, login: str) -> tuple[str, str]:
        if asked.step is OutCountStep.DECLARED:
            mine = any(one.person == asked.person and one.home == unit for one in everybody(known, unit))
            if not mine:
                raise DeskRefusedError(
                    "not_of_unit", "Only people of your own unit can be declared elsewhere."
                )
            zone = known.zone(asked.place)
            if zone is None or unit in (zone.unit, zone.code):
                raise DeskRefusedError("not_there", "Choose a place outside the unit.")
            return unit, asked.place
        line = self.showing.out_line(known, unit, asked.session, asked.person)
        if asked.step is OutCountStep.ACCEPTED:
            if not line.mine:
                raise DeskRefusedError("not_there", "Only the officer where the person is can accept them.")
            if line.declared_login == login:
                raise DeskRefusedError(
                    "declared_by_you", "You declared this yourself. Another officer has to accept it."
                )
        return line.from_unit, line.place_zone or asked.place

    def _counts(self, asked: OfUnit) -> list[CountShown]:
        self._officers.officer(asked.token, active=asked.active)
        return self.counts.open(asked.unit)

    def _count(self, asked: CountQuestion) -> CountShown:
        self._officers.officer(asked.token, active=asked.active)
        return self.counts.one(asked.unit, asked.session)

    def _begin(self, asked: CountQuestion) -> CountShown:
        return self.counting.begin(asked)

    def _leave(self, asked: CountQuestion) -> None:
        self.counting.leave(asked)
        self._station.end()

    def _listing(self, asked: CountListQuestion) -> CountList:
        self._officers.login_of(asked.token)
        return self.counts.listing(asked)

    def _mark(self, asked: MarkQuestion) -> CountShown:
        return self.counting.mark(asked)

    def _scan(self, asked: ScanQuestion) -> ScanState:
        login = self._officers.login_of(asked.token)
        count = self.counts.one(asked.unit, asked.session)
        if not asked.on:
            self._station.end()
        elif count.begun_s is None:
            raise DeskRefusedError("not_begun", "Nobody has begun this count here. Begin it, then walk.")
        else:
            self._station.begin(asked.unit, asked.session, login)
        return self._station.state(asked.unit, asked.session, count.tally)

    def _scanned(self, asked: CountQuestion) -> ScanState:
        self._officers.officer(asked.token, active=asked.active)
        count = self.counts.one(asked.unit, asked.session)
        return self._station.state(asked.unit, asked.session, count.tally)

    def _beds(self, asked: OfUnit) -> list[BedLine]:
        self._officers.login_of(asked.token)
        return self.counts.beds(asked.unit)

    def _slip(self, asked: SlipQuestion) -> SlipTaken:
        taken = self.counting.sign(asked)
        self._station.end()
        return taken

    def _alarms(self, asked: Signed) -> list[AlarmLine]:
        self._officers.officer(asked.token, active=asked.active)
        return self.showing.alarms()

    def _alarm_taken(self, asked: AlarmQuestion) -> list[AlarmLine]:
        login = self._officers.login_of(asked.token)
        if all(one.number != asked.alarm for one in self._known().picture.alarms):
            raise DeskRefusedError("closed", "This alarm is not open any more.")
        self._recorder.record(AlarmTaken(checkpoint=self._checkpoint, alarm=asked.alarm, officer=login))
        return self.showing.alarms()

    def _call(self, asked: CallQuestion) -> CallState:
        """Nobody need be signed in, and nothing at the gate shows it."""
        self._recorder.record(Call(checkpoint=self._checkpoint, officer=self._caller(asked.token)))
        return self.showing.call()

    def _caller(self, token: str) -> str | None:
        if not token:
            return None
        try:
            return self._officers.officer(token, active=False).login
        except DeskRefusedError:
            return None

    def _call_state(self, _asked: Nothing) -> CallState:
        return self.showing.call()
