"""What every partner does: wait for its certificate, ask what lies behind each event, put right what it holds, send.

It may be killed anywhere and begins its script again: what was kept for a step goes out once more as it was, under the
same key, and is done once over there.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from simulation.partners.calling import Answer, Prison, RefusedError, Unreachable
from simulation.partners.handed import Desk
from simulation.partners.hearing import Partner
from simulation.partners.identity import has_certificate
from simulation.partners.register import Register, leaves

_LOOK_S: Final = 0.2
_AGREED_S: Final = 1.0
_ANSWERED: Final = "pims.custody.order_answered"
_CORRECTED: Final = "pims.custody.corrected"
_ENOUGH: Final = 3
"""People whom a partner must know of before it writes about any."""
_LATER: Final = frozenset({429, 500, 502, 503, 504})


class Work:
    """What a kind of partner does: `script` is gone through bit by bit, between what comes by itself."""

    def __init__(self, partner: Partner) -> None:
        self.partner, self.memory = partner, partner.memory
        self.note, self.once = partner.truth.note, partner.truth.once
        self.folder = partner.plan.folder
        self.register = Register(partner.memory, self.fetch)
        self.last: Mapping[str, Any] = {}
        """The message that went out last, as it went."""
        self._desk = Desk(self)
        self._key = ""
        self._steps: Counter[str] = Counter()

    def script(self) -> Iterator[None]:
        """Each `next` does a bit; a bare yield says that it waits for something. Begun anew after a fault."""
        raise NotImplementedError

    def learned(self, event: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        """What lies behind an event was fetched."""

    def completed(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message as this kind of agency has it."""
        return message

    def run(self) -> None:
        """Until it is told to stop."""
        if not self._begin():
            return
        script = None if self.memory.is_done("script") else self._from_its_beginning()
        while not self.partner.stop.is_set():
            try:
                self._take_in()
                self._desk.look()
                if script is not None and next(script, self) is self:
                    self.memory.mark_done("script")
                    self.once("done", "done")
                    script = None
            except Unreachable as error:
                self.note("unreachable", why=str(error))
                script = script and self._from_its_beginning()
                self.partner.stop.wait(_AGREED_S)
            except Exception as error:  # noqa: BLE001 - what a sandbox stumbles over is the finding
                self.note("failed", why=f"{type(error).__name__}: {error}"[:300])
                script = None

    @property
    def prison(self) -> Prison:
        return self.partner.reached()

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        """Whom we know of, by the number of their stay."""
        return self.register.people

    def until(
        self, there: Callable[[], bool], every_s: float = _LOOK_S, within_s: float = 600.0
    ) -> Iterator[None]:
        """Goes on when `there` says so, and after `within_s` all the same."""
        begun = time.monotonic()
        asked = -every_s
        while time.monotonic() - begun < within_s:
            if time.monotonic() - asked >= every_s:
                asked = time.monotonic()
                if there():
                    return
            yield

    def envelope(self, **more: Any) -> dict[str, Any]:
        """What every message begins with."""
        return {
            "nc:DocumentIdentification": f"{self.partner.plan.client}-{uuid.uuid4().hex[:12]}",
            "nc:DocumentCreationDate": datetime.now(UTC).isoformat(timespec="seconds"),
            **more,
        }

    def send(self, path: str, message: Mapping[str, Any], *, bad: str = "", paper: str = "") -> Answer:
        """Send a message and keep its receipt. `bad` says what is wrong with one that must not be taken.

        `paper` is what a clerk handed in. The message is kept before it goes, so that it goes the same again.
        """
        step = f"paper {paper}" if paper else self._step(path)
        going = self.memory.about_to_send(step, str(uuid.uuid4()), message)
        self.last, self._key = going.message, going.key
        return self._posted(path, step, bad, paper)

    def repeat(self, path: str) -> Answer:
        """The line broke, for all we know: the last message goes once more under its key, and must be done once."""
        return self._posted(path, self._step(path))

    def fetch(self, path: str) -> Answer:
        """Ask for something that we may have."""
        answer = self.prison.get(path)
        if not answer.ok:
            self._turned_away(path, answer, "")
            raise RefusedError(f"{path.partition('?')[0]} was answered {answer.status} {answer.problem}")
        return answer

    def must_refuse(self, path: str, bad: str) -> None:
        """Ask for something that must be refused, once; `bad` says why."""
        if self.memory.is_done(f"refused: {bad}"):
            return
        answer = self.prison.get(path)
        if answer.ok:
            raise RuntimeError(f"{path.partition('?')[0]} was answered {answer.status}, though {bad}")
        self._turned_away(path, answer, bad)
        self.memory.mark_done(f"refused: {bad}")

    def ask_who_is_here(self) -> bool:
        """Whether enough people are known to write about; the list of everybody held says more."""
        if len(self.people) < _ENOUGH:
            self.register.look_up(10)
        return len(self.people) >= _ENOUGH

    def subject(self, nth: int) -> dict[str, Any]:
        """Somebody of those whom we know of, as a message names them."""
        stays = sorted(self.people)
        return self.register.named(self.people[stays[nth % len(stays)]])

    def _posted(self, path: str, step: str, bad: str = "", paper: str = "") -> Answer:
        answer = self.prison.post(path, self.last, key=self._key)
        about = {"path": path, "message": self.last["nc:DocumentIdentification"], "status": answer.status}
        if paper:
            about["paper"] = paper
        if not answer.ok:
            self.once("turned_away", step, **about, problem=answer.problem, bad=bad)
            if not bad:
                raise RefusedError(f"{path} was refused: {answer.words}")
        elif bad:
            raise RuntimeError(f"{path} was taken, though {bad}")
        else:
            told, again = answer.document, "idempotency-replayed" in answer.headers
            self.once("sent", step, **about, receipt=told["number"], state=told.get("state", ""), again=again)
        return answer

    def _turned_away(self, path: str, answer: Answer, bad: str) -> None:
        asked, told = path.partition("?")[0], {"status": answer.status, "problem": answer.problem}
        self.once("turned_away", f"{path} {bad} {answer.problem}", path=asked, **told, bad=bad)

    def _step(self, path: str) -> str:
        self._steps[path] += 1
        return f"{path} {self._steps[path]}"

    def _from_its_beginning(self) -> Iterator[None]:
        self._steps.clear()
        return self.script()

    def _begin(self) -> bool:
        while not has_certificate(self.partner.plan.folder):
            if self.partner.stop.wait(_LOOK_S):
                return False
        plan = self.partner.plan
        prison = Prison(plan.folder, plan.api, plan.client)
        while not self.partner.stop.wait(_AGREED_S):
            try:
                me = prison.get("/v1/me")
                agreed = prison.get("/v1/agreements") if me.ok else None
            except Unreachable:
                continue  # our agreement is not signed yet
            if agreed is not None and agreed.ok:
                self.partner.prison = prison
                codes = [one["code"] for one in agreed.document["agreements"]]
                self.note("agreed", agency=me.document["agency"], agreements=codes)
                return True
        return False

    def _take_in(self) -> None:
        """The oldest event that is not worked: it stays the oldest until it is, whatever happens meanwhile."""
        event = self.memory.next_event()
        if event is None:
            self.partner.wake.wait(_LOOK_S)
            self.partner.wake.clear()
            return
        try:
            self._pull(event)
        except Unreachable:
            raise
        except Exception:
            self.memory.worked(event["id"])
            raise
        self.memory.worked(event["id"])

    def _pull(self, event: Mapping[str, Any]) -> None:
        detail = self.prison.get(event["data"]["detail"])
        if detail.status in _LATER:
            raise Unreachable(f"what lies behind an event was answered {detail.status}")
        if not detail.ok:
            self.once("not_pulled", event["id"], id=event["id"], status=detail.status, problem=detail.problem)
            return
        document = detail.document
        self.register.keep(leaves(document["data"]))
        if event["type"] == _ANSWERED:
            self._receipt(str(event["data"]["further"]["receipt"]))
        if event["type"] == _CORRECTED:
            self._put_right(leaves(document["data"]))
        self.learned(event, document)
        told = {"exchange": document["exchange"], "disclosure": document["disclosure"]}
        self.once("pulled", event["id"], id=event["id"], **told)

    def _put_right(self, said: Mapping[str, Any]) -> None:
        """Something that we were told was wrong: whatever held it is fetched anew."""
        places = [str(one) for one in said.get("pims:CorrectedRecordAddress") or ()]
        fields = [str(one) for one in said.get("pims:CorrectedFieldName") or ()]
        for place in places:
            self.register.fetch_anew(place, fields)
        number = str(said["pims:CorrectionID"])
        self.once("put_right", number, correction=number, fields=len(fields), places=len(places))

    def _receipt(self, number: str) -> None:
        told = self.fetch(f"/v1/receipts/{number}").document
        reason = told.get("reasonCode", "")
        self.once("answered", f"{number} {told['state']}", receipt=number, state=told["state"], reason=reason)
