"""Other forms of the network: less precise weights, less precise arithmetic. `variants_table` says what each costs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.transformers.float16 import convert_float_to_float16

from matching.extraction import parameters
from matching.images import GreyImage
from matching.synthesis import make_finger

AS_MADE: Final = "float32"
SMALLEST_QUANTISED: Final = 16
"""Rows and columns from which a matrix is worth quantising; smaller ones are the last steps, where precision counts."""
CALIBRATION_FINGERS: Final = 4
KEPT_IN_32_BITS: Final = ["GatherND", "NonZero", "Resize", "TopK"]
"""Operations that onnxruntime does not have in half precision, or that choose places."""


class Calibration(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Synthetic prints, for the ranges of values between the layers."""

    def __init__(self) -> None:
        self._prints: Iterator[GreyImage] = (
            make_finger(seed).impression(1, grey_levels=16) for seed in range(CALIBRATION_FINGERS)
        )

    def get_next(self) -> dict[str, Any] | None:
        image = next(self._prints, None)
        if image is None:
            return None
        return {"image": image[None, None], "least": np.array(parameters.MIN_QUALITY, np.float32)}


def make_variants(model: onnx.ModelProto) -> dict[str, bytes]:
    """Each form as a file, by its name; the first is the model as it is."""
    typed = with_types(model)
    matrices = large_matrices(typed)
    convolutions = large_convolutions(typed)
    depthwise = large_convolutions(typed, depthwise=True)
    return {
        AS_MADE: model.SerializeToString(deterministic=True),
        "weights kept in 16 bits": half_weights(model).SerializeToString(deterministic=True),
        "16-bit arithmetic": half_arithmetic(typed).SerializeToString(deterministic=True),
        "int8 matrices, ranges at run time": _quantised(typed, matrices, static=False),
        "int8 matrices": _quantised(typed, matrices, static=True),
        "int8 matrices, convolutions": _quantised(typed, matrices + convolutions, static=True),
        "int8 all": _quantised(typed, matrices + convolutions + depthwise, static=True),
    }


def half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights in 16-bit floats, widened when the model is loaded; it computes in 32 bits."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    del half.graph.initializer[:], half.graph.node[:]
    for weights in model.graph.initializer:
        if weights.data_type == TensorProto.FLOAT and np.prod(weights.dims) >= SMALLEST_QUANTISED**2:
            values = numpy_helper.to_array(weights).astype(np.float16)
            half.graph.initializer.append(numpy_helper.from_array(values, f"{weights.name}_half"))
            widened = helper.make_node("Cast", [f"{weights.name}_half"], [weights.name], to=TensorProto.FLOAT)
            half.graph.node.append(widened)
        else:
            half.graph.initializer.append(weights)
    half.graph.node.extend(model.graph.node)
    return half


def half_arithmetic(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights and values in 16-bit floats wherever onnxruntime can."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    half: onnx.ModelProto = convert_float_to_float16(copy, keep_io_types=True, op_block_list=KEPT_IN_32_BITS)
    return half


def with_types(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the types of its inner values, which the quantiser needs and onnx cannot infer past FastGelu."""
    plain, typed = onnx.ModelProto(), onnx.ModelProto()
    plain.CopyFrom(model)
    typed.CopyFrom(model)
    for node in plain.graph.node:
        if node.op_type == "FastGelu":
            node.op_type, node.domain = "Identity", ""
            del node.input[1:]
    typed.graph.value_info.extend(onnx.shape_inference.infer_shapes(plain).graph.value_info)
    return typed


def large_matrices(model: onnx.ModelProto) -> list[str]:
    shapes = {weights.name: weights.dims for weights in model.graph.initializer}
    named = (
        (node.name, shapes.get(node.input[1], ())) for node in model.graph.node if node.op_type == "MatMul"
    )
    return [name for name, shape in named if len(shape) == 2 and min(shape) >= SMALLEST_QUANTISED]


def large_convolutions(model: onnx.ModelProto, depthwise: bool = False) -> list[str]:
    """Those that mix channels, or those that treat each alone."""
    shapes = {weights.name: weights.dims for weights in model.graph.initializer}
    convolutions = ((node.name, shapes[node.input[1]]) for node in model.graph.node if node.op_type == "Conv")
    return [
        name
        for name, (channels, inputs, *_) in convolutions
        if (
            inputs == 1 and channels >= SMALLEST_QUANTISED if depthwise else inputs >= SMALLEST_QUANTISED // 2
        )
    ]


def _quantised(typed: onnx.ModelProto, nodes: Sequence[str], static: bool) -> bytes:
    """Weights int8 with a scale for each channel, activations uint8."""
    quantise: Any = quantize_dynamic
    if static:
        quantise = partial(
            quantize_static,
            calibration_data_reader=Calibration(),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
        )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "typed.onnx", Path(folder) / "quantised.onnx"
        onnx.save(typed, source)
        quantise(
            str(source),
            model_output=str(target),
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=list(nodes),
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return target.read_bytes()
