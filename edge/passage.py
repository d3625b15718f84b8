"""One finger after another at one checkpoint: found, decided, journalled, and only then answered with a light."""

from __future__ import annotations

from collections.abc import Callable

from edge.decision import Again, Answer, Circumstances, Earlier, Finger, decide
from edge.ports import Capture, Finding, Identifier, Light, Recorder, RollFacts
from wire.happenings import Attempt, Decision, Evidence, Outcome, Passage
from wire.provisioning import CheckpointSettings
from wire.settings import PassageRules

LIGHTS = {Decision.ADMIT: Light.ADMIT, Decision.REFUSE: Light.REFUSE, Decision.REFER: Light.REFER}

SENSOR_ADVICE = "sensor"
"""Advice of an attempt whose image never arrived whole: the sensor's doing, not the person's."""


class Passages:
    """Deals with the fingers of one checkpoint. `now` is the monotonic clock in seconds."""

    def __init__(
        self,
        place: CheckpointSettings,
        rules: PassageRules,
        identifier: Identifier,
        recorder: Recorder,
        now: Callable[[], float],
        circumstances: Callable[[], Circumstances] = Circumstances,
    ) -> None:
        self._place = place
        self._rules = rules
        self._identifier = identifier
        self._recorder = recorder
        self._now = now
        self._circumstances = circumstances
        self._earlier: list[Earlier] = []
        self._finger = Finger.SAME
        self._asked_again_at = 0.0

    def finger(self, capture: Capture, seen_at: float) -> Light:
        """The light for this finger, whose entry is on disk. Raises JournalWriteError when it is not."""
        self._forget_who_left(seen_at)
        finding, roll = self._identifier.identify(capture)
        response = decide(
            finding,
            roll,
            self._place.to_zone,
            self._earlier,
            self._rules,
            self._circumstances(),
            finger=self._finger,
        )
        evidence = self._evidence(
            finding, capture.last_byte_at_s - seen_at, self._now() - capture.last_byte_at_s
        )
        if isinstance(response, Again):
            self._record_attempt(evidence, response.advice)
            self._earlier.append(Earlier(finding.outcome, self._finger))
            self._finger = response.finger
            return Light.AGAIN
        self._record_answer(response, evidence, roll)
        self._begin_series()
        return LIGHTS[response.decision]

    def interrupted(self, seen_at: float) -> Light:
        """The light for a finger whose image the sensor did not deliver; it is not counted against the person."""
        self._forget_who_left(seen_at)
        nothing = Finding(Outcome.POOR_QUALITY, None, 0, SENSOR_ADVICE, 0.0, 0.0, 0, 0)
        self._record_attempt(self._evidence(nothing, self._now() - seen_at, 0.0), SENSOR_ADVICE)
        return Light.AGAIN

    def _forget_who_left(self, seen_at: float) -> None:
        if self._earlier and seen_at - self._asked_again_at > self._rules.retry_s:
            self._begin_series()

    def _begin_series(self) -> None:
        self._earlier = []
        self._finger = Finger.SAME

    def _record_attempt(self, evidence: Evidence, advice: str) -> None:
        self._recorder.record(
            Attempt(
                checkpoint=self._place.checkpoint,
                attempt=len(self._earlier) + 1,
                evidence=evidence,
                advice=advice,
            )
        )
        self._asked_again_at = self._now()

    def _record_answer(self, answer: Answer, evidence: Evidence, roll: RollFacts) -> None:
        self._recorder.record(
            Passage(
                checkpoint=self._place.checkpoint,
                from_zone=self._place.from_zone,
                to_zone=self._place.to_zone,
                decision=answer.decision,
                rule=answer.rule,
                person=answer.person,
                attempt=len(self._earlier) + 1,
                evidence=evidence,
                roll_version=roll.version,
                roll_age_s=roll.age_s,
            )
        )

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
        )
