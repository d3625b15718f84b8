from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import ImageError
from matching.evaluation import (
    Taken,
    compare_all,
    det_curve,
    error_rates,
    evaluate_set,
    extracted,
    interval,
    protocol,
    rates_at,
    report,
)
from matching.evaluation.identification import Search, search_report
from matching.gallery import Outcome
from matching.prints import FolderError, Impression, check_pairs, dpi_of, find_impressions, name_of

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


class TestCurve:
    def test_every_score_is_a_threshold(self):
        curve = det_curve(np.array([1.0, 3.0]), np.array([0.0, 0.0, 2.0, 3.0]))
        assert curve.threshold.tolist() == [0, 1, 2, 3, np.inf]
        assert curve.match.tolist() == [100, 50, 50, 25, 0]
        assert curve.non_match.tolist() == [0, 0, 50, 50, 100]

    def test_a_score_that_equals_the_threshold_matches(self):
        found = rates_at(np.array([1.0, 4.0, 5.0, 6.0]), np.array([0.0, 3.9, 4.0, 1.0, 1.0]), 4.0)
        assert (found.false_matches, found.fmr) == (1, 20)
        assert (found.false_non_matches, found.fnmr) == (1, 25)
        assert found.fmr_interval[0] < 20 < found.fmr_interval[1]


class TestInterval:
    @pytest.mark.parametrize(
        ("events", "trials", "low", "high"),
        [
            (0, 10, 0, 100 * (1 - 0.025 ** (1 / 10))),
            (10, 10, 100 * 0.025 ** (1 / 10), 100),
            (10, 100, 4.900, 17.622),
            (1, 20, 0.127, 24.873),
        ],
    )
    def test_as_published(self, events, trials, low, high):
        assert interval(events, trials) == pytest.approx((low, high), abs=1e-3)

    @pytest.mark.parametrize(("events", "trials"), [(0, 0), (3, 2), (-1, 5)])
    def test_what_cannot_be_is_refused(self, events, trials):
        with pytest.raises(ValueError, match="at least one trial"):
            interval(events, trials)


