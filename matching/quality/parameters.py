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

GLASS_PERCENTILE: Final = 95.0
"""Grey level of the bare glass: nearly the brightest of the image."""
TOUCHED_BELOW_GLASS: Final = 30.0
"""Grey levels below the glass from which a window counts as touched."""
WET_GREY: Final = 70.0
DRY_GREY: Final = 170.0
"""Median grey level of the touched windows, of 255, that tells a flooded from a dry finger."""

FULL_AREA_MM2: Final = 110.0
"""Area of clear ridges from which more makes no better image: about the upper quartile of the optical sets."""
USABLE_SCORE: Final = 10
"""Measured: one real print of 910 below, from a small capacitive sensor; two of 910 when cut to 256x288 and 16 grey
levels. Of 40 photographs the highest has 6, but for one of a wall of bricks."""
HALF_FINGER_MM2: Final = 40.0
MAX_OFF_CENTRE: Final = 0.2
"""Distance of the middle of the touched part from the middle of the image, as share of the side. A smaller area than
the one above, and farther out, is a finger at the edge of the glass."""
MIN_TOUCHED_SHARE: Final = 0.08
"""Of all windows; below it there is no finger but specks."""
