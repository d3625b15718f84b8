"""Every tuned number of guided capture, with unit and origin."""

from typing import Final

WANTED_QUALITY: Final = 40
"""0 to 100. Of genuine pairs whose weaker print has 40 or more, 1.3 % are rejected at a false-match rate of 10^-4; from
30 to 39 it is 3.0 %, below 20 it is 21 % and more (docs/matching.md). An enrolled print is compared for years, so it
is worth another touch."""
LEAST_QUALITY: Final = 10
LEAST_MINUTIAE: Final = 12
"""Below these the hub takes no print at all: they cannot be kept even when the finger gives nothing better."""

TRIES: Final = 4
"""Poor touches of one finger in a row, after which the officer may keep the best or record why it cannot be taken."""
KEPT_POOR: Final = 3

SAME_FINGER_SCORE: Final = 5.0
"""Negative log10 of the false-match rate from which two prints count as one finger. A finger is compared with at most
70 prints of other fingers, so one in 1,400 is wrongly taken for another; the hub judges by the same number."""
IMPRESSIONS_SCORE: Final = 2.0
"""The same for prints that are said to be of one finger. Of 2,570 such pairs of real prints 0.2 % stay below, of
different fingers 99 %."""
