"""The three ends of the network: where minutiae are, and at those places only, which way they point and their kind.

Exact shorter forms of the published layers:

- The steps between the doubling of the map and the last convolution treat each pixel alone, so they come before it.
- The last convolution, 5x5 on a doubled map, sees each value 2x2 times: it is a 3x3 convolution with one result for
  each of the four places in a 2x2 cell.
- Two matrices with nothing but a sum between them are one matrix.
- Direction and kind are wanted at minutiae only, and depend there on the 9x9 cells around.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from onnx import TensorProto, helper

from matching.models.graph import Floats, Graph, product
from matching.models.layers import PIECES, Layers

CELLS: Final = 3
"""Rows and columns of cells that the last convolution sees."""
DEPTHWISE: Final = 7
PATCH: Final = CELLS + DEPTHWISE - 1
MOST_PEAKS: Final = 512
"""Places for which direction and kind are worked out, the best: bounds time and memory on any image."""


class Heads:
    def __init__(self, graph: Graph, layers: Layers) -> None:
        self.graph = graph
        self.layers = layers

    def build(self, x: str) -> None:
        """All outputs from the features, [1, 52, height / 2, width / 2]."""
        graph = self.graph
        features = graph.to_last(x)
        row, column = self._peaks(self._position(x, features))
        patches, inside = self._patches(features, row, column)
        corner = self._corner(row, column)
        graph.node("Identity", [self._at("direction", patches, inside, corner)], "direction")
        ending = graph.node("Sigmoid", [self._at("ending", patches, inside, corner)])
        graph.node("Reshape", [ending, graph.integers(-1)], "ending")

    def _position(self, x: str, features: str) -> str:
        """Blurred minutia probability, the output `probability`; zero where it is not the highest of 7x7."""
        graph = self.graph
        spatial = graph.to_last(graph.depthwise(x, self.layers.depthwise("position_depthwise")))
        cells = graph.from_last(self._pixelwise("position", spatial, features, PIECES["position"]))
        kernel, bias = self.layers.conv("position_out")
        logits = graph.conv(cells, [undoubled(kernel), np.tile(bias, 4)])
        logits = graph.node("DepthToSpace", [logits], blocksize=2, mode="DCR")
        blurred = graph.conv(graph.node("Sigmoid", [logits]), self.layers.conv("blur"))
        graph.node("Identity", [blurred], "probability")
        highest = graph.node("MaxPool", [blurred], kernel_shape=[7, 7], pads=[3] * 4)
        peak = graph.node("Equal", [blurred, highest])
        return graph.node("Where", [peak, blurred, graph.constant(np.zeros(1, np.float32))])

    def _pixelwise(self, name: str, spatial: str, features: str, parts: int = 1) -> str:
        """All from the depthwise convolution to the last one; channels last in and out."""
        graph = self.graph
        normal = graph.norm(spatial, *self.layers[f"{name}_norm"])
        reduce, reduce_bias = self.layers.matrix(f"{name}_reduce")
        adjust, adjust_bias = self.layers.matrix(f"{name}_adjust")
        first, first_bias = self.layers.matrix(f"{name}_1")
        bias = product(reduce_bias, adjust, first) + product(adjust_bias, first) + first_bias
        matrix = product(reduce, adjust, first)
        changed = graph.perceptron(normal, self.layers.matrix(f"{name}_expand"), matrix, parts)
        kept = graph.matmul(features, product(adjust, first))
        total = graph.add(graph.add(changed, kept), graph.constant(bias))
        normal = graph.norm(total, *self.layers[f"{name}_1_norm"])
        second, second_bias = self.layers.matrix(f"{name}_2")
        return graph.gelu(graph.add(graph.matmul(normal, second), graph.constant(second_bias)))

    def _peaks(self, quality: str) -> tuple[str, str]:
        """Row and column, int64 [n], of the best places that reach `least`; best first."""
        graph = self.graph
        reached = graph.node("GreaterOrEqual", [quality, "least"])
        places = graph.node("Transpose", [graph.node("NonZero", [reached])], perm=[1, 0])
        values = graph.node("GatherND", [quality, places])
        count = graph.node("Min", [graph.node("Shape", [values]), graph.integers(MOST_PEAKS)])
        graph.nodes.append(
            helper.make_node("TopK", [values, count], ["quality", "order"], name="best", axis=0)
        )
        best = graph.node("Gather", [places, "order"], axis=0)
        graph.node("Slice", [best, graph.integers(2), graph.integers(4), graph.integers(1)], "place")
        row, column = (
            graph.node("Gather", ["place", graph.constant(np.array(i, np.int64))], axis=1) for i in (0, 1)
        )
        return row, column

    def _patches(self, features: str, row: str, column: str) -> tuple[str, str]:
        """The features around each place, [n, PATCH * PATCH, channels], zero outside the image, and 1 or 0 for each
        of the CELLS * CELLS cells, [n * CELLS * CELLS, 1], by whether it is inside."""
        graph = self.graph
        shape = graph.node("Shape", [features])
        height, width = (graph.node("Gather", [shape, graph.integers(i)]) for i in (1, 2))
        channels = graph.node("Gather", [shape, graph.integers(3)])
        rows, row_inside = self._span(row, height)
        columns, column_inside = self._span(column, width)
        rows, row_inside = (graph.node("Unsqueeze", [v, graph.integers(2)]) for v in (rows, row_inside))
        columns, column_inside = (
            graph.node("Unsqueeze", [v, graph.integers(1)]) for v in (columns, column_inside)
        )
        index = graph.add(graph.node("Mul", [rows, width]), columns)
        inside = graph.node("And", [row_inside, column_inside])
        inside = graph.node("Cast", [inside], to=TensorProto.FLOAT)
        flat = graph.node("Reshape", [features, graph.node("Concat", [graph.integers(-1), channels], axis=0)])
        patches = graph.node("Gather", [flat, index], axis=0)
        patches = graph.node("Mul", [patches, graph.node("Unsqueeze", [inside, graph.integers(3)])])
        middle = self._middle(inside)
        return patches, graph.node("Reshape", [middle, graph.integers(-1, 1)])

    def _middle(self, patches: str) -> str:
        margin = DEPTHWISE // 2
        starts, stops = (
            self.graph.integers(margin, margin),
            self.graph.integers(margin + CELLS, margin + CELLS),
        )
        return self.graph.node("Slice", [patches, starts, stops, self.graph.integers(1, 2)])

    def _span(self, place: str, size: str) -> tuple[str, str]:
        """Cells [n, PATCH] around that of each pixel, clipped to 0 to size - 1, and which of them needed none."""
        graph = self.graph
        cell = graph.node("Div", [place, graph.integers(2)])
        steps = graph.integers(*range(-(PATCH // 2), PATCH // 2 + 1))
        cells = graph.add(graph.node("Unsqueeze", [cell, graph.integers(1)]), steps)
        last = graph.node("Sub", [size, graph.integers(1)])
        clipped = graph.node("Min", [graph.node("Max", [cells, graph.integers(0)]), last])
        return clipped, graph.node("Equal", [cells, clipped])

    def _corner(self, row: str, column: str) -> str:
        """Which of the four places in its cell a pixel is, int64 [n, 1]."""
        graph = self.graph
        below, right = (graph.node("Mod", [v, graph.integers(2)]) for v in (row, column))
        corner = graph.add(graph.node("Mul", [below, graph.integers(2)]), right)
        return graph.node("Unsqueeze", [corner, graph.integers(1)])

    def _at(self, name: str, patches: str, inside: str, corner: str) -> str:
        """What the head would have at the places, [n, its channels]."""
        graph = self.graph
        kernel = self.layers.depthwise(f"{name}_depthwise")
        channels = len(kernel)
        by_channel = graph.node("Transpose", [patches], perm=[3, 0, 1, 2])
        by_channel = graph.node("Reshape", [by_channel, graph.integers(channels, -1, PATCH * PATCH)])
        spatial = graph.node("MatMul", [by_channel, graph.constant(shifted(kernel))])
        spatial = graph.node("Transpose", [spatial], perm=[1, 2, 0])
        spatial = graph.node("Reshape", [spatial, graph.integers(-1, channels)])
        middle = self._middle(patches)
        centre = graph.node("Reshape", [middle, graph.integers(-1, channels)])
        cells = graph.node("Mul", [self._pixelwise(name, spatial, centre), inside])
        kernel, bias = self.layers.conv(f"{name}_out")
        small = undoubled(kernel)
        out, depth = len(bias), small.shape[1]
        cells = graph.node("Reshape", [cells, graph.integers(-1, CELLS * CELLS * depth)])
        matrix = small.transpose(2, 3, 1, 0).reshape(CELLS * CELLS * depth, 4 * out)
        four = graph.node("Reshape", [graph.matmul(cells, matrix), graph.integers(-1, 4, out)])
        return graph.add(graph.node("GatherND", [four, corner], batch_dims=1), graph.constant(bias))


def shifted(kernel: Floats) -> Floats:
    """[channels, PATCH * PATCH, CELLS * CELLS]: the matrix of a depthwise convolution on a patch, by channel."""
    channels = len(kernel)
    matrix = np.zeros((channels, PATCH, PATCH, CELLS, CELLS), np.float32)
    for row in range(CELLS):
        for column in range(CELLS):
            matrix[:, row : row + DEPTHWISE, column : column + DEPTHWISE, row, column] = kernel[:, 0]
    return matrix.reshape(channels, PATCH * PATCH, CELLS * CELLS)


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
