from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge.sensor.port import Light
from simulation.sensor.fingers import NoPrints, fitted, folder_of_prints
from simulation.sensor.lamp import Seen, seen
from simulation.sensor.models import R503, ZFM20


def save(path: Path, shape: tuple[int, int] = (300, 300), grey: int = 100) -> None:
    Image.fromarray(np.full(shape, grey, dtype=np.uint8)).save(path)


def test_prints_are_grouped_by_finger_in_order_of_impression(tmp_path: Path) -> None:
    for name in ("7_10.png", "7_2.tif", "left-thumb_1.bmp", "3_1.jpg", "notes.txt", "noimpression.png"):
        if name.endswith(".txt"):
            (tmp_path / name).write_text("no print")
        else:
            save(tmp_path / name)
    prints = folder_of_prints(tmp_path)
    assert list(prints) == ["3", "7", "left-thumb"]
    assert [one.impression for one in prints["7"]] == ["2", "10"]
    assert prints["7"][0].image(ZFM20).shape == (288, 256)


def test_a_folder_without_prints_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(NoPrints, match="<finger>_<impression>"):
        folder_of_prints(tmp_path)
    with pytest.raises(NoPrints, match="no folder"):
        folder_of_prints(tmp_path / "absent")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "1_1.png").write_bytes(b"not an image")
    with pytest.raises(NoPrints, match=r"1_1\.png"):
        folder_of_prints(tmp_path)["1"][0].image(ZFM20)


def test_fitting_crops_the_middle_and_keeps_sixteen_greys() -> None:
    wide = np.zeros((400, 600), np.uint8)
    wide[200, 300] = 255
    image = fitted(wide, R503)
    assert image.shape == (192, 192)
    assert image.dtype == np.uint8
    assert image[96, 96] == 255
    assert set(np.unique(fitted(np.arange(65536, dtype=np.uint8).reshape(256, 256), ZFM20))) <= {
        level * 17 for level in range(16)
    }


def test_fitting_pads_a_small_print_with_paper() -> None:
    image = fitted(np.zeros((100, 100), np.uint8), ZFM20)
    assert image[0, 0] == 255
    assert image[144, 128] == 0
    assert (image == 0).sum() == 10_000


@pytest.mark.parametrize("light", Light)
def test_every_light_of_the_terminal_tells_a_person_what_it_means(light: Light) -> None:
    assert seen(*light.value).told == light.name


def test_a_light_nobody_was_taught_tells_nothing() -> None:
    assert seen(3, 0, 4, 0) == Seen("green", "steady")
    assert seen(3, 0, 4, 0).told is None
