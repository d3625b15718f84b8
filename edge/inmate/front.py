"""The front as the person sees it: keeps the moment, hands it to the lamp, and paints it for the page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from edge.decision import InForce
from edge.inmate.looks import LOOKS
from edge.inmate.moments import REST, Moment, Sign
from edge.inmate.words import Language
from wire.codec import Strict

TURN_S = 4.0
"""Seconds that each of the site's languages stands on the page while nobody is known."""


class Hardware(Protocol):
    """The barrier: neither call waits or raises."""

    def show(self, sign: Sign, aloud: bool) -> None: ...
    def grant(self) -> None: ...


class Picture(Strict, frozen=True):
    """What the page paints. `serial` rises with each answer, and a sound is played once for each.

    `sound` is a list of (hertz, milliseconds). `count` is how many of a group are through, as "3 / 8".
    """

    sign: str
    symbol: str
    colour: str
    line: str
    language: str
    sound: list[tuple[int, int]]
    repeats: bool
    serial: int
    count: str = ""


class InmateFront:
    """`Front` over the barrier and the page. `now` is monotonic, in seconds."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        site: Sequence[str],
        hardware: Hardware,
        in_force: Callable[[], InForce],
        now: Callable[[], float],
    ) -> None:
        self._languages = languages
        self._site = [code for code in site if code in languages] or sorted(languages)
        self._hardware = hardware
        self._in_force = in_force
        self._now = now
        self._lock = threading.Lock()
        self._wanted = REST
        self._shown = REST
        self._serial = 0

    def show(self, moment: Moment) -> None:
        """Shows `moment`; a resting front tells of an evacuation or a lockdown instead of asking for a finger."""
        with self._lock:
            self._wanted = moment
            self._put(self._under_orders(moment))

    def grant(self) -> None:
        self._hardware.grant()

    def look_again(self) -> None:
        """Orders changed: what was shown may have to change with them."""
        with self._lock:
            wanted = self._under_orders(self._wanted)
            if wanted != self._shown:
                self._put(wanted)

    def picture(self) -> Picture:
        """What the page paints now."""
        with self._lock:
            moment, serial = self._shown, self._serial
        look = LOOKS[moment.sign]
        language = self._languages[self._language(moment)]
        return Picture(
            sign=moment.sign.value,
            symbol=look.symbol,
            colour=look.colour,
            line=language.line(moment),
            language=language.language,
            sound=list(look.sound),
            repeats=look.repeats,
            serial=serial,
            count="" if moment.count is None else f"{moment.count[0]} / {moment.count[1]}",
        )

    def _put(self, moment: Moment) -> None:
        aloud = self._wanted.sign is not Sign.COME
        self._serial += aloud
        self._shown = moment
        self._hardware.show(moment.sign, aloud)

    def _under_orders(self, moment: Moment) -> Moment:
        orders = self._in_force()
        if orders.evacuate:
            return replace(moment, sign=Sign.EVACUATION)
        if (orders.lockdown or orders.hold) and moment.sign is Sign.COME:
            return replace(moment, sign=Sign.WAIT)
        return moment

    def _language(self, moment: Moment) -> str:
        if moment.language in self._languages:
            return moment.language
        return self._site[int(self._now() / TURN_S) % len(self._site)]
