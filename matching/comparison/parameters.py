"""Every tuned number of the comparison, with its unit and origin.

[MCC] R. Cappelli, M. Ferrara, D. Maltoni: "Minutia Cylinder-Code: A New Representation and Matching Technique
for Fingerprint Recognition", IEEE TPAMI 32(12), 2010.
[own] chosen on five public sets of real prints (FVC2000 DB2_B, FVC2002 DB1_B and DB3_B, FVC2004 DB1_B and one
low-cost optical reader) where the values around it do as well: none of them is a sharp optimum.

Angles are in units of 1/256 turn where the name ends in `_units`, as templates hold them.
"""

from __future__ import annotations

import math
from typing import Final

VERSION: Final = 2
"""Raised whenever cylinders made earlier may no longer be compared with new ones."""

# The cylinder of a minutia
RADIUS_PX: Final = 74.0
"""Cells whose centre lies further from the minutia than this do not exist [own; MCC has 70]."""
CELLS: Final = 14
"""Cells along the diameter; 16 gives the same accuracy at half as much memory again [own; MCC has 16]."""
CELL_PX: Final = 75.0 / 7.0
"""Side of a cell [own; MCC has 140 / 16]."""
DIRECTIONS: Final = 5
"""Sections of relative direction [MCC's bit version]."""
SPATIAL_SIGMA_PX: Final = 28.0 / 3.0
"""Spread of a neighbour's contribution over the disc; nothing is added beyond three of it [MCC]."""
DIRECTION_SIGMA_RAD: Final = 2.0 * math.pi / 9.0
"""Spread of a neighbour's contribution over direction [MCC]."""
BIT_THRESHOLD: Final = 0.01
"""Contribution above which the bit of a cell is set [MCC]."""
HULL_MARGIN_PX: Final = 50.0
"""Cells further than this outside the convex hull of the minutiae say nothing [MCC]."""
MIN_VALID_SHARE: Final = 0.5
"""A cylinder with a smaller share of valid cells is dropped [own; MCC's 0.75 is too much on small sensors]."""
MIN_NEIGHBOURS: Final = 2
"""A cylinder with fewer contributing neighbours is dropped [MCC]."""

# Two cylinders
MIN_COMMON_SHARE: Final = 0.4
"""Two cylinders with a smaller share of cells valid in both have no similarity [own; MCC has 0.6]."""
MAX_TURN_UNITS: Final = 96
"""Two minutiae turned further than this against each other have no similarity [MCC: 3/8 turn]."""

# Pairs and relaxation
ROUNDS: Final = 6
"""Of relaxation [own; MCC has 5]."""
OWN_WEIGHT: Final = 0.35
"""Share of a pair's own value in each round; the rest comes from the other pairs [own; MCC has 0.5]."""
DISTANCE_MID_PX: Final = 5.0
"""Difference of two distances at which two pairs half agree when they lie close together [MCC]."""
DISTANCE_GROWTH: Final = 0.06
"""By how much of their distance that grows: what pressed skin stretches [own]."""
DISTANCE_STEEPNESS: Final = 1.6
"""Per pixel, for pairs that lie close together [MCC]."""
ANGLE_MID_RAD: Final = math.pi / 12.0
"""Difference of two angles at which two pairs half agree [MCC]."""
ANGLE_STEEPNESS: Final = 15.0
"""Per radian [own; MCC has 30]."""
NEARNESS_SIGMA_PX: Final = 90.0
"""Distance by which two pairs have less to say about each other: exp(-1/2) at this; distortion is local [own]."""

# The raw score
MIN_PAIRS: Final = 4
"""Pairs averaged for the smallest templates [MCC]; fewer pairs count as if the missing ones were worth nothing."""
MAX_PAIRS: Final = 14
"""Pairs averaged for large templates [own; MCC has 12]."""
PAIRS_MID: Final = 20.0
"""Minutiae in the smaller template at which the number averaged is half-way [MCC]."""
PAIRS_STEEPNESS: Final = 0.4
"""Per minutia [MCC]."""

# The overlap. All [own]: of each, half and twice the value do about as well
LAST_LOOK_FROM: Final = 0.001
"""Raw score from which the overlap is looked at: what pairs are worth that nothing supports. Of impostors one pair in
six has more, of genuine pairs all that could still be told from them."""
LEADING_PAIRS: Final = 12
"""Pairs that say how one print lies on the other."""
RIGID_STEPS: Final = 4
"""Of fitting the rigid motion, with less and less weight for pairs that stand out."""
RIGID_OUTLIER_PX: Final = 12.0
"""Distance at which a pair has half its weight."""
ANCHOR_REACH_PX: Final = 25.0
"""Pairs that the rigid motion leaves further apart say nothing about the displacement."""
SMOOTH_SIGMA_PX: Final = 60.0
"""Reach of a pair's displacement: a ninth of its weight is left at twice this."""
SMOOTH_PRIOR: Final = 0.3
"""Weight, in pairs close by, of having no displacement."""
SMOOTH_PRIOR_SLOPE: Final = 1.0
"""The same of a displacement that is the same everywhere."""
PAIRING_REACH_PX: Final = (30.0, 16.0)
"""Distance within which a minutia's like is looked for, round by round."""
PAIRING_TURN_UNITS: Final = 28.0
"""Difference of angles within which it is."""
CLOSE_PX: Final = 7.0
"""Standard deviation of the places of minutiae, given those of all others."""
CLOSE_UNITS: Final = 16.0
"""The same of their angles, which nothing corrects for distortion."""
OVERLAP_MARGIN_PX: Final = 5.0
"""By how much more than the hull of its minutiae a print shows."""
USUAL_QUALITY: Final = 60
"""Of a minutia, 0 to 100, where its maker says nothing."""
SHARE_PRIOR: Final = 4.0
"""Minutiae of the best quality in the overlap that are taken to be missed before any is seen: of little evidence,
little follows."""
SHARE_WEIGHT: Final = 3.0
"""Logarithm of the factor that the raw score grows by when all minutiae agree. From 2 to 4 the error rates at small
false-match rates are least; a logistic fit to all pairs gives 4.5 to 5.0, whichever of the five sets is left out."""

# What the raw score of two prints is worth
PX2_PER_CYLINDER: Final = 1500.0
"""Skin that one cylinder can vouch for: extents are capped at this for each after the second, so that a few
minutiae far apart do not pass for a whole print. 3.9 mm^2; good prints have about as much a minutia [own]."""

# The first look at many prints, measured with 7,894 mated searches: prints of six sets of five sensors among 6,000
# others (all sets, and their mirror images), where relaxing everybody gives the mate what a search of 2,400 at 1e-5
# asks for, a score of 8.4
LIKENESS_FLOOR: Final = 0.4
"""Likeness of two cylinders that says nothing yet. At 0.35 and 0.45 somewhat more mates rank low, at 0.5 many [own]."""
SHORT_LIST_LEAST: Final = 128
"""Prints that get the second look. All mates but two ranked among the first 48 of 6,000 (99.97 %), all but nine among
the first 20 (99.89 %) [own]."""
SHORT_LIST_SHARE: Final = 1 / 125
"""Prints that get it besides, for each print enrolled: as far down as the 48th is of 6,000 [own]."""
