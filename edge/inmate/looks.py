"""How each sign looks and sounds: colours that colour-blind people tell apart, a shape, a rhythm and a tone each.

Colours are of the palette of Okabe and Ito (2008). No two signs share shape, nor lamp colour with rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.inmate.moments import Sign

Tone = tuple[int, int]
"""(hertz, milliseconds); 0 hertz is silence. A buzzer of one pitch sounds whenever the hertz are not 0."""


@dataclass(frozen=True)
class Lamp:
    """Which of red, green and blue are lit, for how long, and how long dark; `off_s` 0 is steady."""

    red: bool
    green: bool
    blue: bool
    on_s: float = 1.0
    off_s: float = 0.0


@dataclass(frozen=True)
class Look:
    """`symbol` names a drawing of the page; `repeats` says that the sound goes on until the next moment."""

    symbol: str
    colour: str
    lamp: Lamp
    sound: tuple[Tone, ...] = ()
    repeats: bool = False


LOOKS: dict[Sign, Look] = {
    Sign.COME: Look("finger", "#0072B2", Lamp(False, False, True)),
    Sign.BUSY: Look("dots", "#56B4E9", Lamp(False, False, True, 0.15, 0.15)),
    Sign.AGAIN: Look(
        "again", "#E69F00", Lamp(True, True, False, 0.25, 0.25), ((880, 90), (0, 90), (880, 90))
    ),
    Sign.OFFICER: Look("officer", "#D55E00", Lamp(True, False, True, 1.0, 1.0), ((440, 500),)),
    Sign.GO: Look("arrow", "#009E73", Lamp(False, True, False), ((1320, 180),)),
    Sign.NOT_HERE: Look(
        "barred",
        "#CC79A7",
        Lamp(True, False, False, 0.25, 0.25),
        ((330, 120), (0, 80), (330, 120), (0, 80), (330, 120)),
    ),
    Sign.WAIT: Look("pause", "#F0E442", Lamp(True, True, False), ((440, 150), (0, 150), (440, 150))),
    Sign.WAIT_OFFICER: Look(
        "wait_officer",
        "#F0E442",
        Lamp(True, True, False, 1.0, 1.0),
        ((440, 150), (0, 100), (330, 300)),
    ),
    Sign.ESCORT: Look("group", "#56B4E9", Lamp(False, True, True), ((880, 120), (1100, 180))),
    Sign.OUT_OF_SERVICE: Look("cross", "#999999", Lamp(True, False, False)),
    Sign.EVACUATION: Look(
        "exit",
        "#009E73",
        Lamp(False, True, False, 0.25, 0.25),
        ((1320, 250), (880, 250), (0, 250)),
        repeats=True,
    ),
}
