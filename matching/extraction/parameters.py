"""Every tuned number of the extraction, with unit and origin."""

from typing import Final

MIN_QUALITY: Final = 0.2
"""Minutia probability after suppression, 0 to 1, from which a minutia is kept. The publication's own figure for a
clean minutia list is 0.6; for comparison by cylinder codes lower is better: measured mean equal error rates over
twelve FVC sets of 1.67 % at 0.6, 1.07 % at 0.5, 0.73 % at 0.3 and 0.77 % at 0.2, the last the best on real sensors."""

ENDING_THRESHOLD: Final = 0.5
"""Probability from which a minutia is a ridge ending, otherwise a bifurcation; the publication's."""

SIZE_MULTIPLE: Final = 32
"""The network halves the image five times, so each side must be a multiple, in pixels."""

BLANK_DEVIATION: Final = 3.0
"""Standard deviation of grey levels up to which a window is blank and tells nothing of ridges; those of 4 % contrast
have more."""

NARROW_PERIOD_PX: Final = 6.6
"""Median ridge period below which an image is enlarged for the network. None of 437 prints of five sets has it (the
least has 6.8); of the same made smaller to 80 %, which the network still reads well, a fifth."""

GOOD_PERIOD_PX: Final = 8.5
"""To which it is then brought: in the middle of the periods that error rates do not depend on, 6.9 to 9.6."""

MOST_ENLARGED_PX: Final = 600_000
"""Pixels that no image is enlarged beyond: about 300 MB of working memory."""

SHORTEST_PERIOD_PX: Final = 4.2
LONGEST_PERIOD_PX: Final = 14.0
"""Between these a wave is taken for ridges, in pixels."""
WINDOW_PX: Final = 64
"""Side of the windows whose strongest wave is looked at: seven ridges."""
WINDOW_STEP_PX: Final = 48
WAVE_SHARE: Final = 0.3
"""Of a window's power between these periods that the strongest wave must hold, or it shows no plain ridges."""
MIN_WINDOWS: Final = 4
"""With plain ridges; fewer tell nothing about the print."""

KEEP_MEMORY_UP_TO_PX: Final = 150_000
"""Pixels of an image from which working memory is given back: a process with nothing but the network peaks at 105 MB
with 256x288 and at 454 MB with 992x992."""

LEADER_SHA256: Final = "66aceebff6ded031f18b190ab080b8952ea2ea4f3f50b6b0eb2ba810c2de90ac"
"""Of models/leader.onnx, as models/make_leader.py makes it."""
