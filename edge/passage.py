"""One finger after another at one checkpoint: found, decided, journalled, and only then answered with a light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.decision import Again, Answer, Circumstances, Finger, Response, decide
from edge.escorts import Escorts, Touch
from edge.inmate.moments import REST, Moment, Sign, moment_of
from edge.plan.rules import ESCORTED
from edge.ports import Capture, Finding, Identifier, Light, Recorder, RollFacts
from edge.series import Series
from wire.happenings import Attempt, Decision, Evidence, Outcome, Passage
from wire.provisioning import CheckpointSettings
from wire.settings import PassageRules
from wire.versions import Version

LIGHTS = {Decision.ADMIT: Light.ADMIT, Decision.REFUSE: Light.REFUSE, Decision.REFER: Light.REFER}

SENSOR_ADVICE = "sensor"
"""Advice of an attempt whose image never arrived whole: the sensor's doing, not the person's."""


@dataclass(frozen=True)
class Reply:
    """What the person is told: by the ring, by the front, and by a lock that `opens` or does not."""

    light: Light
    moment: Moment
    opens: bool = False


OFFICER_ADVICE = "officer"
"""Advice of an attempt that was an officer's finger, with nobody to take through."""


@dataclass(frozen=True)
class Taking:
    """`named` gives the login of the officer whose finger a probe is, None when it is nobody's.

    `claims` tells whether it is the finger that an officer who signs in at the page was asked for.
    """

    escorts: Escorts
    named: Callable[[object], str | None]
    claims: Callable[[object], bool] = lambda _probe: False


@dataclass(frozen=True)
class InUse:
    """The versions that a decision was made by, None for those of the first installation."""

    config: Version | None = None
    orders: Version | None = None


