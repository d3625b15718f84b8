"""Officers at the terminal's page: who they are by PIN, without the hub, and for how long they stay signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge.attestation.forms import FingerState, FingerStep, Officer, Session
from edge.attestation.guard import PinGuard
from edge.errors import DeskRefusedError
from edge.ports import Recorder
from wire.happenings import SignIn
from wire.roll import RollOfficer

IDLE_S = 120
"""Without a touch for so long, whoever comes next must sign in."""

MOST_SESSIONS = 8
SIGNED_IN = "signed_in"
FINGER_S = 30
"""So long the glass waits for an officer's finger after the right PIN."""


@dataclass
class _Signed:
    officer: RollOfficer
    touched_at: float


@dataclass(frozen=True)
class _Waiting:
    officer: RollOfficer
    token: str
    until: float


class Officers:
    """`roster` is that of the roll copy, `now` the monotonic clock in seconds. Safe to use from every thread.

    `asks_finger` tells of a login whether the glass is to see a finger of theirs after the PIN: fingers are here, the
    site wants it, and the sensor works. Otherwise the PIN alone signs in, and the journal says so.
    """

    def __init__(
        self,
        roster: Callable[[], Sequence[RollOfficer]],
        recorder: Recorder,
        checkpoint: str,
        *,
        now: Callable[[], float],
        new_token: Callable[[], str],
        guard: PinGuard,
        asks_finger: Callable[[str], bool] = lambda _login: False,
    ) -> None:
        self._roster = roster
        self._recorder = recorder
        self._checkpoint = checkpoint
        self._now = now
        self._new_token = new_token
        self._guard = guard
        self._asks_finger = asks_finger
        self._signed: dict[str, _Signed] = {}
        self._waiting: _Waiting | None = None
        self._hasher = PasswordHasher()
        self._lock = threading.Lock()
        self._trying = threading.Lock()

    def known(self) -> list[Officer]:
        """Who may sign in here, by name."""
        return sorted(
            (Officer(login=one.login, name=one.name or one.login) for one in self._roster() if one.pin),
            key=lambda officer: officer.name.casefold(),
        )

    def name_of(self, login: str) -> str:
        """As officers call each other; the login of somebody who may not sign in here."""
        return next((one.name for one in self._roster() if one.login == login and one.name), login)

    def confirm(self, login: str, pin: str) -> RollOfficer:
        """The officer whose PIN that is, to sign with; DeskRefusedError as `sign_in`. Nobody is signed in by it."""
        with self._trying:
            return self._prove(login, pin)

    def sign_in(self, login: str, pin: str) -> Session:
        """A session; DeskRefusedError `wrong_pin` or `locked`. Every attempt is journalled before it is answered.

        With `finger` the session begins when the officer lays a finger on the glass: ask `finger_step`.
        """
        with self._trying:  # one at a time: guesses side by side would not be slowed down
            officer = self._prove(login, pin)
            token, asks = self._new_token(), self._asks_finger(login)
            if not asks:
                self._record(login, SIGNED_IN, 0)
        if asks:
            self._await_finger(_Waiting(officer, token, self._now() + FINGER_S))
        else:
            self._open(officer, token)
        return Session(token=token, login=login, name=officer.name or login, idle_s=IDLE_S, finger=asks)

    def finger_step(self, token: str) -> FingerStep:
        """How far the sign-in of `token` is, which asked for a finger."""
        with self._lock:
            if token in self._signed:
                return FingerStep(state=FingerState.DONE)
            waiting = self._waiting
            if waiting is None or waiting.token != token:
                return FingerStep(state=FingerState.OVER)
            left_s = waiting.until - self._now()
            if left_s > 0:
                return FingerStep(state=FingerState.WAITING, left_s=int(left_s) + 1)
            self._waiting = None
        self._record(waiting.officer.login, "no_finger", 0)
        return FingerStep(state=FingerState.OVER)

    def claims(self, is_of: Callable[[str], bool]) -> bool:
        """Whether the finger on the glass, asked by `is_of`, is that of the officer who is signing in: then they are.

        JournalWriteError when that cannot be kept.
        """
        waiting = self._waiting
        if waiting is None or self._now() >= waiting.until or not is_of(waiting.officer.login):
            return False
        self._record(waiting.officer.login, SIGNED_IN, 0, by="finger_and_pin")
        self._open(waiting.officer, waiting.token)
        with self._lock:
            self._waiting = None
        return True

    def _await_finger(self, waiting: _Waiting) -> None:
        """One at a time: whoever gave a PIN last is who stands at the glass."""
        with self._lock:
            before, self._waiting = self._waiting, waiting
        if before is not None:
            self._record(before.officer.login, "no_finger", 0)

    def _open(self, officer: RollOfficer, token: str) -> None:
        with self._lock:
            self._forget_idle()
            while len(self._signed) >= MOST_SESSIONS:
                del self._signed[min(self._signed, key=lambda one: self._signed[one].touched_at)]
            self._signed[token] = _Signed(officer, self._now())

    def officer(self, token: str, *, active: bool = True) -> RollOfficer:
        """Who is signed in; DeskRefusedError `sign_in` when nobody is, or they left the roll. `active` prolongs."""
        with self._lock:
            self._forget_idle()
            signed = self._signed.get(token)
            if signed is None or all(one.login != signed.officer.login for one in self._roster()):
                self._signed.pop(token, None)
                raise DeskRefusedError("sign_in", "Nobody is signed in. Choose your name and give your PIN.")
            if active:
                signed.touched_at = self._now()
            return signed.officer

    def login_of(self, token: str) -> str:
        """The same, only the login."""
        return self.officer(token).login

    def sign_out(self, token: str) -> None:
        with self._lock:
            self._signed.pop(token, None)

    def _prove(self, login: str, pin: str) -> RollOfficer:
        wait_s = self._guard.wait_s(login, self._now())
        if wait_s > 0:
            raise DeskRefusedError("locked", _wait_sentence(wait_s))
        officer = next((one for one in self._roster() if one.login == login), None)
        if officer is None or not self._fits(officer.pin, pin):
            self._refuse(login, known=officer is not None)
            raise DeskRefusedError("wrong_pin", "That is not the PIN of this officer. Try again.")
        self._guard.right(login)
        return officer

    def _refuse(self, login: str, *, known: bool) -> None:
        count = self._guard.wrong(login, self._now())
        locked = self._guard.is_locked(login, self._now())
        self._record(login if known else None, "locked" if locked else "wrong_pin", count)
        if locked:
            raise DeskRefusedError("locked", _wait_sentence(self._guard.wait_s(login, self._now())))

    def _record(self, login: str | None, outcome: str, wrong: int, by: str = "pin") -> None:
        self._recorder.record(
            SignIn(checkpoint=self._checkpoint, officer=login, outcome=outcome, wrong=wrong, by=by)
        )

    def _fits(self, pin_hash: str, pin: str) -> bool:
        try:
            return self._hasher.verify(pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False

    def _forget_idle(self) -> None:
        now = self._now()
        self._signed = {
            token: signed for token, signed in self._signed.items() if now - signed.touched_at < IDLE_S
        }


def _wait_sentence(wait_s: float) -> str:
    minutes, seconds = divmod(int(wait_s + 0.999), 60)
    wait = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return f"Too many wrong PINs. Wait {wait}, or let the control room answer."
