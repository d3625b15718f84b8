import hashlib
import threading
from importlib import resources

import numpy as np
import pytest

import matching
from matching import ModelError, Template
from matching.extraction import leader, parameters
from matching.extraction.framing import pad
from matching.extraction.leader import LeaderExtractor, decode
from matching.synthesis import make_finger

FINGER = make_finger(11)
PRINT = FINGER.impression(1, grey_levels=16)


def turned_pairs(first: Template, second: Template, turn: int) -> float:
    """Share of the first's minutiae that the second has within 4 pixels and a sixteenth of a turn."""
    found = 0
    for x, y, angle in zip(first.x.astype(int), first.y.astype(int), first.angle.astype(int), strict=True):
        near = np.hypot(second.x - x, second.y - y) <= 4
        off = (second.angle.astype(int) - angle - turn + 128) % 256 - 128
        found += bool(np.any(near & (np.abs(off) <= 16)))
    return found / len(first)


def test_a_model_that_is_not_ours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "LEADER_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="install the engine again"):
        LeaderExtractor().warm_up()


def test_a_missing_model_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(leader.resources, "files", lambda package: tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        LeaderExtractor().warm_up()


def test_provenance_names_the_model_that_is_there() -> None:
    folder = resources.files("matching.models")
    digest = hashlib.sha256(folder.joinpath("leader.onnx").read_bytes()).hexdigest()
    assert digest == parameters.LEADER_SHA256
    assert digest in folder.joinpath("PROVENANCE.md").read_text()
    assert "MIT License" in folder.joinpath("LICENSE").read_text()


@pytest.mark.parametrize("level", [0, 255])
def test_an_even_image_has_no_minutiae(level: int) -> None:
    assert len(matching.extract(np.full((288, 256), level, np.uint8))) == 0


def test_noise_has_an_answer() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (192, 192)).astype(np.uint8)
    assert len(matching.extract(noise)) <= 255


def test_a_print_has_minutiae_best_first_and_inside() -> None:
    template = matching.extract(PRINT)
    assert (template.width, template.height) == (256, 288)
    assert 20 <= len(template) <= 100
    assert np.all(np.diff(template.quality.astype(int)) <= 0)
    assert template.quality.min() >= 20
    assert set(template.kind) == {1, 2}


def test_a_template_survives_its_record() -> None:
    template = matching.extract(PRINT)
    assert Template.from_iso(template.to_iso()) == template


def test_a_shifted_image_has_the_same_minutiae_shifted() -> None:
    """Sides that are no multiples of 32 too: what is added around the image is taken off the coordinates."""
    whole = matching.extract(PRINT)
    cut = matching.extract(PRINT[21:, 13:])
    back = Template(cut.x + 13, cut.y + 21, cut.angle, cut.kind, cut.quality, 256, 288)
    inside = whole.y > 40
    kept = Template(
        *(getattr(whole, name)[inside] for name in ("x", "y", "angle", "kind", "quality")), 256, 288
    )
    assert turned_pairs(kept, back, 0) > 0.85


def test_angles_are_counter_clockwise_with_y_down() -> None:
    """An image turned a quarter counter-clockwise has its minutiae turned by 64 units, at (y, width - 1 - x)."""
    upright = matching.extract(PRINT)
    turned = matching.extract(np.ascontiguousarray(np.rot90(PRINT)))
    expected = Template(
        upright.y, 255 - upright.x, upright.angle, upright.kind, upright.quality, turned.width, turned.height
    )
    assert turned_pairs(expected, turned, 64) > 0.8


@pytest.mark.parametrize("dpi", [400, 1000])
def test_coordinates_are_at_500_dpi_whatever_the_image(dpi: int) -> None:
    scale = dpi / 500
    enlarged = PRINT[
        (np.arange(round(288 * scale)) / scale).astype(int)[:, None],
        (np.arange(round(256 * scale)) / scale).astype(int),
    ]
    assert turned_pairs(matching.extract(PRINT).best(20), matching.extract(enlarged, dpi), 0) > 0.6


