"""Every tuned number of the quality gate, with unit and origin.

"Measured" means on five sets of real prints of optical and capacitive sensors (910 images, cut to 256x288 pixels and
16 grey levels) against noise, gradients, speckled empty glass and photographs.
"""

from typing import Final

WINDOW_PX: Final = 32
"""Three to four ridges at 500 dpi: enough to measure a period, few enough to be straight."""
STEP_PX: Final = 16
MM2_PER_WINDOW: Final = (STEP_PX * 25.4 / 500) ** 2

MIN_PERIOD_PX: Final = 5.0
MAX_PERIOD_PX: Final = 14.0
"""Ridge periods of 0.25 to 0.7 mm: from a small finger, or a scale error, to the widest ridges of a thumb."""

MIN_PURITY: Final = 0.25
"""Share of a window's energy in one wave, 0 to 1, from which it is ridges. Measured: median 0.5 on real prints, below
0.1 on noise."""
UNCLEAR_PURITY: Final = 0.15
CLEAR_PURITY: Final = 0.6
"""Between these two a window counts for the score in part, above the second whole."""
MIN_CONTRAST: Final = 9.0
"""Effective height of that wave in grey levels. Measured: no usable print has a median below 13 (optical: 24); what a
finger leaves on the glass at a tenth of its contrast has 7."""
MIN_FAINT_SHARE: Final = 0.2
"""Of all windows; with so many waves that are pure but too low, it is what an earlier finger left."""
MAX_TURN_DEG: Final = 35.0
MAX_PERIOD_RATIO: Final = 1.6
MIN_LIKE_NEIGHBOURS: Final = 2
"""Of the four windows beside it, how many must continue a window's ridges: texture of photographs does not."""

MAX_STRAIGHTNESS: Final = 0.93
"""Length of the mean of the windows' directions, as vectors of length 1 that turn four times as fast (so that what
crosses at a right angle counts as one), from which it is a pattern and no finger. Measured: at most 0.86 on 910 real
prints, 1.0 for stripes, grids and cloth."""
MIN_BENT_MM2: Final = 25.0
"""Area of ridges from which they must bend; fewer may run side by side."""

GLASS_PERCENTILE: Final = 95.0
"""Grey level of the bare glass: nearly the brightest of the image."""
DARKEST_GLASS: Final = 60.0
"""No sensor's glass is darker; an image that is, is black."""
TOUCHED_BELOW_GLASS: Final = 30.0
"""Grey levels below the glass from which a window counts as touched."""
MIN_TOUCHED_SHARE: Final = 0.08
"""Of all windows; below it there is no finger but specks."""

STRONG_PERCENTILE: Final = 95.0
"""Of the ridge windows by contrast: a touch is strong somewhere, a trace nowhere."""
TRACE_CONTRAST: Final = 0.115
TRACE_DEPTH: Final = 0.25
"""A trace's strongest ridges are lower than the first, and its ridges lie less than the second below the glass, both
as share of the glass's grey level. Measured: touches on four optical and capacitive sensors have at least 0.13 of the
first, or 0.27 of the second (a sensor of dark ground), but for 3 of 80 on a fifth, all of one finger; the same touches
at 15 % of their contrast have at most 0.06 and 0.11, at 30 % at most 0.12 and 0.24."""

HALF_FINGER_MM2_PER_SIDE: Final = 400.0
MIN_OFF_CENTRE: Final = 0.08
"""A finger is half beside the glass when the middle of what it touches is farther from the middle of the image than
the second (as share of the side), and its ridges have less than the first times that distance: 32 mm2 at 0.08,
100 mm2 at 0.25, which is where half of an image has its middle. Measured: see `python -m matching.fitting.quality`."""
CORNER_RATIO: Final = 0.6
"""The finger is in a corner when it is off on the other axis too, by more than this share of the farther one."""

WHOLE_FINGER_MM2: Final = 70.0
"""Ridges of a finger that lies flat: nine of ten touches of the optical sets have more."""
CLEAR_SHARE: Final = 0.6
"""Share of the touched windows with clear ridges from which the skin is neither dry nor wet."""
WIDE_SHARE: Final = 0.5
"""Share of the image that a finger covers when it is pressed firmly: pale over all of it, it is dry."""
WET_GREY: Final = 70.0
DRY_GREY: Final = 170.0
"""Median grey level of the touched windows, where the glass is 255, that tells a flooded from a dry finger."""
FLOODED_SHARE: Final = 0.6
"""Share of the touched windows without any ridges from which it is water, not pressure, that joins them."""

FULL_AREA_MM2: Final = 110.0
"""Area of clear ridges from which more makes no better image: about the upper quartile of the optical sets."""
USABLE_SCORE: Final = 10
"""Before and after extraction. Before: one real print of 910 is below, from a small capacitive sensor; of 40
photographs the highest has 9. After: of genuine comparisons whose weaker image is below, 43 % are rejected at a
false-match rate of 10^-4; from 10 to 19 it is 21 %, to 29 6.5 %, to 39 3 %, to 79 1.2 %, above 0.2 %."""

CERTAINTY_POWER: Final = 3
"""Of a minutia's probability. `python -m matching.fitting.quality` compares the powers from 1 to 6: 3 is the best of
the other sets for four of five sets, and 3, 4 and 6 are nearly as good as each other; 1 is clearly worse."""
FULL_MINUTIAE: Final = 40.0
"""Certain minutiae from which more makes no better template: of genuine pairs with as many on both sides one in 500
is rejected, and those for other reasons (no common skin)."""
UNREPORTED_QUALITY: Final = 50
"""Of 100, for minutiae of other makers' templates that state none."""
