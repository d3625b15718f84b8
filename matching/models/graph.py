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

Floats: TypeAlias = NDArray[np.float32]


class Graph:
    """Appends nodes and constants; each method returns the name of the value that it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def conv(self, x: str, weights: Sequence[Floats], dilation: int = 1, group: int = 1) -> str:
        """`weights`: kernel as [out, in, rows, columns], bias if any; the result has the size of `x`."""
        margin = dilation * (weights[0].shape[2] - 1) // 2
        inputs = [x, *(self.constant(values) for values in weights)]
        return self.node("Conv", inputs, pads=[margin] * 4, dilations=[dilation] * 2, group=group)

    def norm(self, x: str, scale: Floats, shift: Floats) -> str:
        """Layer normalisation over the channels."""
        last = self.node("Transpose", [x], perm=[0, 2, 3, 1])
        inputs = [last, self.constant(scale), self.constant(shift)]
        normal = self.node("LayerNormalization", inputs, axis=-1, epsilon=NORM_EPSILON)
        return self.node("Transpose", [normal], perm=[0, 3, 1, 2])

    def gelu(self, x: str) -> str:
        return self.node("Gelu", [x], approximate="tanh")

    def join(self, parts: Sequence[str]) -> str:
        return self.node("Concat", parts, axis=1)

    def part(self, x: str, start: int, stop: int) -> str:
        bounds = [self.constant(np.array([number], np.int64)) for number in (start, stop, 1)]
        return self.node("Slice", [x, *bounds])

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
