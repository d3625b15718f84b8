"""Make `leader.onnx` from the Keras weights of the LEADER network, without Keras or TensorFlow.

The network: R. Cappelli and M. Ferrara, "LEADER: Lightweight End-to-end Attention-gated Dual Encoder-decodeR for
robust minutiae extraction", 2026; weights from the PyPI package `pyfing` (see PROVENANCE.md). What the graph here
does differently from the published layers changes no result beyond rounding, and is said at the place.

    python -m matching.models.make_leader pyfing-0.7.3-py2.py3-none-any.whl [--compare other-leader.onnx]

Needs the packages `h5py` and `onnx`. Input: `image`, uint8 [1, 1, height, width], both multiples of 32, 500 dpi.
`least`, float32, a single number: quality from which a place is given. Outputs, best first: `place`, int64 [n, 2], row
and column; `quality`, float32 [n]; `direction`, float32 [n, 2], cosine and sine, not of unit length; `ending`,
float32 [n]: above one half the minutia is a ridge ending, else a bifurcation. And for looking at what the network saw,
`probability`, float32 [1, 1, height, width]: of a minutia being there, before the best place of each is chosen.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from matching.models.graph import RUNTIME_DOMAIN, Graph, product
from matching.models.heads import Heads
from matching.models.layers import PIECES, Layers, read_layers

OPSET: Final = 20
IR_VERSION: Final = 10
"""What onnxruntime 1.20 reads."""
FOUND: Final = ("place", "quality", "direction", "ending")
LEAST_COMPARED: Final = np.array(0.001, np.float32)
"""Quality from which a place is looked at when two conversions are compared: low, so that there are many."""


class Leader:
    """The network, block by block, in the words of the paper."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.graph = Graph()

    def build(self) -> onnx.ModelProto:
        image = self.graph.node("Cast", ["image"], to=TensorProto.FLOAT)
        coarse = self.graph.halve(self.stem("stem0", image), "MaxPool")
        fine = self.graph.halve(self.stem("stem1", image), "AveragePool")
        context = self.context(coarse)
        x = self.graph.join([self.attention(context), fine])
        Heads(self.graph, self.layers).build(self.refinement(x))
        return self.model()

    def stem(self, name: str, image: str) -> str:
        plain = self.graph.conv(image, self.layers.conv(name))
        dilated = self.graph.conv(image, self.layers.conv(f"{name}_dilated"), dilation=2)
        return self.activate(name, self.graph.join([plain, dilated]))

    def activate(self, name: str, x: str) -> str:
        normal = self.graph.norm(self.graph.to_last(x), *self.layers[f"{name}_norm"])
        return self.graph.gelu(self.graph.from_last(normal))

    def separable(self, name: str, x: str) -> str:
        depthwise, pointwise, bias = self.layers[name]
        x = self.graph.depthwise(x, depthwise.transpose(2, 3, 0, 1))
        return self.activate(name, self.graph.conv(x, [pointwise.transpose(3, 2, 0, 1), bias]))

    def bottleneck(self, name: str, x: str) -> str:
        """Where the last matrix has fewer results than the one before it, the two are made one."""
        graph = self.graph
        parts = PIECES.get(name, 1)
        spatial = graph.to_last(graph.depthwise(x, self.layers.depthwise(f"{name}_depthwise")))
        normal = graph.norm(spatial, *self.layers[f"{name}_norm"])
        expand = self.layers.matrix(f"{name}_expand")
        reduce, reduce_bias = self.layers.matrix(f"{name}_reduce")
        adjust, adjust_bias = self.layers.matrix(f"{name}_adjust")
        kernel, _ = self.layers.conv(f"{name}_adjust")
        weights = [kernel, product(reduce_bias, adjust) + adjust_bias]
        if adjust.shape[1] < adjust.shape[0]:
            inner = graph.perceptron(normal, expand, product(reduce, adjust), parts)
            return graph.add(graph.conv(x, weights), graph.from_last(inner))
        inner = graph.perceptron(normal, expand, reduce, parts)
        return graph.conv(graph.add(x, graph.from_last(inner)), weights)

    def down(self, x: str, channels: int) -> str:
        """The lower half of the channels by maximum, the upper by average."""
        sharp = self.graph.halve(self.graph.part(x, 0, channels // 2), "MaxPool")
        smooth = self.graph.halve(self.graph.part(x, channels // 2, channels), "AveragePool")
        return self.graph.join([sharp, smooth])

    def context(self, x: str) -> str:
        return self.down_and_up(x, "0", self.separable, [len(self.layers[f"enc0_{i}"][2]) for i in range(4)])

    def refinement(self, x: str) -> str:
        channels = [len(self.layers[f"enc1_{i}_adjust"][1]) for i in range(4)]
        return self.down_and_up(x, "1", self.bottleneck, channels)

    def down_and_up(self, x: str, stage: str, block: Callable[[str, str], str], channels: list[int]) -> str:
        kept = []
        for i, count in enumerate(channels):
            x = block(f"enc{stage}_{i}", x)
            kept.append(x)
            x = self.down(x, count)
        for i in reversed(range(len(channels))):
            x = block(f"dec{stage}_{i}", x)
            x = self.graph.join([self.graph.double(x), kept[i]])
        return x

    def attention(self, x: str) -> str:
        views = [
            self.graph.gelu(self.graph.conv(x, self.layers.conv(f"attention_{d}"), dilation=d))
            for d in (1, 3, 6)
        ]
        gate = self.graph.conv(self.graph.join(views), self.layers.conv("attention_gate"))
        return self.graph.node("Mul", [x, self.graph.node("Sigmoid", [gate])])

    def model(self) -> onnx.ModelProto:
        def value(name: str, kind: int, shape: Sequence[int | str]) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, kind, shape)

        graph = helper.make_graph(
            self.graph.nodes,
            "LEADER",
            [
                value("image", TensorProto.UINT8, [1, 1, "height", "width"]),
                value("least", TensorProto.FLOAT, []),
            ],
            [
                value("place", TensorProto.INT64, ["n", 2]),
                value("quality", TensorProto.FLOAT, ["n"]),
                value("direction", TensorProto.FLOAT, ["n", 2]),
                value("ending", TensorProto.FLOAT, ["n"]),
                value("probability", TensorProto.FLOAT, [1, 1, "height", "width"]),
            ],
            self.graph.constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME_DOMAIN, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return model


def compare(ours: bytes, other: Path, sizes: Sequence[tuple[int, int]] = ((64, 96), (288, 256))) -> float:
    """Largest difference at any minutia to a conversion of the same weights that keeps the published layout.

    That layout is float32 [1, height, width, 1] in; [position, angle, ending, quality] as last axis out. Infinite
    when the two do not find the same places.
    """
    import onnxruntime

    mine = onnxruntime.InferenceSession(ours)
    theirs = onnxruntime.InferenceSession(other)
    worst = 0.0
    for height, width in sizes:
        image = stripes(height, width)
        place, quality, direction, ending = mine.run(
            list(FOUND), {"image": image[None, None], "least": LEAST_COMPARED}
        )
        (maps,) = theirs.run(None, {theirs.get_inputs()[0].name: image[None, :, :, None].astype(np.float32)})
        row, column = place.T
        expected = maps[0, row, column]
        if len(place) != np.count_nonzero(maps[0, :, :, 3] >= LEAST_COMPARED):
            return float("inf")
        angle = np.arctan2(direction[:, 1], direction[:, 0])
        turn = np.angle(np.exp(1j * (angle - expected[:, 1])))
        differences = [quality - expected[:, 3], turn, ending - expected[:, 2]]
        worst = max(worst, *(float(np.abs(difference).max()) for difference in differences))
    return worst


def stripes(height: int, width: int) -> NDArray[np.uint8]:
    """Bent ridges with noise: something in which the network finds minutiae."""
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    ridges = np.sin(
        np.hypot(rows - height / 2, (columns - width / 3) * 1.2) * (2 * np.pi / 9) + rows * columns / 3e3
    )
    noise = np.random.default_rng(1).normal(0, 25, (height, width))
    image: NDArray[np.uint8] = np.clip(140 + 90 * ridges + noise, 0, 255).astype(np.uint8)
    return image


def main() -> None:
    parser = argparse.ArgumentParser(description="Make leader.onnx from the weights in the pyfing wheel.")
    parser.add_argument("source", type=Path, help="pyfing wheel, or LEADER.weights.h5 out of it")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).with_name("leader.onnx"))
    parser.add_argument("--compare", type=Path, help="another ONNX file of the same weights")
    options = parser.parse_args()
    content = Leader(read_layers(options.source)).build().SerializeToString(deterministic=True)
    if options.compare:
        difference = compare(content, options.compare)
        sys.stdout.write(f"largest difference to {options.compare.name}: {difference:.2g}\n")
        if difference > 1e-3:
            raise SystemExit("The two networks differ.")
    options.output.write_bytes(content)
    sys.stdout.write(
        f"{options.output}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}\n"
    )


if __name__ == "__main__":
    main()
