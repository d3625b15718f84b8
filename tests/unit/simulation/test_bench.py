"""The figures of `./pims bench matching`, at a size that takes seconds."""

from __future__ import annotations

import numpy as np
import pytest

from matching import compare
from matching.comparison import build_cylinders
from simulation.bench import searching
from simulation.bench.__main__ import main
from simulation.bench.measuring import Row, milliseconds
from simulation.bench.population import enrolled_touch, later_touch, prepared_touches
from simulation.progress import Progress


class TestWords:
    def test_a_figure_within_what_is_asked(self):
        assert Row("search", 31.24, "ms", most=60).words() == ("search", "31.2 ms", "at most 60")
        assert Row("recall", 99.95, "%", least=99.9).words() == ("recall", "99.95 %", "at least 99.9")

    def test_a_figure_that_misses_it_says_so(self):
        assert Row("search", 61, "ms", most=60).words()[2] == "at most 60: MISSED"
        assert Row("recall", 99.8, "%", least=99.9).words()[2] == "at least 99.9: MISSED"

    def test_a_figure_that_is_only_told(self):
        assert Row("worst", 3, "").words() == ("worst", "3", "")


class TestPopulation:
    def test_is_the_same_for_the_same_number(self):
        assert enrolled_touch(3) == enrolled_touch(3)
        assert enrolled_touch(3) != enrolled_touch(4)

    def test_is_prepared_in_other_processes_in_order(self):
        numbers, prepared = zip(*prepared_touches(5, 8), strict=True)
        assert numbers == (5, 6, 7)
        alone = [build_cylinders(enrolled_touch(number)) for number in numbers]
        assert [len(each) for each in prepared] == [len(each) for each in alone]
        assert (prepared[1].rows == alone[1].rows).all()

    def test_touches_are_of_their_finger_and_of_no_other(self):
        rng = np.random.default_rng(1)
        probes = [later_touch(number, rng) for number in range(12)]
        mates = [compare(probe, enrolled_touch(number)) for number, probe in enumerate(probes)]
        others = [compare(probe, enrolled_touch(number + 1)) for number, probe in enumerate(probes)]
        assert np.median(mates) > 8
        assert max(others) < 4


class TestSearch:
    def test_tells_times_memory_and_recall(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(searching, "SIZES", {150: (3, 20, 3)})
        monkeypatch.setattr(searching, "LIMITS_MS", {150: 1e6})
        figures = searching.search_figures(Progress())
        of = figures["search"]["150"]
        assert of["recall"]["on_the_short_list"] == of["recall"]["searches"] > 10
        assert of["recall"]["percent"] == 100
        assert of["recall"]["at_least_percent_95"] < 100
        assert of["relaxing_everybody"]["same_answer"] == 3
        assert of["identify_ms"]["p50"] > 0
        assert not any(
            "MISSED" in row.words()[2] for row in searching.search_rows(figures) if row.unit != "bytes"
        )


def test_times_are_measured_by_call():
    seen = []
    assert milliseconds(seen.append, 4)["p50"] >= 0
    assert seen == [0, 1, 2, 3]


@pytest.mark.parametrize("words", [["nothing"], ["matching", "--report", "/no/such/folder/out.json"]])
def test_what_cannot_be_done_is_said_before_hours_of_work(words, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert "no section" in capsys.readouterr().err or words[0] == "matching"
