from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import ImageError
from matching.evaluation import error_rates, evaluate_set, report
from matching.prints import FolderError, Impression, dpi_of, find_impressions

from .made_minutiae import finger, touch


def rates(genuine: list[float], impostor: list[float]):
    return error_rates(np.array(genuine), np.array(impostor))


class TestErrorRates:
    def test_apart_means_no_error(self):
        found = rates([3, 4, 5], [0, 1, 2])
        assert (found.eer, found.fmr100, found.fmr1000, found.zerofmr) == (0, 0, 0, 0)

    def test_swapped_means_all_error(self):
        assert rates([0, 0, 0], [1, 1, 1]).eer == 100

    def test_one_of_four_each_way(self):
        found = rates([1, 5, 6, 7], [0, 2, 3, 5.5])
        assert found.eer == 25
        assert found.zerofmr == 50

    def test_equal_scores_everywhere_say_nothing(self):
        assert rates([0, 0], [0, 0]).eer == 50

    def test_one_false_match_in_a_hundred_is_allowed_at_fmr100(self):
        found = rates([5, 5, 5, 10], [0] * 99 + [7])
        assert (found.fmr100, found.fmr1000, found.zerofmr) == (0, 75, 75)

    @pytest.mark.parametrize(("genuine", "impostor"), [([], [1.0]), ([1.0], [])])
    def test_no_pairs_have_no_rate(self, genuine, impostor):
        with pytest.raises(ValueError, match="at least one"):
            rates(genuine, impostor)

    @given(*[st.lists(st.integers(0, 8), min_size=1, max_size=40)] * 2)
    def test_agree_with_counting(self, genuine: list[int], impostor: list[int]):
        found = rates(genuine, impostor)
        curve = [
            (sum(g < t for g in genuine) / len(genuine), sum(i >= t for i in impostor) / len(impostor))
            for t in range(11)
        ]
        assert found.zerofmr == pytest.approx(100 * min(miss for miss, false in curve if false == 0))
        assert found.fmr100 == pytest.approx(100 * min(miss for miss, false in curve if false <= 0.01))
        assert min(100 * (miss + false) / 2 for miss, false in curve) - 1e-9 <= found.eer
        assert found.eer <= min(100 * max(miss, false) for miss, false in curve) + 1e-9


def impressions(fingers: int, each: int) -> list[Impression]:
    return [Impression(f"{f}", n, Path(f"{f}_{n}.png")) for f in range(fingers) for n in range(1, each + 1)]


class TestProtocol:
    def test_every_two_impressions_are_compared_once(self):
        result = evaluate_set(impressions(4, 3), lambda each: touch(finger(int(each.finger)), each.number))
        assert len(result.genuine) == 4 * 3
        assert len(result.impostor) == 12 * 11 / 2 - 12
        assert result.genuine.min() > 6
        assert result.impostor.max() < 4
        row = report({"made": result})["sets"]["made"]
        assert (row["genuine"], row["impostor"], row["eer"], row["refused"]) == (12, 54, 0, 0)

    def test_an_image_that_cannot_be_used_stays_in_the_protocol(self):
        def extract(each: Impression):
            if (each.finger, each.number) == ("1", 2):
                raise ImageError("The image is too small.")
            return touch(finger(int(each.finger)), each.number)

        result = evaluate_set(impressions(4, 3), extract)
        assert result.refused == 1
        assert (result.genuine == 0).sum() == 2
        assert len(result.genuine) + len(result.impostor) == 66

    def test_the_report_gives_the_mean_over_sets_and_the_rate_of_all_pairs(self):
        good = evaluate_set(impressions(3, 2), lambda each: touch(finger(int(each.finger)), each.number))
        bad = evaluate_set(impressions(3, 2), lambda each: finger(10 * int(each.finger) + each.number))
        whole = report({"good": good, "bad": bad})
        assert whole["mean_eer"] == pytest.approx(
            (whole["sets"]["good"]["eer"] + whole["sets"]["bad"]["eer"]) / 2, abs=1e-4
        )
        assert 0 < whole["pooled_eer"] < whole["sets"]["bad"]["eer"]


class TestFolders:
    def test_names_say_finger_and_impression(self, tmp_path: Path):
        for name in ("101-4_10.png", "101-4_2.PNG", "a_b_1.tif", "readme.txt", "101-4.png", "x_y.png"):
            (tmp_path / name).touch()
        found = find_impressions(tmp_path)
        assert [(each.finger, each.number) for each in found] == [("101-4", 2), ("101-4", 10), ("a_b", 1)]

    def test_a_folder_without_prints_is_refused(self, tmp_path: Path):
        with pytest.raises(FolderError, match="no fingerprint images"):
            find_impressions(tmp_path)
        with pytest.raises(FolderError, match="not a folder"):
            find_impressions(tmp_path / "missing")

    def test_dpi_comes_from_the_option_then_the_list_then_the_usual(self, tmp_path: Path):
        folder = tmp_path / "optical"
        folder.mkdir()
        assert dpi_of(folder) == 500
        (tmp_path / "sets.json").write_text('{"optical": {"dpi": 569}}')
        assert dpi_of(folder) == 569
        assert dpi_of(folder, 508) == 508
        (folder / "sets.json").write_text('{"optical": {"dpi": 512}}')
        assert dpi_of(folder) == 512

    @pytest.mark.parametrize(
        "text", ["{", '{"optical": 5}', '{"optical": {"dpi": "many"}}', '{"optical": {}}']
    )
    def test_a_list_that_cannot_be_understood_is_said(self, tmp_path: Path, text: str):
        (tmp_path / "sets.json").write_text(text)
        (tmp_path / "optical").mkdir()
        with pytest.raises(FolderError, match="--dpi"):
            dpi_of(tmp_path / "optical")
