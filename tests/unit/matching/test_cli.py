from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import matching
from matching.cli import main
from matching.commands import extracting, images, options
from matching.commands.images import UnreadableImageError, read_image
from matching.commands.progress import Progress
from matching.comparison.calibration import CEILING, SUPPORTED
from matching.comparison.confidence import confidence
from matching.comparison.explanation import explain
from matching.drawing import words
from matching.errors import ImageError
from matching.evaluation import protocol

from .made_minutiae import finger, touch
from .made_prints import LEVELS_A_FINGER, GreyExtractor, write_print


@pytest.fixture(autouse=True)
def grey_extractor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "default_extractor", GreyExtractor)
    monkeypatch.setattr(matching, "warm_up", lambda: None)


@pytest.fixture
def made_prints(tmp_path: Path) -> Path:
    """Three images of each of three fingers."""
    folder = tmp_path / "made"
    folder.mkdir()
    for which in range(3):
        for number in range(1, 4):
            write_print(folder, which, number)
    return folder


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The sentence on stderr; nothing on stdout."""
    assert main([str(each) for each in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


class TestHelp:
    def test_the_whole_gives_examples(self, capsys):
        with pytest.raises(SystemExit, match="0"):
            main(["--help"])
        said = capsys.readouterr().out
        assert "pims-matching compare one.png other.png" in said
        with pytest.raises(SystemExit, match="0"):
            main(["--version"])
        assert re.match(r"pims-matching \S+", capsys.readouterr().out)

    @pytest.mark.parametrize("command", ["evaluate", "identify", "show", "compare"])
    def test_each_command_explains_itself(self, command: str, capsys):
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])
        said = capsys.readouterr().out
        assert "--dpi" in said
        assert "--extractor" in said
        with pytest.raises(SystemExit, match="0"):
            main(["--help"])
        assert command in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["evaluate", "x", "--dpi", "100"], "250 to 1200"),
            (["evaluate", "x", "--dpi", "nan"], "250 to 1200"),
            (["evaluate", "x", "--dpi", "fine"], "give a number, not fine"),
            (["evaluate", "x", "--jobs", "0"], "whole number from 1"),
            (["identify", "--gallery", "x", "--probes", "x", "--fmr", "1"], "above 0 and below 1"),
            (["identify", "--gallery", "x", "--probes", "x", "--enrol", "one"], "such as 1,2"),
        ],
    )
    def test_an_option_that_makes_no_sense_is_said(self, arguments: list[str], sentence: str, capsys):
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert sentence in capsys.readouterr().err


class TestEvaluate:
    def test_writes_the_figures(self, made_prints: Path, tmp_path: Path, capsys):
        assert main(["evaluate", str(made_prints), "--report", str(tmp_path / "out.json")]) == 0
        figures = json.loads((tmp_path / "out.json").read_text())
        assert {"sets", "mean_eer", "pooled_eer", "memory_mb", "machine", "engine"} <= set(figures)
        assert list(figures["sets"]) == ["made"]
        row = figures["sets"]["made"]
        wanted = "genuine impostor eer fmr100 fmr1000 zerofmr extract_ms compare_us".split()
        assert list(row)[: len(wanted)] == wanted
        assert (row["genuine"], row["impostor"], row["eer"]) == (9, 27, 0)
        assert (row["images"], row["fingers"], row["refused"], row["unreadable"]) == (9, 3, 0, 0)
        assert (row["dpi"], figures["extractor"], figures["jobs"]) == (500, "grey", 1)
        assert re.search(r"made +9 +27 +0 ", capsys.readouterr().out)

    def test_more_jobs_give_the_same_figures(self, made_prints: Path, tmp_path: Path):
        rows = []
        for jobs in ("1", "3"):
            main(["evaluate", str(made_prints), "--jobs", jobs, "--report", str(tmp_path / "out.json")])
            row = json.loads((tmp_path / "out.json").read_text())["sets"]["made"]
            rows.append((row["histogram"], row["det"], row["discard"]))
        assert rows[0] == rows[1]

    def test_files_that_cannot_be_read_are_named_and_the_rest_goes_on(
        self, made_prints: Path, tmp_path: Path, capsys
    ):
        (made_prints / "9_1.png").write_bytes(b"not an image")
        (made_prints / "0_4.JPEG").write_bytes((made_prints / "0_1.png").read_bytes()[:60])
        assert main(["evaluate", str(made_prints), "--report", str(tmp_path / "out.json")]) == 0
        row = json.loads((tmp_path / "out.json").read_text())["sets"]["made"]
        assert (row["unreadable"], row["unreadable_files"]) == (2, ["0_4.JPEG", "9_1.png"])
        assert (row["genuine"], row["impostor"], row["refused"]) == (9, 27, 0)
        assert "left out, cannot be read: 0_4.JPEG, 9_1.png" in capsys.readouterr().out

    def test_images_that_the_engine_refuses_stay_and_match_nothing(
        self, made_prints: Path, tmp_path: Path, capsys
    ):
        Image.fromarray(np.zeros((40, 40), dtype=np.uint8)).save(made_prints / "0_4.png")
        main(["evaluate", str(made_prints), "--report", str(tmp_path / "out.json")])
        row = json.loads((tmp_path / "out.json").read_text())["sets"]["made"]
        assert "refused, matches nothing: 0_4.png. The image is too small" in capsys.readouterr().out
        assert list(row["refused_files"]) == ["0_4.png"]
        assert (row["genuine"], row["impostor"], row["refused"]) == (12, 33, 1)
        assert row["histogram"]["genuine"][0] == 3

    def test_extraction_is_timed_without_reading_and_judging(
        self, made_prints: Path, tmp_path: Path, monkeypatch
    ):
        clock = {"now": 0.0}

        def takes(seconds: float, work):
            def slower(*arguments, **named):
                clock["now"] += seconds
                return work(*arguments, **named)

            return slower

        class StoodTime:
            perf_counter = thread_time = staticmethod(lambda: clock["now"])

        monkeypatch.setattr(protocol, "time", StoodTime)
        monkeypatch.setattr(extracting, "read_image", takes(5, images.read_image))
        monkeypatch.setattr(matching, "assess", takes(7, matching.assess))
        monkeypatch.setattr(GreyExtractor, "find", takes(0.25, GreyExtractor.find))
        main(["evaluate", str(made_prints), "--report", str(tmp_path / "out.json")])
        assert json.loads((tmp_path / "out.json").read_text())["sets"]["made"]["extract_ms"] == 250

    def test_the_resolution_is_taken_from_the_list_beside(self, made_prints: Path, tmp_path: Path):
        (tmp_path / "sets.json").write_text('{"made": {"dpi": 569}}')
        main(["evaluate", str(made_prints), "--report", str(tmp_path / "out.json")])
        assert json.loads((tmp_path / "out.json").read_text())["sets"]["made"]["dpi"] == 569

    def test_prints_that_make_no_pairs_are_said(self, made_prints: Path, capsys):
        for path in made_prints.glob("*_[23].png"):
            path.unlink()
        assert "one impression of each finger" in refused(capsys, "evaluate", made_prints)
        for path in made_prints.glob("[12]_*.png"):
            path.unlink()
        assert "at least two fingers" in refused(capsys, "evaluate", made_prints)

    def test_nothing_readable_is_said(self, made_prints: Path, capsys):
        for path in made_prints.glob("*.png"):
            path.write_bytes(b"")
        assert "None of the files can be read" in refused(capsys, "evaluate", made_prints)

    def test_nothing_usable_is_said_with_the_reason(self, made_prints: Path, capsys):
        for path in made_prints.glob("*.png"):
            Image.new("L", (40, 40)).save(path)
        said = refused(capsys, "evaluate", made_prints)
        assert "Not one image" in said
        assert "too small" in said

    def test_the_rest_after_unreadable_files_must_make_pairs(self, made_prints: Path, capsys):
        for path in made_prints.glob("[12]_*.png"):
            path.write_bytes(b"")
        assert "without its unreadable files" in refused(capsys, "evaluate", made_prints)

    def test_two_folders_of_one_name_are_said(self, made_prints: Path, capsys):
        assert "same name" in refused(capsys, "evaluate", made_prints, made_prints)

    @pytest.mark.parametrize("option", ["--report", "--html"])
    def test_a_report_without_a_place_is_said_before_the_work(
        self, made_prints: Path, option: str, capsys, monkeypatch
    ):
        monkeypatch.setattr(extracting, "read_image", None)
        assert "does not exist" in refused(capsys, "evaluate", made_prints, option, made_prints / "no" / "x")
        assert "is a folder" in refused(capsys, "evaluate", made_prints, option, made_prints)

    def test_an_extractor_that_is_not_installed_is_said(self, made_prints: Path, capsys, monkeypatch):
        monkeypatch.setattr(options, "find_spec", lambda _name: None)
        said = refused(capsys, "evaluate", made_prints, "--extractor", "leader")
        assert "use --extractor classical" in said

    def test_either_extractor_can_be_asked_for(self, monkeypatch):
        monkeypatch.undo()
        assert [options.make_extractor(name).name for name in options.EXTRACTORS] == ["leader", "classical"]
        assert options.make_extractor(None) is matching.default_extractor()

    def test_stopped_by_hand_says_so(self, made_prints: Path, capsys, monkeypatch):
        def stop(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(extracting, "read_image", stop)
        assert main(["evaluate", str(made_prints)]) == 130
        assert "stopped" in capsys.readouterr().err


class TestIdentify:
    @pytest.fixture
    def folders(self, tmp_path: Path) -> tuple[Path, Path]:
        """Four fingers enrolled; two probes of each of them and of two more."""
        gallery, probes = tmp_path / "gallery", tmp_path / "probes"
        gallery.mkdir()
        probes.mkdir()
        for which in range(6):
            if which < 4:
                write_print(gallery, which, 1)
            for number in (2, 3):
                write_print(probes, which, number)
        return gallery, probes

    def figures(self, capsys, *arguments: object):
        assert main(["identify", "--json", *(str(each) for each in arguments)]) == 0
        return json.loads(capsys.readouterr().out)

    def test_known_fingers_are_found_and_unknown_ones_are_not(self, folders, tmp_path: Path, capsys):
        report = tmp_path / "out.json"
        found = self.figures(
            capsys, "--gallery", folders[0], "--probes", folders[1], "--fmr", "1e-3", "--report", report
        )
        assert (found["mated"], found["non_mated"], found["non_mated_by_taking_out"]) == (8, 4, False)
        assert (found["rank1"], found["fnir"], found["fpir"]) == (100, 0, 0)
        assert found["gallery"] == {"prints": 4, "fingers": 4, "refused": 0}
        assert json.loads(report.read_text()) == found

    def test_a_finger_under_two_names_is_never_returned(self, folders, capsys):
        write_print(folders[0], 0, 1, name="again_1.png")
        found = self.figures(capsys, "--gallery", folders[0], "--probes", folders[1], "--fmr", "1e-3")
        assert (found["fnir"], found["ambiguous_mated"], found["wrong_finger"]) == (25, 25, 0)

    def test_one_folder_is_split_by_impression(self, made_prints: Path, capsys):
        both = ("--gallery", made_prints, "--probes", made_prints, "--fmr", "1e-3")
        found = self.figures(capsys, *both)
        assert (found["gallery"]["prints"], found["probes"]["images"]) == (3, 6)
        assert (found["mated"], found["non_mated"], found["non_mated_by_taking_out"]) == (6, 6, True)
        assert (found["rank1"], found["fnir"], found["fpir"]) == (100, 0, 0)
        found = self.figures(capsys, *both, "--enrol", "2,3")
        assert (found["gallery"]["prints"], found["probes"]["images"]) == (6, 3)

    def test_the_answer_in_words_names_each_rate(self, folders, capsys):
        (folders[1] / "1_9.png").write_bytes(b"")
        main(["identify", "--gallery", str(folders[0]), "--probes", str(folders[1]), "--fmr", "1e-3"])
        said = capsys.readouterr().out
        assert re.search(r"rank-1\) +100 %", said)
        assert re.search(r"\(FPIR\) +0 %", said)
        assert "cannot be read: 1_9.png" in said

    def test_what_leaves_nothing_to_search_is_said(self, made_prints: Path, capsys):
        both = ("identify", "--gallery", made_prints, "--probes", made_prints)
        assert "none is left" in refused(capsys, *both, "--enrol", "1,2,3")
        assert "no impression with one of these numbers" in refused(capsys, *both, "--enrol", "7")
        assert "not a folder" in refused(capsys, "identify", "--gallery", made_prints, "--probes", "nowhere")


class TestShow:
    def test_says_what_is_seen_and_draws_the_stages(self, tmp_path: Path, capsys):
        image, out = write_print(tmp_path, 1, 1, shape=(288, 256)), tmp_path / "out.png"
        assert main(["show", str(image), "-o", str(out), "--json"]) == 0
        facts = json.loads(capsys.readouterr().out)
        template = GreyExtractor().find(read_image(image))
        assert (facts["minutiae"], facts["endings"]) == (len(template), len(template))
        assert (facts["width"], facts["height"], facts["dpi"]) == (256, 288, 500)
        assert facts["quality"] == 0
        assert facts["advice"] != "ok"
        with Image.open(out) as sheet:
            assert sheet.width > 2 * 400
            assert sheet.mode == "RGB"

    def test_the_answer_in_words(self, tmp_path: Path, capsys):
        assert main(["show", str(write_print(tmp_path, 1, 1))]) == 0
        said = capsys.readouterr().out
        assert "quality 0 of 100: " in said
        assert "minutiae (" in said

    def test_what_cannot_be_drawn_is_said(self, tmp_path: Path, capsys):
        image = write_print(tmp_path, 1, 1)
        assert "is the image itself" in refused(capsys, "show", image, "-o", image)
        assert "end in .png" in refused(capsys, "show", image, "-o", tmp_path / "out.docx")
        assert "is a folder" in refused(capsys, "show", tmp_path)


class TestCompare:
    def test_says_the_score_and_what_it_means(self, made_prints: Path, capsys):
        assert main(["compare", str(made_prints / "1_1.png"), str(made_prints / "1_2.png")]) == 0
        said = capsys.readouterr().out
        assert "one pair of different fingers in" in said
        assert "Enough for: " in said
        assert re.search(r"1_2\.png: quality 0 of 100: [a-z ]+; \d+ minutiae", said)
        assert main(["compare", str(made_prints / "1_1.png"), str(made_prints / "0_2.png")]) == 0
        assert float(re.search(r"Score ([0-9.]+)", capsys.readouterr().out)[1]) < 4

    def test_the_same_for_machines_is_what_the_engine_says(self, made_prints: Path, capsys):
        paths = [made_prints / "1_1.png", made_prints / "1_2.png"]
        assert main(["compare", "--json", *map(str, paths)]) == 0
        found = json.loads(capsys.readouterr().out)
        score = matching.compare(*(GreyExtractor().find(read_image(path)) for path in paths))
        assert found["score"] == pytest.approx(score, abs=1e-3)
        assert found["false_match_rate"] == pytest.approx(10**-score, rel=0.01)
        assert found["confidence"]["extrapolated"] is (score > SUPPORTED)
        assert found["paired_minutiae"] > 20
        assert [each["file"] for each in found["images"]] == ["1_1.png", "1_2.png"]

    def test_draws_the_pairs(self, made_prints: Path, tmp_path: Path):
        drawn = []
        for which, number in ((1, 1), (1, 2), (2, 2)):
            write_print(made_prints, which, number, shape=(288, 256))
        for other in ("1_2.png", "2_2.png"):
            paths = str(made_prints / "1_1.png"), str(made_prints / other)
            assert main(["compare", *paths, "-o", str(tmp_path / "out.png")]) == 0
            with Image.open(tmp_path / "out.png") as picture:
                middle = np.asarray(picture)[120:-60, picture.width // 2 - 10 : picture.width // 2 + 10]
                drawn.append(int((middle.min(axis=2) < 200).sum()))
        assert drawn[0] > 500
        assert drawn[1] == 0

    def test_a_mistake_is_a_sentence_and_status_2(self, made_prints: Path, capsys):
        assert "no image at" in refused(capsys, "compare", "missing.png", "missing.png")
        assert "cannot be read as an image" in refused(capsys, "compare", __file__, __file__)
        image = made_prints / "1_1.png"
        assert "is the image itself" in refused(capsys, "compare", image, image, "-o", image)


class TestWords:
    def test_a_score_in_words(self):
        said = words.meaning(4.0)
        assert said[:2] == [
            "Score 4.00: one pair of different fingers in 10,000 reaches it.",
            "Enough for: confirming one known person at a gate.",
        ]
        assert words.meaning(0.3)[0] == "Nothing speaks for the same finger."
        assert words.chance(0) == "every pair of different fingers reaches it"

    def test_what_it_rests_on_is_said(self):
        known = confidence(3.0)
        assert (
            f"Of {known.pairs:,} pairs of different fingers {known.reached:,} reached"
            in words.meaning(3.0)[2]
        )

    def test_what_was_not_observed_is_said(self):
        assert not any("second finger" in line for line in words.meaning(SUPPORTED))
        assert any("second finger" in line for line in words.meaning(SUPPORTED + 0.1))
        assert "highest" in words.meaning(CEILING)[0]


class TestExplanation:
    def test_pairs_are_minutiae_that_stood_in_one_place(self):
        probe, candidate = finger(3), touch(finger(3), 5, turn_units=10, shift=(8, -6), jitter_px=0.7)
        found = explain(probe, candidate)
        assert len(found.pairs) == len(found.values) > 20
        assert (np.diff(found.values) <= 0).all()
        turn = 10 * np.pi / 128
        x = probe.x[found.pairs[:, 0]] - 128.0
        y = probe.y[found.pairs[:, 0]] - 144.0
        expected = np.stack(
            [x * np.cos(turn) + y * np.sin(turn) + 136, -x * np.sin(turn) + y * np.cos(turn) + 138]
        )
        actual = np.stack([candidate.x, candidate.y])[:, found.pairs[:, 1]]
        assert np.median(np.hypot(*(expected - actual))) < 2
        assert (np.hypot(*(expected - actual)) < 12).mean() > 0.9

    def test_the_order_of_the_two_does_not_matter(self):
        probe, candidate = finger(3), touch(finger(3), 5)
        there = {tuple(pair) for pair in explain(probe, candidate).pairs.tolist()}
        back = {tuple(pair[::-1]) for pair in explain(candidate, probe).pairs.tolist()}
        assert len(there & back) > 0.8 * len(there)

    def test_different_fingers_and_empty_templates_have_none(self):
        assert len(explain(finger(3), finger(4)).pairs) == 0
        assert explain(finger(3), finger(4).best(0)).pairs.shape == (0, 2)


class TestImages:
    GREY = np.arange(0, 250, dtype=np.uint8).reshape(10, 25)

    def read(self, folder: Path, image: Image.Image, name: str) -> np.ndarray:
        image.save(folder / name)
        return read_image(folder / name)

    @pytest.mark.parametrize("ending", ["png", "tif", "TIFF", "bmp"])
    def test_grey_is_kept(self, tmp_path: Path, ending: str):
        assert np.array_equal(self.read(tmp_path, Image.fromarray(self.GREY), f"x.{ending}"), self.GREY)

    def test_jpeg_is_nearly_kept(self, tmp_path: Path):
        found = self.read(tmp_path, Image.fromarray(self.GREY), "x.jpg")
        assert np.abs(found.astype(int) - self.GREY).max() < 12

    @pytest.mark.parametrize("bits", [10, 12, 14, 16])
    @pytest.mark.parametrize("ending", ["png", "tif"])
    def test_of_more_bits_the_upper_eight_are_kept(self, tmp_path: Path, bits: int, ending: str):
        deep = self.GREY.astype(np.uint16) << (bits - 8)
        deep[0, 0] = (1 << bits) - 1
        found = self.read(tmp_path, Image.fromarray(deep), f"x.{ending}")
        assert found[0, 0] == 255
        assert np.array_equal(found.ravel()[1:], self.GREY.ravel()[1:])

    def test_eight_bits_in_a_file_of_sixteen_are_kept(self, tmp_path: Path):
        assert np.array_equal(
            self.read(tmp_path, Image.fromarray(self.GREY.astype(np.uint16)), "x.png"), self.GREY
        )

    def test_two_colours_palettes_and_colour_become_grey(self, tmp_path: Path):
        grey = Image.fromarray(self.GREY)
        assert np.array_equal(
            self.read(tmp_path, grey.point(lambda value: 255 * (value > 99)).convert("1"), "1.png"),
            255 * (self.GREY > 99),
        )
        palette = Image.fromarray(255 - self.GREY)
        palette.putpalette([value for level in range(255, -1, -1) for value in [level] * 3])
        assert np.array_equal(self.read(tmp_path, palette, "2.png"), self.GREY)
        assert np.array_equal(self.read(tmp_path, grey.convert("RGB"), "3.png"), self.GREY)

    def test_what_is_transparent_is_white(self, tmp_path: Path):
        layers = Image.fromarray(self.GREY).convert("LA")
        layers.putalpha(Image.fromarray(np.where(self.GREY < 100, 0, 255).astype(np.uint8)))
        found = self.read(tmp_path, layers, "x.png")
        assert np.array_equal(found, np.where(self.GREY < 100, 255, self.GREY))

    def test_fractions_are_refused(self, tmp_path: Path):
        with pytest.raises(UnreadableImageError, match="8 or 16 bits"):
            self.read(tmp_path, Image.fromarray(self.GREY / np.float32(255)), "x.tif")

    def test_a_huge_image_is_refused_before_it_is_unpacked(self, tmp_path: Path):
        Image.new("1", (20_000, 2_001)).save(tmp_path / "x.png")
        with pytest.raises(ImageError, match="too large: 20000x2001") as fault:
            read_image(tmp_path / "x.png")
        assert not isinstance(fault.value, UnreadableImageError)

    def test_grey_levels_of_made_prints_tell_the_finger(self, tmp_path: Path):
        assert read_image(write_print(tmp_path, 2, 3))[0, 0] == 2 * LEVELS_A_FINGER + 3


class Console(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    def follow(self, stream: io.StringIO, seconds_each: float, count: int) -> str:
        now = [0.0]
        for _ in Progress(stream, lambda: now[0]).follow(range(count), "set: extracting", count):
            now[0] += seconds_each
        return stream.getvalue()

    def test_a_file_gets_a_line_every_five_seconds_with_the_time_left(self):
        assert self.follow(io.StringIO(), 2, 8).splitlines() == [
            "set: extracting: 3 of 8,  38 %, 10 s left",
            "set: extracting: 6 of 8,  75 %, 4 s left",
        ]

    def test_short_work_says_nothing_to_a_file(self):
        assert self.follow(io.StringIO(), 0.5, 8) == ""

    def test_a_console_gets_a_bar_and_the_time_it_took(self):
        shown = self.follow(Console(), 60, 4)
        assert "set: extracting [######..................]  25 %, 3 min 00 s left" in shown
        assert shown.endswith("set: extracting: 4 done in 4 min 00 s\n")
