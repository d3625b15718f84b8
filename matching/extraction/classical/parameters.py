"""Every tuned number of the classical extractor, with unit and origin.

[five] chosen on five public sets of real prints (FVC2000 DB2_B, FVC2002 DB1_B and DB3_B, FVC2004 DB1_B, one low-cost
optical reader) by agreement with the network's minutiae and by error rates, where the values around it do nearly as
well on each of them. "Cells" are squares of STEP_PX.
"""

from __future__ import annotations

from typing import Final

# Levelling
MEAN_PX: Final = 11
"""Side of the window whose mean is taken off, passed twice: a little more than one ridge period [five]."""
SHORT_PX: Final = 11
"""Side of the window of the contrast that tells a print from the glass around it, passed twice [five]."""
CONTRAST_PX: Final = 33
"""Side of the window whose contrast is made even, passed twice: about three ridges [five]."""
CONTRAST_FLOOR: Final = 0.25
"""Share of the contrast of clear parts below which contrast is not raised further, so that glass stays quiet."""
CLIP: Final = 2.5
"""Levelled grey values beyond this many standard deviations are scars, pores and dirt, and are cut off."""

# Windows
STEP_PX: Final = 8
"""From one window to the next: about one ridge period."""
WINDOW_PX: Final = 32
"""Side of a window: three to four ridges. Chikkerur, Cartwright and Govindaraju 2007 take 14 with 6 of overlap; the
larger window is surer about wet and dry prints, and the second look on filtered ridges brings the curvature back."""
MIN_PERIOD_PX: Final = 4.0
"""Shortest wave looked at; ridges of children lie 5 pixels apart, pores and dots make shorter ones."""
MAX_PERIOD_PX: Final = 18.0
"""Longest wave looked at; the widest ridges of men lie about 14 pixels apart."""

# Segmentation
FLOW_CELLS: Final = 1.0
"""Spread (sigma) over which neighbouring windows must agree on a direction to count as flow."""
MIN_FLOW: Final = 0.2
"""Agreement, 0 to 1, from which a window can belong to a print; noise stays below 0.17 in 19 windows of 20 [five]."""
MIN_CONTRAST: Final = 4.0
"""Grey levels; below it is the grain of a sensor."""
MIN_RELATIVE_CONTRAST: Final = 0.25
"""Share of the contrast of clear windows below which a window is left out [five]."""
MIN_LOCAL_CONTRAST: Final = 0.4
"""Share of the contrast of the windows around it below which a window lies beyond the border [five]."""
NEAR_CELLS: Final = 4.0
"""Spread (sigma) of the windows around it."""
MIN_PART_CELLS: Final = 12
"""Parts of a print smaller than this (2 mm^2) are dirt."""
MIN_PART_SHARE: Final = 0.1
"""Parts smaller than this share of the largest one are dirt, or another finger's trace."""

# Orientation and period
FINE_CELLS: Final = 0.8
"""Spread (sigma) of the finer of the two scales at which directions are smoothed [five]."""
COARSE_CELLS: Final = 2.5
"""Spread of the coarser one, which decides where the finer one finds no agreement."""
COARSE_WEIGHT: Final = 0.3
"""Weight of the coarser scale against the finer [five]."""
SECOND_CELLS: Final = 0.5
"""Spread of the finer scale on filtered ridges, which are clear already [five]."""
PERIOD_CELLS: Final = 2.0
"""Spread (sigma) over which periods are smoothed [five]."""

# Filtering
ANGLES: Final = 48
"""Steps of orientation in half a turn: 3.75 degrees, less than the orientation is sure of."""
PERIODS_PER_OCTAVE: Final = 8
"""Steps of period: 9 per cent, far inside the filter's bandwidth."""
RADIUS_PX: Final = 11
"""Half the side of a filter: two and a half spreads at the usual period of 9 pixels."""
ACROSS_SPREAD: Final = 0.28
"""Sigma of the filter across the ridges, in periods [five]. Hong, Wan and Jain 1998 have 4 pixels for all periods; a
narrow one follows a period that is a little wrong."""
ALONG_SPREAD: Final = 0.4
"""Sigma of the filter along the ridges, in periods [five]; longer ones close gaps, and swallow lakes and islands."""
NEGLIGIBLE: Final = 0.035
"""Height of the bell, against 1 in its middle, below which a filter is cut off: beyond 2.6 spreads."""
EVEN_PX: Final = 9
"""Side of the window, passed twice, in which filtered ridges are brought to the same height."""
UNSURE_FLOW: Final = 0.1
"""Flow up to which the second filtering works on filtered ridges alone ..."""
SURE_FLOW: Final = 0.7
"""... and from which it works on the levelled image alone [five]."""

# Minutiae
TRACE_PX: Final = 12
"""Steps along a line that its direction is taken from; a good ridge period."""
MIN_LINE_PX: Final = 5
"""A line that ends or forks within fewer steps is a spur or an island [five]; grading deals with what is left."""
GAP_PX: Final = 9.0
"""Two ends that face each other within this distance are one line, broken [five]."""
TOUCHING_PX: Final = 5.0
"""Within this distance two opposite ends are so whichever way they lie."""
FACING_COSINE: Final = -0.7
"""Cosine of the turn, and of the way to each other, from which ends face each other: within 45 degrees."""
BORDER_PX: Final = 3
"""Ends nearer to the border are where the print ends, not the ridge [five]; grading deals with those behind them."""
ADVANCE_PX: Final = 1.0
"""Thinning eats the last pixels of a line: ends are put forward by this, where the network sees them (median)."""

# Grading: logarithm of the odds that the network finds the same minutia, fitted on 2,453 minutiae of 50 images of the
# five sets; left out in turn, each set is sorted with an area under the curve of 0.85 to 0.96.
FLOW_ODDS: Final = 5.149
"""For flow from 0 to 1."""
PURITY_ODDS: Final = 5.993
"""For purity from 0 to 1."""
BORDER_ODDS: Final = 0.126
"""For each pixel from the border, up to MAX_BORDER_PX."""
CROWD_ODDS: Final = -0.826
"""For each other minutia within CROWD_PX."""
BASE_ODDS: Final = -7.986
MAX_BORDER_PX: Final = 25.0
CROWD_PX: Final = 18.0
"""Two ridge periods: true minutiae are seldom so near to each other, those of scars and noise are."""
MIN_QUALITY: Final = 0.2
"""Probability from which a minutia is kept: comparison by cylinders does better with more than with purer [five]."""
