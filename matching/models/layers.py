"""The weights of the LEADER network by layer name."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Final

import h5py
import numpy as np

from matching.models.graph import Floats

WEIGHTS_IN_WHEEL: Final = "pyfing/models/LEADER.weights.h5"
WEIGHTS_SHA256: Final = "0cbf12af936482d10ba54b23f40a9b192ab767df2f81bc96c5954585735fefe6"
PIECES: Final = {"enc1_0": 16, "dec1_0": 8, "dec1_1": 4, "position": 16}
"""Pieces in which the largest blocks go through their matrices: 6 ms of 100 less for 256x288 on a core with
512 kB of its own; half or twice as many are as good. On an image of 32x32 each piece still has a pixel or more."""


class Layers:
    """Weights by layer name.

    The file only numbers the layers of each class, in the order of Keras' topological sort: for the three heads,
    whose ends differ in depth, that is not the order of the network's description.
    """

    BLOCKS: Final = [f"enc1_{i}" for i in range(4)] + [f"dec1_{i}" for i in (3, 2, 1, 0)]
    HEADS: Final = ["position", "direction", "ending"]
    ORDER: Final = {
        "conv2d": (
            ["stem0", "stem0_dilated", "stem1", "stem1_dilated"]
            + ["attention_1", "attention_3", "attention_6", "attention_gate"]
            + [f"{block}_{step}" for block in BLOCKS for step in ("expand", "reduce", "adjust")]
            + [
                "position_expand",
                "position_reduce",
                "direction_expand",
                "position_adjust",
                "direction_reduce",
            ]
            + [
                "ending_expand",
                "ending_reduce",
                "direction_adjust",
                "position_1",
                "ending_adjust",
                "position_2",
            ]
            + ["direction_1", "position_out", "ending_1", "direction_2", "blur", "direction_out", "ending_2"]
            + ["ending_out"]
        ),
        "separable_conv2d": [f"enc0_{i}" for i in range(4)] + [f"dec0_{i}" for i in (3, 2, 1, 0)],
        "depthwise_conv2d": [f"{block}_depthwise" for block in BLOCKS + HEADS],
        "layer_normalization": (
            ["stem0_norm"]
            + [f"enc0_{i}_norm" for i in range(4)]
            + [f"dec0_{i}_norm" for i in (3, 2, 1, 0)]
            + ["stem1_norm"]
            + [f"{block}_norm" for block in BLOCKS + HEADS]
            + [f"{head}_1_norm" for head in HEADS]
        ),
    }

    def __init__(self, file: h5py.File) -> None:
        self._variables: dict[str, list[Floats]] = {}
        for kind, names in self.ORDER.items():
            for number, name in enumerate(names):
                variables = file["layers"][f"{kind}_{number}" if number else kind]["vars"]
                self._variables[name] = [
                    np.asarray(variables[str(i)], np.float32) for i in range(len(variables))
                ]

    def __getitem__(self, name: str) -> list[Floats]:
        return self._variables[name]

    def conv(self, name: str) -> list[Floats]:
        """Kernel as [out, in, rows, columns], and bias where the layer has one."""
        kernel, *bias = self[name]
        return [kernel.transpose(3, 2, 0, 1), *bias]

    def depthwise(self, name: str) -> Floats:
        """Kernels as [channels, 1, rows, columns]."""
        return self[name][0].transpose(2, 3, 0, 1)

    def matrix(self, name: str) -> tuple[Floats, Floats]:
        """Of a 1x1 convolution: the matrix [in, out] that follows a vector of channels, and the bias."""
        kernel, bias = self[name]
        return kernel[0, 0], bias


def read_layers(source: Path) -> Layers:
    """Weights from the wheel or from the weights file itself; SystemExit when they are not the known ones."""
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as wheel:
            content = wheel.read(WEIGHTS_IN_WHEEL)
    else:
        content = source.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise SystemExit(f"These are not the LEADER weights of pyfing 0.7.3: their SHA-256 is {digest}.")
    with h5py.File(io.BytesIO(content)) as file:
        return Layers(file)
