"""The few operations of ONNX that the network is built of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

NORM_EPSILON: Final = 1e-3
"""Default of Keras' LayerNormalization."""
RUNTIME_DOMAIN: Final = "com.microsoft"
"""Operations of onnxruntime beyond the standard's."""
FAST_CHANNELS: Final = 4
"""onnxruntime has its fast depthwise convolution only for multiples of this."""
Floats: TypeAlias = NDArray[np.float32]


class Graph:
    """Appends nodes and constants; each method returns the name of the value that it made.

    Values are [1, channels, rows, columns] where nothing else is said; `channels_last` are [..., channels].
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def conv(self, x: str, weights: Sequence[Floats], dilation: int = 1, group: int = 1) -> str:
        """`weights`: kernel as [out, in, rows, columns], bias if any; the result has the size of `x`."""
        margin = dilation * (weights[0].shape[2] - 1) // 2
        inputs = [x, *(self.constant(values) for values in weights)]
        return self.node("Conv", inputs, pads=[margin] * 4, dilations=[dilation] * 2, group=group)

    def depthwise(self, x: str, kernel: Floats) -> str:
        """`kernel`: [channels, 1, rows, columns]; channels are filled up for the time of the convolution."""
        channels = len(kernel)
        spare = -channels % FAST_CHANNELS
        if not spare:
            return self.conv(x, [kernel], group=channels)
        filled = self.node("Pad", [x, self.integers(0, 0, 0, 0, 0, spare, 0, 0)])
        filled_kernel = np.pad(kernel, ((0, spare), (0, 0), (0, 0), (0, 0)))
        return self.part(self.conv(filled, [filled_kernel], group=channels + spare), 0, channels)

    def to_last(self, x: str) -> str:
        return self.node("Transpose", [x], perm=[0, 2, 3, 1])

    def from_last(self, channels_last: str) -> str:
        return self.node("Transpose", [channels_last], perm=[0, 3, 1, 2])

    def norm(self, channels_last: str, scale: Floats, shift: Floats) -> str:
        """Layer normalisation over the channels."""
        inputs = [channels_last, self.constant(scale), self.constant(shift)]
        return self.node("LayerNormalization", inputs, axis=-1, epsilon=NORM_EPSILON)

    def matmul(self, channels_last: str, matrix: Floats) -> str:
        return self.node("MatMul", [channels_last, self.constant(matrix)])

    def gelu(self, x: str, bias: Floats | None = None) -> str:
        """Of x, or of x with a bias for each place on its last axis; in the form of the hyperbolic tangent."""
        inputs = [x] if bias is None else [x, self.constant(bias)]
        return self.node("FastGelu", inputs, domain=RUNTIME_DOMAIN)

    def perceptron(self, channels_last: str, expand: Sequence[Floats], reduce: Floats, parts: int) -> str:
        """Two matrices with GELU, and after the first a bias, between them.

        `parts`: into how many pieces of equal size the pixels are cut, which go through it one after the other, so
        that what is between the matrices, the largest values of the network, stays in the processor's cache.
        """
        if parts == 1:
            return self.matmul(self.gelu(self.matmul(channels_last, expand[0]), expand[1]), reduce)
        first, bias, second = (self.constant(values) for values in (*expand, reduce))
        done = []
        for piece in self._pieces(channels_last, len(expand[0]), parts):
            inner = self.node("MatMul", [piece, first])
            inner = self.node("FastGelu", [inner, bias], domain=RUNTIME_DOMAIN)
            done.append(self.node("MatMul", [inner, second]))
        shape = self.node("Shape", [channels_last], end=3)
        shape = self.node("Concat", [shape, self.integers(reduce.shape[1])], axis=0)
        return self.node("Reshape", [self.node("Concat", done, axis=0), shape])

    def _pieces(self, channels_last: str, channels: int, parts: int) -> list[str]:
        rows = self.node("Reshape", [channels_last, self.integers(-1, channels)])
        names = [f"{rows}_{i}" for i in range(parts)]
        self.nodes.append(
            helper.make_node("Split", [rows], names, name=f"{rows}_split", axis=0, num_outputs=parts)
        )
        return names

    def add(self, x: str, y: str) -> str:
        return self.node("Add", [x, y])

    def join(self, parts: Sequence[str]) -> str:
        return self.node("Concat", parts, axis=1)

    def part(self, x: str, start: int, stop: int) -> str:
        return self.node("Slice", [x, *(self.integers(number) for number in (start, stop, 1))])

    def double(self, x: str) -> str:
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        return self.node(
            "Resize",
            [x, "", scales],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def halve(self, x: str, kind: str) -> str:
        return self.node(kind, [x], kernel_shape=[2, 2], strides=[2, 2])


def product(*matrices: Floats) -> Floats:
    """In double precision before it is rounded, so that it has the same bytes on any machine."""
    result = matrices[0].astype(np.float64)
    for matrix in matrices[1:]:
        result = result @ matrix
    return result.astype(np.float32)
