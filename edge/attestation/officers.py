"""Officers at the terminal's page: who they are by PIN, without the hub, and for how long they stay signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge.attestation.forms import Officer, Session
from edge.attestation.guard import PinGuard
from edge.errors import DeskRefusedError
from edge.ports import Recorder
from wire.happenings import SignIn
from wire.roll import RollOfficer

IDLE_S = 120
"""Without a touch for so long, whoever comes next must sign in."""

MOST_SESSIONS = 8


@dataclass
class _Signed:
    officer: RollOfficer
    touched_at: float


class Officers:
    """`roster` is that of the roll copy, `now` the monotonic clock in seconds. Safe to use from every thread."""

    def __init__(
        self,
        roster: Callable[[], Sequence[RollOfficer]],
        recorder: Recorder,
        checkpoint: str,
        *,
        now: Callable[[], float],
        new_token: Callable[[], str],
        guard: PinGuard,
    ) -> None:
        self._roster = roster
        self._recorder = recorder
        self._checkpoint = checkpoint
        self._now = now
        self._new_token = new_token
        self._guard = guard
        self._signed: dict[str, _Signed] = {}
        self._hasher = PasswordHasher()
        self._lock = threading.Lock()
        self._trying = threading.Lock()

    def known(self) -> list[Officer]:
        """Who may sign in here, by name."""
        return sorted(
            (Officer(login=one.login, name=one.name or one.login) for one in self._roster()),
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
        """A session; DeskRefusedError `wrong_pin` or `locked`. Every attempt is journalled before it is answered."""
        with self._trying:  # one at a time: guesses side by side would not be slowed down
            officer = self._prove(login, pin)
            self._record(login, "signed_in", 0)
        with self._lock:
            self._forget_idle()
            while len(self._signed) >= MOST_SESSIONS:
                del self._signed[min(self._signed, key=lambda token: self._signed[token].touched_at)]
            token = self._new_token()
            self._signed[token] = _Signed(officer, self._now())
        return Session(token=token, login=login, name=officer.name or login, idle_s=IDLE_S)

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

    def _record(self, login: str | None, outcome: str, wrong: int) -> None:
        self._recorder.record(
            SignIn(checkpoint=self._checkpoint, officer=login, outcome=outcome, wrong=wrong)
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
