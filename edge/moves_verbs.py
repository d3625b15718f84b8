"""What the officer's page may ask of moves: taking people through, and saying that an area is known anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.attestation.forms import Signed
from edge.attestation.officers import Officers
from edge.desk.server import Verb
from edge.errors import DeskRefusedError
from edge.escorts import SINGLE, Escorts
from edge.moves_forms import AreaResetQuestion, DueGroup, EscortQuestion, EscortsShown, Taken
from edge.ports import Recorder
from wire.happenings import AreaResetDone
from wire.provisioning import CheckpointSettings
from wire.roll import RollPerson
from wire.versions import Count


class MovesVerbs:
    """`people` are those of the roll copy, whose names an officer reads."""

    def __init__(
        self,
        place: CheckpointSettings,
        escorts: Escorts,
        officers: Officers,
        recorder: Recorder,
        people: Callable[[], Mapping[str, RollPerson]],
    ) -> None:
        self._place = place
        self._escorts = escorts
        self._officers = officers
        self._recorder = recorder
        self._people = people

    def verbs(self) -> Mapping[str, Verb]:
        """For the page's socket."""
        return {
            "escorts": Verb(Signed, self._show),
            "escort_begin": Verb(EscortQuestion, self._begin),
            "escort_end": Verb(Signed, self._end),
            "area_reset": Verb(AreaResetQuestion, self._reset),
        }

    def _show(self, asked: Signed) -> EscortsShown:
        self._officers.officer(asked.token, active=asked.active)
        return self._shown()

    def _begin(self, asked: EscortQuestion) -> EscortsShown:
        """By PIN instead of a finger on the glass; an escort that is under way ends with it."""
        login = self._officers.login_of(asked.token)
        if not self._escorts.begin(login, asked.group):
            raise DeskRefusedError("no_group", "Nobody of this group is to be taken through here now.")
        return self._shown()

    def _end(self, asked: Signed) -> EscortsShown:
        self._officers.officer(asked.token)
        self._escorts.end()
        return self._shown()

    def _reset(self, asked: AreaResetQuestion) -> Count:
        reason = asked.reason.strip()
        if not reason:
            raise DeskRefusedError("no_reason", "Say why: choose a reason, or write one.")
        done = AreaResetDone(
            checkpoint=self._place.checkpoint,
            zone=self._place.to_zone,
            officer=self._officers.login_of(asked.token),
            reason=reason,
        )
        return self._recorder.record(done).sequence

    def _shown(self) -> EscortsShown:
        opened = self._escorts.open()
        under_way = None
        if opened is not None:
            everybody = [(who, True) for who in opened.passed] + [
                (who, False) for who in sorted(opened.taken)
            ]
            under_way = self._group(opened.group or SINGLE, everybody, self._officers.name_of(opened.officer))
        due = [
            self._group(group, [(who, False) for who in people])
            for group, people in self._escorts.due().items()
        ]
        return EscortsShown(under_way=under_way, due=due)

    def _group(self, group: int, people: list[tuple[str, bool]], officer: str = "") -> DueGroup:
        held = self._people()
        shown = [
            Taken(person=who, name=held[who].name if who in held else "", through=through)
            for who, through in people
        ]
        return DueGroup(group=group, people=shown, officer=officer)
