"""What every partner does: wait for its certificate, hear of events and ask what lies behind each, keep receipts."""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulation.partners.calling import Answer, Prison, Unreachable
from simulation.partners.identity import has_certificate
from simulation.partners.signatures import UnknownKey, check, keys_of
from simulation.partners.truth import Truth

_LOOK_S: Final = 0.2
_AGREED_S: Final = 1.0
_ANSWERED: Final = "pims.custody.order_answered"
_WRAPS: Final = frozenset(
    {"nc:IdentificationID", "nc:Date", "nc:DateTime", "nc:FacilityName", "nc:StatusDescriptionText"}
)
_ENOUGH: Final = 3
"""People whom a partner must know of before it writes about any."""


@dataclass(frozen=True)
class Plan:
    """What a partner is told at its start."""

    folder: Path
    api: str
    client: str


@dataclass
class Partner:
    """One agency's program as its receiver and its work see it."""

    plan: Plan
    truth: Truth
    stop: threading.Event
    heard: queue.SimpleQueue[dict[str, Any]] = field(default_factory=queue.SimpleQueue)
    prison: Prison | None = None
    _keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_hear(self) -> bool:
        return self.prison is not None

    def check(self, url: str, headers: dict[str, str], body: bytes) -> None:
        try:
            check(url, headers, body, self._keys)
        except UnknownKey:
            self._keys = keys_of(self.reached().get("/v1/keys").document)
            check(url, headers, body, self._keys)

    def hear(self, events: list[dict[str, Any]]) -> None:
        with self._lock:
            for event in events:
                told = {name: event.get(name, "") for name in ("id", "type", "subject", "sequence")}
                self.truth.note("again" if event["id"] in self._known else "event", **told)
                if event["id"] not in self._known:
                    self._known.add(event["id"])
                    self.heard.put(event)

    def turn_away(self, why: str) -> None:
        self.truth.note("forged", why=why)

    def reached(self) -> Prison:
        """The prison, once there is a certificate to call it with."""
        assert self.prison is not None
        return self.prison


class Work:
    """What a kind of partner does: `script` is gone through bit by bit, between what comes by itself."""

    def __init__(self, partner: Partner) -> None:
        self.partner, self.note = partner, partner.truth.note
        self.folder = partner.plan.folder
        self.people: dict[str, dict[str, Any]] = {}
        self._numbers = 0

    def script(self) -> Iterator[None]:
        """Each `next` does a bit; a bare yield says that it waits for something."""
        raise NotImplementedError

    def learned(self, event: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        """What lies behind an event was fetched."""

    def run(self) -> None:
        """Until it is told to stop."""
        if not self._begin():
            return
        script: Iterator[None] | None = self.script()
        while not self.partner.stop.is_set():
            try:
                self._take_in()
                if script is not None and next(script, self) is self:
                    self.note("done")
                    script = None
            except Unreachable as error:
                self.note("failed", why=str(error))
                script = None
            except Exception as error:  # noqa: BLE001 - what a sandbox stumbles over is the finding
                self.note("failed", why=f"{type(error).__name__}: {error}"[:300])
                script = None

    @property
    def prison(self) -> Prison:
        return self.partner.reached()

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
        self._numbers += 1
        return {
            "nc:DocumentIdentification": f"{self.partner.plan.client}-{uuid.uuid4().hex[:8]}-{self._numbers}",
            "nc:DocumentCreationDate": datetime.now(UTC).isoformat(timespec="seconds"),
            **more,
        }

    def send(self, path: str, message: Mapping[str, Any], *, key: str = "", bad: str = "") -> Answer:
        """Send a message and keep its receipt. `bad` says what is wrong with one that must not be taken."""
        answer = self.prison.post(path, message, key=key)
        about = {"path": path, "message": message["nc:DocumentIdentification"], "status": answer.status}
        if not answer.ok:
            self.note("turned_away", **about, problem=answer.problem, bad=bad)
            if not bad:
                raise RuntimeError(
                    f"{path} was refused: {answer.problem} {answer.document.get('detail', '')}"
                )
        elif bad:
            raise RuntimeError(f"{path} was taken, though {bad}")
        else:
            told = answer.document
            again = "idempotency-replayed" in answer.headers
            self.note("sent", **about, receipt=told["number"], state=told["state"], again=again)
        return answer

    def fetch(self, path: str, *, bad: str = "") -> Answer:
        """Ask for something; what must be refused is noted with `bad`, what it is."""
        answer = self.prison.get(path)
        if not answer.ok:
            self.note(
                "turned_away",
                path=path.partition("?")[0],
                status=answer.status,
                problem=answer.problem,
                bad=bad,
            )
        if answer.ok is bool(bad):
            raise RuntimeError(f"{path.partition('?')[0]} was answered {answer.status} {answer.problem}")
        return answer

    def ask_who_is_here(self) -> bool:
        """Whether enough people are known to write about; the list of everybody held says more."""
        if len(self.people) < _ENOUGH:
            for row in self.fetch("/v1/lists/census?limit=10").document["data"]:
                self._remember(leaves(row))
        return len(self.people) >= _ENOUGH

    def subject(self, nth: int) -> dict[str, Any]:
        """Somebody of those whom we know of, as a message names them."""
        stays = sorted(self.people)
        known = self.people[stays[nth % len(stays)]]
        names = ("nc:PersonSurName", "nc:PersonGivenName", "nc:PersonBirthDate", "j:PersonSexCode")
        found = {name: known[name] for name in names if known.get(name)}
        return found | {"j:BookingAgencyRecordIdentification": known["j:BookingAgencyRecordIdentification"]}

    def _begin(self) -> bool:
        while not has_certificate(self.partner.plan.folder):
            if self.partner.stop.wait(_LOOK_S):
                return False
        plan = self.partner.plan
        prison = Prison(plan.folder, plan.api, plan.client)
        while not self.partner.stop.wait(_AGREED_S):
            try:
                me = prison.get("/v1/me")
            except Unreachable:
                continue  # our agreement is not signed yet
            if me.ok:
                self.partner.prison = prison
                agreed = prison.get("/v1/agreements").document["agreements"]
                self.note("agreed", agency=me.document["agency"], agreements=[one["code"] for one in agreed])
                return True
        return False

    def _take_in(self) -> None:
        try:
            event = self.partner.heard.get(timeout=_LOOK_S)
        except queue.Empty:
            return
        detail = self.prison.get(event["data"]["detail"])
        if not detail.ok:
            self.note("not_pulled", id=event["id"], status=detail.status, problem=detail.problem)
            return
        document = detail.document
        self.note("pulled", id=event["id"], exchange=document["exchange"], disclosure=document["disclosure"])
        self._remember(leaves(document["data"]))
        if event["type"] == _ANSWERED:
            self._receipt(str(event["data"]["further"]["receipt"]))
        self.learned(event, document)

    def _remember(self, known: dict[str, Any]) -> None:
        stay = known.get("j:BookingAgencyRecordIdentification")
        if stay and known.get("nc:PersonSurName"):
            self.people[str(stay)] = known

    def _receipt(self, number: str) -> None:
        told = self.fetch(f"/v1/receipts/{number}").document
        self.note("answered", receipt=number, state=told["state"], reason=told.get("reasonCode", ""))


def leaves(data: Mapping[str, Any]) -> dict[str, Any]:
    """Members by name, whatever they are nested in; what NIEM wraps once more stands under the outer name."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict) and len(value) == 1 and _WRAPS.issuperset(value):
            found[name] = next(iter(value.values()))
        elif isinstance(value, dict):
            found |= leaves(value)
        else:
            found[name] = value
    return found
