"""What a stranger sees of the package, and what every extractor must do."""

import builtins
import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest

import matching
from matching import ClassicalExtractor, Extractor, Template
from matching.extraction.choice import default_extractor
from matching.extraction.leader import LeaderExtractor
from matching.synthesis import make_finger

EXTRACTORS = {"leader": LeaderExtractor(), "classical": ClassicalExtractor()}
PRINTS = [make_finger(11).impression(1, grey_levels=16), make_finger(12).impression(2)]
PRINT = PRINTS[0]

both = pytest.mark.parametrize("extractor", EXTRACTORS.values(), ids=EXTRACTORS.keys())


def share_found(wanted: Template, found: Template, distance_px: float = 4, turn_units: int = 16) -> float:
    """Share of the wanted minutiae that were found within a distance and an angle."""
    x, y, angle = (np.asarray(getattr(found, name), int) for name in ("x", "y", "angle"))
    hits = 0
    for at_x, at_y, at_angle in zip(
        *(np.asarray(getattr(wanted, n), int) for n in ("x", "y", "angle")), strict=True
    ):
        off = np.abs((angle - at_angle + 128) % 256 - 128)
        hits += bool(np.any((np.hypot(x - at_x, y - at_y) <= distance_px) & (off <= turn_units)))
    return hits / len(wanted)


def moved(template: Template, x: np.ndarray, y: np.ndarray, turn: int, kept: np.ndarray) -> Template:
    angle = ((template.angle.astype(int) + turn) % 256).astype(np.uint8)
    columns = (value[kept] for value in (x, y, angle, template.kind, template.quality))
    return Template(*columns, width=300, height=300)


def test_every_promised_name_is_there() -> None:
    for name in matching.__all__:
        assert getattr(matching, name) is not None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'idenfity'"):
        matching.idenfity  # noqa: B018  the look-up itself is what is tested


def test_who_only_holds_templates_loads_no_compiler_and_no_network() -> None:
    script = (
        "import sys, matching; matching.Template; "
        "sys.exit(any(name in sys.modules for name in ('numba', 'onnxruntime', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.fixture
def forget_choice() -> Callable[[], None]:
    default_extractor.cache_clear()
    yield
    default_extractor.cache_clear()


@pytest.mark.usefixtures("forget_choice")
def test_the_network_is_what_works_by_default() -> None:
    assert default_extractor().name == "leader"


@pytest.mark.usefixtures("forget_choice")
def test_without_onnxruntime_the_classical_extractor_works_and_the_log_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = builtins.__import__

    def broken(name: str, *rest: object, **more: object) -> object:
        if name == "onnxruntime":
            raise ImportError("no such wheel")
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", broken)
    assert len(matching.extract(PRINT)) == len(matching.extract(PRINT, extractor=EXTRACTORS["classical"]))
    assert matching.default_extractor().name == "classical"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "no such wheel" in caplog.text


@both
@pytest.mark.parametrize("level", [0, 255])
def test_an_even_image_has_no_minutiae(extractor: Extractor, level: int) -> None:
    assert len(extractor.find(np.full((288, 256), level, np.uint8))) == 0


@both
@pytest.mark.parametrize("shape", [(80, 80), (81, 97), (80, 400)])
def test_noise_of_any_size_has_an_answer(extractor: Extractor, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    template = extractor.find(noise)
    assert (template.height, template.width) == shape


@both
@pytest.mark.parametrize("print_", PRINTS, ids=["16 levels", "256 levels"])
def test_a_print_has_minutiae_best_first(extractor: Extractor, print_: np.ndarray) -> None:
    template = extractor.find(print_)
    assert (template.height, template.width) == print_.shape
    assert 15 <= len(template) <= 100
    assert np.all(np.diff(template.quality.astype(int)) <= 0)
    assert template.quality.min() >= 20
    assert set(template.kind) == {1, 2}
    assert Template.from_iso(template.to_iso()) == template


@both
def test_a_cut_image_has_the_same_minutiae_at_their_places(extractor: Extractor) -> None:
    whole, cut = extractor.find(PRINT), extractor.find(PRINT[21:, 13:])
    deep = (whole.y > 50) & (whole.x > 40)
    wanted = moved(whole, whole.x - 13, whole.y - 21, 0, deep)
    assert share_found(wanted, cut) > 0.8


@both
def test_angles_are_counter_clockwise_with_y_down(extractor: Extractor) -> None:
    """An image turned a quarter counter-clockwise has its minutiae turned by 64 units, at (y, width - 1 - x)."""
    upright, turned = extractor.find(PRINT), extractor.find(np.ascontiguousarray(np.rot90(PRINT)))
    wanted = moved(upright, upright.y, 255 - upright.x, 64, upright.quality > 30)
    assert share_found(wanted, turned) > 0.8


@both
def test_two_impressions_of_a_finger_match_and_two_fingers_do_not(extractor: Extractor) -> None:
    same, other = make_finger(11).impression(3), PRINTS[1]
    first, second, third = (matching.extract(image, extractor=extractor) for image in (PRINT, same, other))
    assert matching.compare(first, second) > 4
    assert matching.compare(first, third) < 2


@both
def test_the_stages_end_with_the_template(extractor: Extractor) -> None:
    stages = extractor.trace(PRINT)
    assert stages[-1][1] == extractor.find(PRINT)
    for caption, picture in stages[:-1]:
        assert picture.ndim == 2, caption
        assert picture.dtype == bool or np.isfinite(picture).any(), caption


@both
def test_threads_may_share_an_extractor(extractor: Extractor) -> None:
    expected = extractor.find(PRINT)
    answers: list[Template] = []
    threads = [threading.Thread(target=lambda: answers.append(extractor.find(PRINT))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 3


@pytest.mark.parametrize("print_", PRINTS, ids=["16 levels", "256 levels"])
def test_both_extractors_mean_the_same_by_place_and_angle(print_: np.ndarray) -> None:
    leader, classical = (extractor.find(print_) for extractor in EXTRACTORS.values())
    assert share_found(leader.best(25), classical, distance_px=8, turn_units=14) > 0.6
    assert share_found(classical.best(25), leader, distance_px=8, turn_units=14) > 0.6