def test_a_direction_points_along_the_vector_of_the_network() -> None:
    place = np.array([[7, 30], [20, 20]])
    direction = np.array([[0, 3], [2, -1e-9]])
    template = decode(place, np.array([0.9, 0.2]), direction, np.array([0.8, 0]), 40, 50)
    assert template.x.tolist() == [30, 20]
    assert template.y.tolist() == [7, 20]
    assert template.angle.tolist() == [64, 0]
    assert template.kind.tolist() == [1, 2]
    assert template.quality.tolist() == [90, 20]
    assert (template.width, template.height) == (50, 40)


def test_what_was_found_in_the_margin_is_left_out() -> None:
    place = np.array([[-1, 5], [5, -1], [40, 5], [5, 50], [39, 49], [0, 0]])
    template = decode(place, np.linspace(0.9, 0.4, 6), np.ones((6, 2)), np.ones(6), 40, 50)
    assert template.y.tolist() == [39, 0]
    assert template.quality.tolist() == [50, 40]


def test_only_the_best_255_are_kept() -> None:
    quality = np.linspace(0.9, 0.3, 400)
    template = decode(
        np.stack(np.divmod(np.arange(400), 20), axis=1), quality, np.ones((400, 2)), quality, 20, 20
    )
    assert len(template) == 255
    assert template.quality.max() == 90
    assert template.quality.min() == round(100 * quality[254])


def test_padding_centres_the_image() -> None:
    padded, top, left = pad(np.arange(81 * 96, dtype=np.uint32).reshape(81, 96).astype(np.uint8))
    assert padded.shape == (96, 96)
    assert (top, left) == (7, 0)


def test_the_trace_ends_with_what_is_found_and_shows_why() -> None:
    image = np.ascontiguousarray(PRINT[:270, 9:])
    stages = dict(LeaderExtractor().trace(image))
    assert list(stages)[-1] == "minutiae"
    found = stages["minutiae"]
    assert found == LeaderExtractor().find(image)
    probability = stages["minutia probability"]
    padded = stages["sides made multiples of 32"]
    assert probability.shape == padded.shape == (288, 256)
    at_minutiae = probability[found.y + 9, found.x + 4]
    np.testing.assert_array_equal(np.rint(at_minutiae * 100), found.quality)
    assert np.median(probability) < 0.01


def test_bare_glass_around_a_print_changes_little() -> None:
    expected = matching.extract(PRINT)
    large = np.full((480, 640), PRINT[0, 0])
    large[100:388, 300:556] = PRINT
    found = matching.extract(large)
    assert (found.width, found.height) == (640, 480)
    back = Template(found.x - 300, found.y - 100, found.angle, found.kind, found.quality, 256, 288)
    assert turned_pairs(expected, back, 0) > 0.9
    assert turned_pairs(back, expected, 0) > 0.9


def test_many_threads_share_one_extractor() -> None:
    expected = LeaderExtractor().find(PRINT)
    answers: list[Template] = []
    shared = LeaderExtractor()
    threads = [threading.Thread(target=lambda: answers.append(shared.find(PRINT))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4


def test_one_may_ask_for_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    opened = leader._open_session

    def watch(model: bytes, threads: int):
        asked.append(threads)
        return opened(model, threads)

    monkeypatch.setattr(leader, "_open_session", watch)
    LeaderExtractor(threads=2).warm_up()
    monkeypatch.setenv(leader.THREADS_VARIABLE, "2")
    LeaderExtractor().warm_up()
    monkeypatch.delenv(leader.THREADS_VARIABLE)
    LeaderExtractor().warm_up()
    assert asked == [2, 2, 1]


def test_another_extractor_can_take_its_place() -> None:
    class Nothing:
        name = "nothing"

        def find(self, image: np.ndarray) -> Template:
            return decode(np.zeros((0, 2), int), np.zeros(0), np.zeros((0, 2)), np.zeros(0), *image.shape)

        def trace(self, image: np.ndarray) -> list:
            return [("nothing", self.find(image))]

        def warm_up(self) -> None: ...

    assert len(matching.extract(PRINT, extractor=Nothing())) == 0
