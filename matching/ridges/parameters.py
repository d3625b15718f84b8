"""Every tuned number of the ridge field, with unit and origin.

[STFT] S. Chikkerur, A. Cartwright, V. Govindaraju: "Fingerprint enhancement using STFT analysis", Pattern Recognition
40(1), 2007.
[own] chosen on five public sets of real prints (FVC2000 DB2_B, FVC2002 DB1_B and DB3_B, FVC2004 DB1_B and one low-cost
optical reader), where the values around it do as well.

Pixels are those of 500 dpi.
"""

from __future__ import annotations

from typing import Final

STEP_PX: Final = 16
"""Side of a cell: less than two ridges, so that no turn of the flow falls between two cells [own]."""
WINDOW_PX: Final = 40
"""Side of the window around a cell's centre, which a taper narrows to half: two to three ridges. 48 does as well and
costs more, 64 blurs [own]."""
SHORTEST_PX: Final = 5.0
LONGEST_PX: Final = 14.0
"""Ridge periods that are looked for: 0.25 to 0.7 mm."""
SHARPNESS: Final = 0.2
"""The band of these periods opens and closes over this share of its limits, lest a ridge near them jumps."""

NEARBY_PX: Final = 25
"""Side of the square whose mean and contrast a pixel is measured by: two to three ridges; 49 lets the edge of the print
pass for ridges [own]."""
LEAST_GREY: Final = 4.0
"""Added to that contrast, in grey levels: noise of empty glass is not blown up to ridges [own]."""
FAINT_GREY: Final = 6.0
FAINT_SHARE: Final = 0.4
"""A cell whose contrast is below the first, in grey levels, or below this share of the image's 90th percentile, has no
ridges, and those beside it are its edge. What is measured there is the edge, and told less of the finger than what the
area was worth [own]."""
MIN_COHERENCE: Final = 0.2
"""A cell whose waves agree less in their direction is left out: its direction would be noise [own]."""
