"""Minutiae by the LEADER network (Cappelli and Ferrara 2026) under onnxruntime."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.errors import ModelError
from matching.extraction import Stages, parameters
from matching.extraction.framing import enlarged, pad, rescaled
from matching.images import GreyImage
from matching.template import BIFURCATION, ENDING, MAX_MINUTIAE, Template

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, RunOptions

THREADS_VARIABLE: Final = "PIMS_MATCHING_THREADS"
"""Environment variable with the number of threads that one extraction may use; 1 when it is not set."""
UNITS_PER_RADIAN: Final = 256 / (2 * np.pi)
_FOUND: Final = ("place", "quality", "direction", "ending")
_LEAST: Final = np.array(parameters.MIN_QUALITY, np.float32)

# onnxruntime 1.32 keeps a store of usage events and looks up its maker's host unless this stands before its import
# (seen in a system-call trace). A prison's machine reports to nobody.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


class LeaderExtractor:
    """Loads its network at the first use; may be shared by threads. Raises ModelError when the file is not ours.

    `model` is another form of the same network, as `matching.models.variants` makes them to be measured.
    """

    name = "leader"

    def __init__(self, threads: int | None = None, model: bytes | None = None) -> None:
        self._model = model
        self._threads = threads if threads is not None else int(os.environ.get(THREADS_VARIABLE, "1"))
        self._session: InferenceSession | None = None
        self._loading = threading.Lock()

    def warm_up(self) -> None:
        self.find(np.full((parameters.SIZE_MULTIPLE * 8,) * 2, 255, np.uint8))

    def find(self, image: GreyImage) -> Template:
        seen = enlarged(image)
        padded, top, left = pad(seen)
        place, quality, direction, ending = self._run(padded, _FOUND)
        place = rescaled(place - np.array([top, left]), seen.shape, image.shape)
        return decode(place, quality, direction, ending, *image.shape)

    def trace(self, image: GreyImage) -> Stages:
        seen = enlarged(image)
        padded, _, _ = pad(seen)
        (probability,) = self._run(padded, ["probability"])
        return [
            ("image at 500 dpi", image),
            ("narrow ridges enlarged", seen),
            (f"sides made multiples of {parameters.SIZE_MULTIPLE}", padded),
            ("minutia probability", probability[0, 0]),
            ("minutiae", self.find(image)),
        ]

    def _run(self, padded: GreyImage, outputs: Sequence[str]) -> list[NDArray[Any]]:
        inputs = {"image": padded[None, None], "least": _LEAST}
        found = self._loaded().run(list(outputs), inputs, _run_options(padded.size))
        return [np.asarray(values) for values in found]

    def _loaded(self) -> InferenceSession:
        with self._loading:
            if self._session is None:
                self._session = _open_session(self._model or _read_model(), self._threads)
            return self._session


def decode(
    place: NDArray[np.int64],
    quality: NDArray[Any],
    direction: NDArray[Any],
    ending: NDArray[Any],
    height: int,
    width: int,
) -> Template:
    """The places found as minutiae, those inside an image of this size; both best first.

    `place` is [n, 2], row and column; `quality` and `ending` are [n], 0 to 1; `direction` is [n, 2], cosine and sine
    of a vector that points up the ridge from its ending, and up the valley between the branches of a bifurcation, as
    in the standard.
    """
    inside = np.all((place >= 0) & (place < (height, width)), axis=1)
    kept = np.flatnonzero(inside)[:MAX_MINUTIAE]
    angle = np.rint(np.arctan2(direction[kept, 1], direction[kept, 0]) * UNITS_PER_RADIAN).astype(np.int64)
    return Template(
        x=place[kept, 1].astype(np.int16),
        y=place[kept, 0].astype(np.int16),
        angle=(angle % 256).astype(np.uint8),
        kind=np.where(ending[kept] >= parameters.ENDING_THRESHOLD, ENDING, BIFURCATION).astype(np.uint8),
        quality=np.clip(np.rint(quality[kept] * 100), 1, 100).astype(np.uint8),
        width=width,
        height=height,
    )


def _read_model() -> bytes:
    source = resources.files("matching.models").joinpath("leader.onnx")
    try:
        content = source.read_bytes()
    except OSError as error:
        raise ModelError(
            "The file models/leader.onnx of the engine cannot be read; install it again."
        ) from error
    if hashlib.sha256(content).hexdigest() != parameters.LEADER_SHA256:
        raise ModelError(
            "The file models/leader.onnx is not the one of this release; install the engine again."
        )
    return content


def _open_session(model: bytes, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A remembered memory plan for each image size costs 30 MB and gains no time that could be measured.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _run_options(pixels: int) -> RunOptions | None:
    """After an image larger than a sensor's, working memory goes back instead of staying for the next one."""
    if pixels <= parameters.KEEP_MEMORY_UP_TO_PX:
        return None
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
