"""One agency's program as its receiver sees it: what the prison tells is checked, kept, and only then acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulation.partners.calling import Prison, Unreachable
from simulation.partners.memory import Memory
from simulation.partners.signatures import UnknownKey, check, keys_of
from simulation.partners.truth import Truth


@dataclass(frozen=True)
class Plan:
    """What a partner is told at its start."""

    folder: Path
    api: str
    client: str


@dataclass
class Partner:
    """`prison` is there once there is a certificate to call it with; `wake` is set when something was heard."""

    plan: Plan
    truth: Truth
    memory: Memory
    stop: threading.Event
    wake: threading.Event = field(default_factory=threading.Event)
    prison: Prison | None = None
    _keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.memory.events():
            self._note(event)  # kept by a process that was killed before it had written this down

    def may_hear(self) -> bool:
        return self.prison is not None

    def check(self, url: str, headers: dict[str, str], body: bytes) -> None:
        try:
            check(url, headers, body, self._keys)
        except UnknownKey:
            try:
                self._keys = keys_of(self.reached().get("/v1/keys").document)
            except Unreachable as error:
                raise OSError("the prison's keys cannot be fetched now") from error
            check(url, headers, body, self._keys)

    def hear(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if self.memory.heard(event):
                self._note(event)
            else:
                self.truth.note("again", **_told(event))
        self.wake.set()

    def turn_away(self, why: str) -> None:
        self.truth.note("forged", why=why)

    def reached(self) -> Prison:
        """The prison, once there is a certificate to call it with."""
        assert self.prison is not None
        return self.prison

    def _note(self, event: Mapping[str, Any]) -> None:
        self.truth.once("event", event["id"], **_told(event))


def _told(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event.get(name, "") for name in ("id", "type", "subject", "sequence")}
