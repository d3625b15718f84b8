"""What a person sees of a ring light, and what it tells them. Apart from the terminal's own table."""

from dataclasses import dataclass

_COLOURS = {1: "red", 2: "blue", 3: "purple", 4: "green", 5: "yellow", 6: "cyan", 7: "white"}
_FAST = 100  # below this speed code a cycle takes less than two seconds (255 is five)
_STEADY, _OFF = (3, 5), (4, 6)

_TOLD = {
    ("blue", "steady"): "ADMIT",
    ("red", "fast flashes"): "REFUSE",
    ("purple", "slow flashes"): "REFER",
    ("purple", "a few flashes"): "AGAIN",
    ("blue", "slow breathing"): "READY",
    ("purple", "fast breathing"): "BUSY",
    ("purple", "slow breathing"): "CALLING",
}


@dataclass(frozen=True)
class Seen:
    """Colour and rhythm, as an onlooker would name them; `told` is None for a light nobody was taught."""

    colour: str
    rhythm: str

    @property
    def told(self) -> str | None:
        return "OFF" if self.rhythm == "dark" else _TOLD.get((self.colour, self.rhythm))


def seen(control: int, speed: int, colour: int, count: int) -> Seen:
    """What instruction 0x35 with these arguments looks like (R503 user manual)."""
    if control in _OFF:
        return Seen("none", "dark")
    name = _COLOURS.get(colour, "unknown")
    if control in _STEADY:
        return Seen(name, "steady")
    if control == 2 and count:
        return Seen(name, "a few flashes")
    kind = "flashes" if control == 2 else "breathing"
    return Seen(name, f"{'fast' if speed < _FAST else 'slow'} {kind}")
