"""When the gate's lamp is lit and its buzzer sounds: patterns over time, without a pin."""

from __future__ import annotations

from edge.inmate.looks import LOOKS, Lamp, Tone
from edge.inmate.moments import Sign

Colours = tuple[bool, bool, bool]
DARK: Colours = (False, False, False)


class Signals:
    """The pattern of the sign that was shown last. Times are monotonic, in seconds."""

    def __init__(self) -> None:
        self._lamp: Lamp | None = None
        self._sound: tuple[Tone, ...] = ()
        self._repeats = False
        self._since = 0.0

    def show(self, sign: Sign, aloud: bool, now: float) -> None:
        """Begins the pattern of `sign`; its sound only when it is to be heard, or goes on until the next."""
        look = LOOKS[sign]
        self._lamp, self._repeats, self._since = look.lamp, look.repeats, now
        self._sound = look.sound if aloud or look.repeats else ()

    def lamp(self, now: float) -> Colours:
        """Red, green and blue."""
        lamp = self._lamp
        if lamp is None:
            return DARK
        if lamp.off_s and (now - self._since) % (lamp.on_s + lamp.off_s) >= lamp.on_s:
            return DARK
        return lamp.red, lamp.green, lamp.blue

    def sounds(self, now: float) -> bool:
        """Whether the buzzer is on."""
        at_ms = (now - self._since) * 1000
        length_ms = sum(ms for _hertz, ms in self._sound)
        if not length_ms or (at_ms >= length_ms and not self._repeats):
            return False
        at_ms %= length_ms
        for hertz, ms in self._sound:
            if at_ms < ms:
                return hertz > 0
            at_ms -= ms
        return False