class Passages:
    """Deals with the fingers of one checkpoint. `now` is the monotonic clock in seconds.

    `used` hears the number of an order that a passage used up, once the passage is on disk. With `taking` a finger
    that is nobody's on the roll may be an officer's, who takes people through.
    """

    def __init__(
        self,
        place: CheckpointSettings,
        rules: PassageRules,
        identifier: Identifier,
        recorder: Recorder,
        now: Callable[[], float],
        circumstances: Callable[[], Circumstances] = Circumstances,
        in_use: Callable[[], InUse] = InUse,
        used: Callable[[int], object] = lambda _order: None,
        taking: Taking | None = None,
    ) -> None:
        self._place = place
        self._rules = rules
        self._identifier = identifier
        self._recorder = recorder
        self._now = now
        self._circumstances = circumstances
        self._in_use = in_use
        self._used = used
        self._taking = taking
        self._series = Series()

    def finger(self, capture: Capture, seen_at: float) -> Reply:
        """The answer to this finger, whose entry is on disk. Raises JournalWriteError when it is not."""
        self._forget_who_left(seen_at)
        found, roll = self._identifier.identify(capture, self._series.first, self._series.touches)
        if self._taking is not None and found.outcome is not Outcome.MATCH and found.probe is not None:
            if self._taking.claims(found.probe):
                self._series = Series()
                return Reply(Light.READY, REST)
            officer = self._taking.named(found.probe)
            if officer is not None:
                return self._taken_by(
                    officer, self._taking.escorts, self._evidence_of(found, capture, seen_at)
                )
        if self._series.is_of_another(found):
            self._series = Series()
        now = self._circumstances()
        response = self._decide(found, roll, now)
        evidence = self._evidence_of(found, capture, seen_at)
        if isinstance(response, Again):
            self._record_attempt(evidence, response.advice)
            self._series.note(found, response)
        else:
            self._record_answer(response, found, evidence, roll, now)
            self._series = Series()
        return _reply(response, roll, self._progress(response))

    def interrupted(self, seen_at: float) -> Reply:
        """The answer to a finger whose image the sensor did not deliver; it is not counted against the person."""
        self._forget_who_left(seen_at)
        nothing = Finding(Outcome.POOR_QUALITY, None, 0, SENSOR_ADVICE, 0.0, 0.0, 0, 0)
        self._record_attempt(self._evidence(nothing, self._now() - seen_at, 0.0), SENSOR_ADVICE)
        other = self._series.finger is Finger.OTHER
        return Reply(Light.AGAIN, Moment(Sign.AGAIN, SENSOR_ADVICE, other))

    def _taken_by(self, officer: str, escorts: Escorts, evidence: Evidence) -> Reply:
        """An officer's finger begins or ends an escort; it opens nothing, and belongs to nobody's series."""
        self._series = Series()
        touch, escort = escorts.touch(officer)
        if escort is None:
            self._record_attempt(evidence, OFFICER_ADVICE)
            return Reply(Light.REFUSE, Moment(Sign.ESCORT, count=(0, 0)))
        if touch is Touch.BEGAN:
            return Reply(Light.AGAIN, Moment(Sign.ESCORT, count=escort.progress))
        if escort.missing:
            return Reply(Light.REFER, Moment(Sign.ESCORT, count=escort.progress))
        return Reply(Light.READY, REST)

    def _progress(self, response: Response) -> tuple[int, int] | None:
        """How far the group is through, once somebody of it went."""
        if self._taking is None or not isinstance(response, Answer) or response.rule != ESCORTED:
            return None
        opened = self._taking.escorts.open()
        return None if opened is None else opened.progress

    def _evidence_of(self, found: Finding, capture: Capture, seen_at: float) -> Evidence:
        return self._evidence(found, capture.last_byte_at_s - seen_at, self._now() - capture.last_byte_at_s)

    def _decide(self, found: Finding, roll: RollFacts, now: Circumstances) -> Response:
        series = self._series
        return decide(
            found, roll, self._place.to_zone, series.earlier, self._rules, now, finger=series.finger
        )

    def _forget_who_left(self, seen_at: float) -> None:
        if self._series.earlier and seen_at - self._series.asked_again_at > self._rules.retry_s:
            self._series = Series()

    def _record_attempt(self, evidence: Evidence, advice: str) -> None:
        self._recorder.record(
            Attempt(
                checkpoint=self._place.checkpoint,
                attempt=self._series.attempt,
                evidence=evidence,
                advice=advice,
            )
        )
        self._series.asked_again_at = self._now()

    def _record_answer(
        self, answer: Answer, found: Finding, evidence: Evidence, roll: RollFacts, now: Circumstances
    ) -> None:
        in_use = self._in_use()
        refers = answer.decision is Decision.REFER
        self._recorder.record(
            Passage(
                checkpoint=self._place.checkpoint,
                from_zone=self._place.from_zone,
                to_zone=self._place.to_zone,
                decision=answer.decision,
                rule=answer.rule,
                person=answer.person,
                attempt=self._series.attempt,
                evidence=evidence,
                roll_version=roll.version,
                roll_age_s=roll.age_s,
                config_version=in_use.config,
                rules_age_s=now.rules_age_s,
                orders_version=in_use.orders,
                candidates=self._series.candidates(found) if refers else [],
                plan_version=None if now.planned is None else now.planned.plan.version,
                plan_age_s=None if now.planned is None else now.planned.age_s,
                pass_number=answer.pass_number,
                against=answer.against,
                flags=list(answer.flags),
            )
        )
        if answer.order is not None:
            self._used(answer.order)

    def _evidence(self, finding: Finding, image_s: float, decision_s: float) -> Evidence:
        return Evidence(
            outcome=finding.outcome,
            quality=finding.quality,
            score=finding.score,
            runner_up=finding.runner_up,
            searched=finding.searched,
            expected=finding.expected,
            image_ms=round(max(0.0, image_s) * 1000, 1),
            decision_ms=round(max(0.0, decision_s) * 1000, 1),
            needed=finding.needed,
            second_finger=finding.second_finger,
        )


def _reply(response: Response, roll: RollFacts, progress: tuple[int, int] | None) -> Reply:
    if isinstance(response, Again):
        return Reply(Light.AGAIN, moment_of(response))
    language = roll.languages.get(response.person or "", "")
    opens = response.decision is Decision.ADMIT
    moment = replace(moment_of(response, language), count=progress)
    return Reply(LIGHTS[response.decision], moment, opens)
