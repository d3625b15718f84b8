"""Every tuned number of the synthetic fingers, with its unit and where it comes from."""

from typing import Final

DPI: Final = 500

# Master print: one finger pad, larger than any sensor window so that displaced fingers still have ridges.
MASTER_WIDTH_PX: Final = 352
MASTER_HEIGHT_PX: Final = 416
FIELD_STEP_PX: Final = 2  # of flow and period
FIELD_SHAPE: Final = (MASTER_HEIGHT_PX // FIELD_STEP_PX, MASTER_WIDTH_PX // FIELD_STEP_PX)
CENTRE_X_PX: Final = 176.0
CENTRE_Y_PX: Final = 204.0

# Shares of the pattern classes. Wilson, Candela, Watson (1994) give arch 3.7, tented arch 2.9, left loop 33.8,
# right loop 31.7, whorl 27.9 %; one whorl in five is taken to be a twin loop.
SHARE_ARCH: Final = 0.037
SHARE_TENTED_ARCH: Final = 0.029
SHARE_LEFT_LOOP: Final = 0.338
SHARE_RIGHT_LOOP: Final = 0.317
SHARE_WHORL: Final = 0.223
SHARE_TWIN_LOOP: Final = 0.056

# Flow of a print without singular points: slope of the ridges at the sides of the pad, radians.
ARCH_SLOPE_TOP: Final = (0.55, 0.95)
ARCH_HALF_WIDTH_PX: Final = 150.0
ARCH_FADE_PX: Final = 95.0
# Harmonics that bend the pull of one singular point (after Vizcaya and Gerhardt 1996), radians.
BEND_AMPLITUDE: Final = 0.18
BEND_HARMONICS: Final = 3
# Ridges around a core turn in half circles with parallel legs: fundamental of the triangle wave that makes even
# hairpins of a bare core (2 / pi, radians), how much of it a finger has, and how far from the core it reaches.
HAIRPIN_AMPLITUDE: Final = 0.637
HAIRPIN_SHARE: Final = (0.7, 1.1)
HAIRPIN_REACH_PX: Final = (40.0, 85.0)
# Slow wander of the flow that no singular point explains, radians and pixels between its knots.
WANDER_AMPLITUDE: Final = 0.18
WANDER_KNOT_PX: Final = 52.0

# Ridge period, pixels at 500 dpi: 9.0 on average, women about a pixel narrower than men.
PERIOD_MEAN_PX: Final = 8.9
PERIOD_SPREAD_PX: Final = 0.5
PERIOD_RANGE_PX: Final = (7.6, 10.4)
PERIOD_NOISE: Final = 0.10
PERIOD_KNOT_PX: Final = 45.0
# Ridges are wider apart towards the crease of the joint than at the core.
PERIOD_CREASE_GAIN: Final = 0.14

# Growth: oriented band-pass filters, first at half size, then a few rounds at full size for the detail.
ORIENTATIONS: Final = 36
PERIODS: Final = 13
PERIOD_LOW_PX: Final = 6.8
PERIOD_HIGH_PX: Final = 12.2
ENVELOPE_PERIODS: Final = 0.38  # sigma of the filter in ridge periods: about three ridges seen at once
COARSE_RADIUS_PX: Final = 5
FINE_RADIUS_PX: Final = 7
COARSE_ROUNDS: Final = 8
FINE_ROUNDS: Final = 2
GROWTH_GAIN: Final = 3.0
SEED_SPACING_PX: Final = (9.0, 40.0)  # closer seeds, more minutiae: fingers differ widely

# Pad: the part of a finger that can touch glass, pixels from the centre of the pattern.
PAD_HALF_WIDTH_PX: Final = (104.0, 122.0)
PAD_TIP_PX: Final = (128.0, 156.0)
PAD_HEEL_PX: Final = 196.0
# Skin texture (pores and grain) is fixed per finger; scars are fixed per finger and rare.
SCAR_MEAN_COUNT: Final = 0.35
SCAR_LENGTH_PX: Final = (40.0, 150.0)
SCAR_HALF_WIDTH_PX: Final = (1.0, 2.2)
SCAR_DEPTH: Final = 2.2

# One touch: spread of each condition at severity 0 and what severity 1 adds to it.
DEFAULT_SEVERITY: Final = 0.5
DISPLACEMENT_SPREAD_PX: Final = (3.0, 22.0)
ROTATION_SPREAD_DEG: Final = (1.5, 15.0)
DISTORTION_SPREAD_PX: Final = (0.6, 8.0)
TORSION_SPREAD_DEG: Final = (0.5, 8.0)
PRESSURE_SPREAD: Final = (0.08, 0.55)
MOISTURE_SPREAD: Final = (0.08, 0.60)
WEAR_MAX: Final = (0.03, 0.70)
DISPLACEMENT_LIMIT_PX: Final = 400.0

# Skin slips outside the middle of the contact (Cappelli, Maio, Maltoni 2001): the part that sticks, and the
# part beyond which it moves freely, as fractions of the pad's outline.
STICK_FRACTION: Final = 0.35
SLIP_FRACTION: Final = 1.3

# From relief to grey. Relief is about -1 in valleys and +1 on ridges.
INK_SLOPE: Final = 4.5
BIAS_PRESSURE: Final = 0.45
BIAS_MOISTURE: Final = 0.35
BIAS_PATCH: Final = 0.22
BIAS_PATCH_KNOT_PX: Final = 48.0
BIAS_EDGE: Final = 1.1
EDGE_FRACTION: Final = 0.22
EDGE_RAGGED: Final = 0.03
EDGE_KNOT_PX: Final = 16.0
GRAIN_BASE: Final = 0.20
GRAIN_DRY: Final = 0.8
GRAIN_WEAR: Final = 0.9
WEAR_FLATTENS: Final = 0.55
DARKNESS: Final = (165.0, 240.0)  # grey values between bare glass and full contact
GLASS_GREY: Final = (243.0, 254.0)
SENSOR_NOISE_GREY: Final = 2.5
SPECKS_PER_MEGAPIXEL: Final = 350.0

# Drawn templates. [fcj] measured in LEADER templates of 240 prints of a low-cost optical reader (fcj2020, 40 fingers),
# cropped to 256x288 with 16 grey levels; where another touch repeats a minutia, after the affine motion of all pairs.
DRAWN_STEP_PX: Final = 8
DRAWN_MEAN: Final = 49.0
"""Minutiae of a whole pad; a window of 256x288 then shows 36, as [fcj] has (5 % below 23, 5 % above 52)."""
DRAWN_SPREAD: Final = 11.0
DRAWN_LEAST: Final = 25
DRAWN_APART_PX: Final = (7.0, 24.0)
"""No two minutiae are nearer than the first, and beyond the second they do not mind each other: nearest neighbours
then lie as in [fcj] (5, 50 and 95 % of them within 11, 21 and 45 px)."""
DRAWN_ENDINGS: Final = 0.69
"""Share of ridge endings [fcj]."""
DRAWN_KIND_CHANGES: Final = 0.11
"""Share of minutiae that another touch shows as the other kind [fcj]."""
DRAWN_CLARITY: Final = (0.20, 0.43, 0.66, 0.82, 0.89, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)
"""Minutia quality of LEADER at each tenth of its distribution [fcj]."""
DRAWN_CLARITY_NOISE: Final = 0.06
DRAWN_DULL: Final = 0.12
"""Quality that a wholly worn, dry or wet finger may lose at a minutia."""
DRAWN_SHOWN: Final = ((0.1, 0.3, 0.5, 0.7, 0.9), (0.3, 0.62, 0.81, 0.92, 0.99))
"""Chance that a minutia of this quality is found again [fcj]."""
DRAWN_JITTER_PX: Final = 0.9
"""Each way; with the drag of the skin two touches then differ by about 1.8 px [fcj]."""
DRAWN_TURN_RAD: Final = 0.045
"""Two touches then differ by about 3 of 256 units [fcj]."""
DRAWN_FALSE_MEAN: Final = 1.5
DRAWN_FALSE_QUALITY: Final = (0.2, 0.6)
DRAWN_LEAST_QUALITY: Final = 20
DRAWN_RIM: Final = 0.12
"""Share of the pad's radius at its rim where ridges are too faint to show minutiae."""
DRAWN_MARGIN_PX: Final = 6
"""From the window's edge, where no minutia is found."""
DRAWN_STEPS: Final = 4
"""Of the way from pad to glass; the last one moves no point by more than a tenth of a pixel."""