class FakeTime:
    """Stands still unless something says that it took time."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.now / 2


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    clock = FakeTime()
    monkeypatch.setattr(protocol, "time", clock)
    return clock


class TestTimes:
    def test_a_comparison_is_timed_without_what_shows_progress(self, fake_time, monkeypatch):
        def slow(_probe, _candidate) -> float:
            fake_time.now += 30e-6
            return 0.0

        def follow(items, _what, _count):
            for item in items:
                fake_time.now += 5
                yield item

        monkeypatch.setattr(protocol, "compare_cylinders", slow)
        result = compare_all([Taken(f"{which}", finger(which)) for which in (0, 0, 1, 1)], follow)
        assert result.compare_us == pytest.approx(30)

    def test_an_extraction_is_timed_on_the_wall_and_on_the_processor(self, fake_time):
        def extract(_impression):
            fake_time.now += 2
            return finger(0)

        found = extracted(Impression("a", 1, Path("a_1.png")), extract)
        assert (found.extract_ms, found.cpu_ms) == (2000, 1000)


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


@pytest.fixture(scope="module")
def made_figures():
    """Twelve prints of four fingers; the first has the worst quality and was refused."""
    taken = [
        Taken(each.finger, touch(finger(int(each.finger)), each.number), 20 + place, 90 + place, 80)
        for place, each in enumerate(impressions(4, 3))
    ]
    taken[0] = Taken(taken[0].finger, None, 0, 1, 1)
    return report({"made": compare_all(taken)})


class TestReport:
    def test_counts_and_times(self, made_figures):
        row = made_figures["sets"]["made"]
        assert (row["images"], row["fingers"], row["refused"]) == (12, 4, 1)
        assert row["extract_ms"] == pytest.approx((1 + sum(range(91, 102))) / 12, abs=0.01)
        assert 0 < row["prepared_bytes"] < 6 * 1024

    def test_the_histogram_holds_every_pair_once(self, made_figures):
        bins = made_figures["sets"]["made"]["histogram"]
        assert (sum(bins["genuine"]), sum(bins["impostor"])) == (12, 54)
        assert bins["genuine"][0] == 2

    def test_the_curve_runs_from_all_match_to_none_matches(self, made_figures):
        curve = made_figures["pooled"]["det"]
        assert (curve["fmr"][0], curve["fnmr"][0]) == (100, 0)
        assert (curve["fmr"][-1], curve["fnmr"][-1], curve["threshold"][-1]) == (0, 100, None)
        assert curve["fmr"] == sorted(curve["fmr"], reverse=True)
        assert curve["fnmr"] == sorted(curve["fnmr"])

    def test_thresholds_carry_claim_and_observation(self, made_figures):
        at = {each["score"]: each for each in made_figures["sets"]["made"]["thresholds"]}
        assert at[3.0]["claimed_fmr"] == pytest.approx(0.1)
        assert (at[4.0]["false_non_matches"], at[4.0]["fnmr"]) == (2, pytest.approx(100 * 2 / 12, abs=0.01))
        assert at[4.0]["fmr"] == 0
        assert at[4.0]["fmr_interval"][1] == pytest.approx(100 * (1 - 0.025 ** (1 / 54)), abs=0.01)

    def test_leaving_out_the_worst_image_leaves_no_miss(self, made_figures):
        curve = made_figures["sets"]["made"]["discard"][0]
        assert curve["score"] == 4
        assert curve["fnmr"][0] == pytest.approx(100 * 2 / 12, abs=0.01)
        assert curve["discarded"][1] == pytest.approx(100 / 12, abs=0.01)
        assert curve["fnmr"][1] == 0

    def test_without_quality_there_is_no_such_curve(self):
        result = evaluate_set(impressions(2, 2), lambda each: finger(int(each.finger)))
        assert report({"made": result})["sets"]["made"]["discard"] is None

    def test_long_curves_are_thinned_and_keep_their_ends(self):
        random = np.random.default_rng(1)
        result = compare_all([Taken("a", finger(0)), Taken("a", finger(0)), Taken("b", finger(1))])
        result = dataclasses.replace(
            result,
            genuine=random.normal(4, 2, 3000),
            impostor=random.normal(1, 1, 9000),
            genuine_images=np.zeros((3000, 2), dtype=np.int64),
        )
        curve = report({"made": result})["pooled"]["det"]
        assert 100 < len(curve["fmr"]) <= 242
        assert (curve["fmr"][0], curve["fnmr"][-1]) == (100, 100)


class TestSearchReport:
    def test_rates_of_hand_made_searches(self):
        def mated(outcome: Outcome, returned: str | None, rank: int | None) -> Search:
            return Search("a", True, outcome, returned, rank, 1.0)

        searches = [
            *[mated(Outcome.MATCH, "a", 1)] * 5,
            mated(Outcome.MATCH, "b", 2),
            mated(Outcome.AMBIGUOUS, None, 1),
            mated(Outcome.NO_MATCH, None, None),
            *[Search("z", False, Outcome.NO_MATCH, None, None, 3.0)] * 3,
            Search("z", False, Outcome.MATCH, "a", None, 3.0),
        ]
        found = search_report(searches)
        assert (found["mated"], found["non_mated"]) == (8, 4)
        assert (found["rank1"], found["fnir"], found["wrong_finger"]) == (75, 37.5, 12.5)
        assert (found["fpir"], found["ambiguous_mated"], found["ambiguous_non_mated"]) == (25, 12.5, 0)
        assert found["fpir_interval"] == pytest.approx(interval(1, 4), abs=1e-4)
        assert found["search_ms"] == 1

    def test_no_searches_of_a_kind_have_no_rate(self):
        found = search_report([Search("a", True, Outcome.MATCH, "a", 1, 1.0)])
        assert found["fpir"] is None
        assert found["fnir"] == 0


class TestFolders:
    def test_names_say_finger_and_impression(self, tmp_path: Path):
        for name in ("101-4_10.png", "101-4_2.PNG", "a_b_1.tif", "readme.txt", "101-4.png", "x_y.png"):
            (tmp_path / name).touch()
        found = find_impressions(tmp_path)
        assert [(each.finger, each.number) for each in found] == [("101-4", 2), ("101-4", 10), ("a_b", 1)]

    def test_files_that_are_no_impressions_are_passed_by(self, tmp_path: Path):
        for name in ("1_1.png", "._1_2.png", "1_3.gif", "1_x.png", "_4.png"):
            (tmp_path / name).touch()
        (tmp_path / "2_1.png").mkdir()
        assert [each.path.name for each in find_impressions(tmp_path)] == ["1_1.png"]

    def test_one_impression_in_two_files_is_refused(self, tmp_path: Path):
        for name in ("1_1.png", "1_01.bmp"):
            (tmp_path / name).touch()
        with pytest.raises(FolderError, match=r"1_01\.bmp and 1_1\.png"):
            find_impressions(tmp_path)

    def test_a_folder_of_folders_says_which_to_name(self, tmp_path: Path):
        (tmp_path / "optical").mkdir()
        (tmp_path / "optical" / "1_1.png").touch()
        with pytest.raises(FolderError, match=r"name those, such as .*optical"):
            find_impressions(tmp_path)

    def test_a_link_has_its_own_name_and_the_resolution_of_what_it_leads_to(self, tmp_path: Path):
        (tmp_path / "sets").mkdir()
        (tmp_path / "sets" / "optical").mkdir()
        (tmp_path / "sets" / "sets.json").write_text('{"optical": {"dpi": 569}}')
        link = tmp_path / "mine"
        link.symlink_to(tmp_path / "sets" / "optical")
        assert name_of(link) == "mine"
        assert dpi_of(link) == 569

    @pytest.mark.parametrize(
        ("fingers", "sentence"),
        [
            (["a", "a"], "one finger only"),
            (["a", "b", "c"], "one impression of each"),
            ([], "one finger only"),
        ],
    )
    def test_fingers_that_make_no_pairs_are_said(self, fingers: list[str], sentence: str):
        with pytest.raises(FolderError, match=sentence):
            check_pairs("made", fingers)

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
        "text",
        [
            "{",
            '{"optical": {"dpi": 100}}',
            '{"optical": {"dpi": NaN}}',
            '{"optical": 5}',
            '{"optical": {"dpi": "many"}}',
            '{"optical": {}}',
        ],
    )
    def test_a_list_that_cannot_be_understood_is_said(self, tmp_path: Path, text: str):
        (tmp_path / "sets.json").write_text(text)
        (tmp_path / "optical").mkdir()
        with pytest.raises(FolderError, match="dpi"):
            dpi_of(tmp_path / "optical")
