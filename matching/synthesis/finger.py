"""A synthetic finger: its pattern, its ridges, and what every touch of it has in common."""

from dataclasses import dataclass, field

from matching.synthesis import parameters as p
from matching.synthesis.fields import Floats
from matching.synthesis.growth import grow_ridges, period_map
from matching.synthesis.impression import Conditions, Greys, draw_conditions, render
from matching.synthesis.pad import Pad, draw_pad, skin_texture, with_scars
from matching.synthesis.pattern import (
    PatternClass,
    Singularities,
    draw_class,
    draw_singularities,
    orientation_field,
)
from matching.synthesis.seeds import Purpose, generator


@dataclass(frozen=True, eq=False)
class Finger:
    """One finger of nobody: a master print from which any number of impressions can be taken.

    `ridges` and `texture` are read-only float32 arrays of the master's size, 500 dpi: about +1 on a ridge and
    -1 in a valley, and unit-variance skin grain.
    """

    seed: int
    pattern: PatternClass
    singularities: Singularities
    pad: Pad
    ridges: Floats = field(repr=False)
    texture: Floats = field(repr=False)

    def impression(
        self,
        seed: int,
        *,
        width: int = 256,
        height: int = 288,
        grey_levels: int = 256,
        severity: float = p.DEFAULT_SEVERITY,
        displacement_px: tuple[float, float] | None = None,
        rotation_deg: float | None = None,
        distortion_px: float | None = None,
        pressure: float | None = None,
        moisture: float | None = None,
        wear: float | None = None,
    ) -> Greys:
        """One touch of a 500 dpi optical reader: (height, width) uint8, dark ridges on bright glass.

        `seed` decides everything about the touch that is not given. `severity` (0 to 1) is how far a drawn
        condition may stray. `displacement_px` is (right, down) from the middle of the window, `rotation_deg`
        counter-clockwise, `distortion_px` how far the skin is dragged at the rim, `pressure` and `moisture`
        run from -1 (feather light, dry) to 1 (pressed flat, wet), `wear` from 0 (sound) to 1 (worn smooth).
        With `grey_levels` 16, values are multiples of 17, as a reader with 4 bits a pixel gives them.

        Raises ValueError with a sentence when an argument is out of range.
        """
        given = {
            "displacement_px": displacement_px,
            "rotation_deg": rotation_deg,
            "distortion_px": distortion_px,
            "pressure": pressure,
            "moisture": moisture,
            "wear": wear,
        }
        if not 0.0 <= severity <= 1.0:
            raise ValueError(f"severity must be between 0 and 1, not {severity}")
        rng = generator(Purpose.CONDITIONS, self.seed, seed)
        chosen = {name: value for name, value in given.items() if value is not None}
        conditions = Conditions(**{**draw_conditions(rng, severity), **chosen})
        rng = generator(Purpose.IMPRESSION, self.seed, seed)
        return render(self.ridges, self.texture, self.pad, conditions, rng, (height, width), grey_levels)


def make_finger(seed: int, pattern: PatternClass | None = None) -> Finger:
    """The finger of this seed (0 or more), always the same one; its class drawn by frequency or as given.

    Raises ValueError when the seed is negative.
    """
    drawn = draw_class(generator(Purpose.CLASS, seed))
    chosen = drawn if pattern is None else pattern
    rng = generator(Purpose.FLOW, seed)
    singularities = draw_singularities(rng, chosen)
    orientation = orientation_field(rng, singularities)
    rng = generator(Purpose.RIDGES, seed)
    ridges = grow_ridges(rng, orientation, period_map(rng))
    rng = generator(Purpose.SKIN, seed)
    pad = draw_pad(rng)
    ridges, texture = with_scars(rng, ridges), skin_texture(rng)
    for layer in (ridges, texture):
        layer.setflags(write=False)
    return Finger(seed, chosen, singularities, pad, ridges, texture)


def person_fingers(person_seed: int, n: int = 2) -> tuple[Finger, ...]:
    """The first `n` (1 to 10) fingers of one invented person; no two people share a finger.

    Raises ValueError when `n` is out of range or the seed is negative.
    """
    if not 1 <= n <= 10:
        raise ValueError(f"a person has 1 to 10 fingers to offer, not {n}")
    if person_seed < 0:
        raise ValueError(f"a seed must be 0 or more, not {person_seed}")
    return tuple(make_finger(10 * person_seed + which) for which in range(n))
