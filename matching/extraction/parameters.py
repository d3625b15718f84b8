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

BLOCK_PX: Final = 16
"""Side of the blocks that are blank or not, in pixels: about two ridges."""

BLANK_DEVIATION: Final = 3.0
"""Standard deviation of grey levels up to which a block is blank. Ridges of 4 % contrast have more; a sensor with more
noise than this has no blank blocks, and its images are taken whole."""

BLANK_MARGIN_PX: Final = 24
"""Kept around what is not blank, in pixels. So the error rates of FVC2004 DB1_B, where half of each image is blank,
are the same as on whole images, in half the time."""

KEEP_MEMORY_UP_TO_PX: Final = 150_000
"""Pixels of an image from which working memory is given back: a process with nothing but the network peaks at 105 MB
with 256x288 and at 454 MB with 992x992."""

LEADER_SHA256: Final = "66aceebff6ded031f18b190ab080b8952ea2ea4f3f50b6b0eb2ba810c2de90ac"
"""Of models/leader.onnx, as models/make_leader.py makes it."""
