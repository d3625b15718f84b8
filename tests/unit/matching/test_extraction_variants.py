"""Other forms of the network say nearly the same; the table that compares them counts what it says."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from matching import Template
from matching.extraction.leader import LeaderExtractor
from matching.models import make_leader, variants
from matching.models.variants_table import same_share
from matching.synthesis import make_finger


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    return onnx.load(Path(make_leader.__file__).with_name("leader.onnx"))


def at(*places: tuple[int, int]) -> Template:
    x, y = (np.array(values, np.int16) for values in zip(*places, strict=True))
    rest = np.ones(len(places), np.uint8)
    return Template(x, y, rest, rest, rest, 100, 100)


def test_weights_in_16_bits_take_half_the_room_and_find_the_same(model: onnx.ModelProto) -> None:
    half = variants.half_weights(model)
    onnx.checker.check_model(half, full_check=False)
    content = half.SerializeToString()
    assert len(content) < 0.55 * len(model.SerializeToString())
    image = make_finger(11).impression(1)
    expected, found = (LeaderExtractor(model=form).find(image) for form in (None, content))
    assert len(expected) > 20
    assert same_share(expected, found) > 0.95


def test_types_are_known_past_the_operations_that_are_not_the_standards(model: onnx.ModelProto) -> None:
    known = {value.name for value in variants.with_types(model).graph.value_info}
    after = [node.output[0] for node in model.graph.node if node.op_type in {"FastGelu", "MatMul", "Conv"}]
    assert len(after) > 100
    assert known.issuperset(after)


def test_only_what_is_large_is_quantised(model: onnx.ModelProto) -> None:
    shapes = {weights.name: tuple(weights.dims) for weights in model.graph.initializer}
    weights_of = {node.name: node.input[1] for node in model.graph.node if len(node.input) > 1}
    matrices = [shapes[weights_of[name]] for name in variants.large_matrices(model)]
    assert len(matrices) > 20
    assert all(len(shape) == 2 and min(shape) >= 16 for shape in matrices)
    mixing = variants.large_convolutions(model)
    alone = variants.large_convolutions(model, depthwise=True)
    assert not set(mixing) & set(alone)
    assert {shapes[weights_of[name]][1] for name in alone} == {1}


def test_minutiae_are_the_same_to_a_pixel() -> None:
    expected = at((10, 10), (50, 50), (80, 20), (5, 90))
    assert same_share(expected, expected) == 1
    assert same_share(expected, at((11, 9), (50, 52), (80, 21))) == 0.5
    nothing = at((1, 1)).best(0)
    assert same_share(expected, nothing) == 0
    assert same_share(nothing, expected) == 1
