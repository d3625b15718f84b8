from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from matching.models import graph, heads, layers, make_leader


def correlate(image: np.ndarray, kernel: np.ndarray, *, padded: bool = False) -> np.ndarray:
    """The sum of products at each place of the kernel; with `padded` there are as many places as pixels."""
    if padded:
        image = np.pad(image, [(side // 2, side // 2) for side in kernel.shape])
    return np.einsum("yxij,ij->yx", sliding_window_view(image, kernel.shape), kernel)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "some.weights.h5").write_bytes(b"not these")
    with pytest.raises(SystemExit, match="not the LEADER weights"):
        layers.read_layers(tmp_path / "some.weights.h5")


def test_a_convolution_before_the_doubling_does_what_it_did_after() -> None:
    random = np.random.default_rng(3)
    kernel = random.normal(size=(2, 3, 5, 5)).astype(np.float32)
    image = random.normal(size=(3, 6, 8))
    doubled = image.repeat(2, axis=1).repeat(2, axis=2)
    after = [sum(correlate(doubled[c], kernel[o, c], padded=True) for c in range(3)) for o in range(2)]
    small = heads.undoubled(kernel).reshape(2, 2, 2, 3, 3, 3)
    before = np.empty((2, 12, 16))
    for row, column, out in np.ndindex(2, 2, 2):
        parts = (correlate(image[c], small[row, column, out, c], padded=True) for c in range(3))
        before[out, row::2, column::2] = sum(parts)
    np.testing.assert_allclose(before, after, rtol=0, atol=1e-5)


def test_every_number_in_the_order_of_layers_is_used_once() -> None:
    names = [name for group in layers.Layers.ORDER.values() for name in group]
    assert len(names) == len(set(names))


def test_the_model_speaks_as_its_maker_says() -> None:
    model = onnx.load(Path(make_leader.__file__).with_name("leader.onnx"))
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in model.graph.input] == ["image", "least"]
    assert [value.name for value in model.graph.output] == [
        "place",
        "quality",
        "direction",
        "ending",
        "probability",
    ]
    assert {entry.domain for entry in model.opset_import} == {"", graph.RUNTIME_DOMAIN}


def test_a_depthwise_convolution_of_a_patch_is_one_matrix_for_each_channel() -> None:
    random = np.random.default_rng(4)
    kernel = random.normal(size=(2, 1, 7, 7)).astype(np.float32)
    patch = random.normal(size=(2, 9, 9))
    expected = [correlate(patch[c], kernel[c, 0]).ravel() for c in range(2)]
    matrix = heads.shifted(kernel)
    np.testing.assert_allclose([patch[c].ravel() @ matrix[c] for c in range(2)], expected, rtol=0, atol=1e-5)
