import contextlib
import struct
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Template, TemplateError, standard_blocks
from matching.codec import decode, encode
from matching.extended import Block, write_blocks
from matching.standard_blocks import CoresAndDeltas, RidgeCounts, SingularPoint


def chains() -> st.SearchStrategy[bytes]:
    """Blocks of extended data of types that may hold anything."""
    block = st.builds(Block, st.integers(4, 0xFFFF), st.binary(max_size=20))
    return st.lists(block, max_size=3).map(write_blocks)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    width, height = draw(st.integers(1, 16_384)), draw(st.integers(1, 16_384))
    count = draw(st.one_of(st.integers(0, 12), st.just(255)))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def column(highest: int) -> np.ndarray:
        """The ends of the range come often: that is where a codec goes wrong."""
        return np.clip(numbers.integers(-highest // 4 - 1, highest + highest // 4 + 2, count), 0, highest)

    return Template(
        x=column(width - 1),
        y=column(height - 1),
        angle=column(255),
        kind=column(2),
        quality=column(100),
        width=width,
        height=height,
        finger=draw(st.integers(0, 10)),
        view=draw(st.integers(0, 15)),
        impression=draw(st.integers(0, 15)),
        finger_quality=draw(st.integers(0, 100)),
        device=draw(st.integers(0, 0xFFFF)),
        extended=draw(chains()),
    )


def simple(**changes: object) -> Template:
    values: dict[str, object] = {
        "x": np.array([100, 7]),
        "y": np.array([120, 287]),
        "angle": np.array([64, 255]),
        "kind": np.array([1, 2]),
        "quality": np.array([80, 20]),
        "width": 256,
        "height": 288,
        "finger": 2,
        "finger_quality": 60,
    }
    return Template(**(values | changes))  # type: ignore[arg-type]


def put(record: bytes, at: int, value: bytes) -> bytes:
    return record[:at] + value + record[at + len(value) :]


RECORD = simple().to_iso()


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "cut short"),
        (RECORD[:20], "cut short"),
        (RECORD[:-1], "torn or padded"),
        (RECORD + b"\0", "torn or padded"),
        (put(RECORD, 0, b"FIR\0"), "not a finger minutiae record"),
        (put(RECORD, 4, b" 30\0"), "another edition"),
        (put(RECORD, 8, b"\0\x2a"), "INCITS 378"),
        (put(RECORD, 8, b"\0\0\0\0\0\x2a"), "INCITS 378"),
        (put(RECORD, 8, struct.pack(">I", 0xFFFFFFFF)), "torn or padded"),
        (put(RECORD, 14, b"\0\0"), "image size"),
        (put(RECORD, 14, b"\xff\xff"), "image size"),
        (put(RECORD, 18, b"\0\0"), "resolution"),
        (put(RECORD, 20, b"\xff\xff"), "resolution"),
        (put(RECORD, 22, b"\0"), "no finger view"),
        (put(RECORD, 22, b"\2"), "cut short"),
        (put(RECORD, 23, b"\1"), "reserved byte"),
        (put(RECORD, 24, b"\x0b"), "finger of a template"),
        (put(RECORD, 26, b"\x65"), "finger_quality"),
        (put(RECORD, 27, b"\xff"), "cut short"),
        (put(RECORD, 27, b"\1"), "cut short"),
        (put(RECORD, 28, b"\xff"), "outside the image"),
        (put(RECORD, 28, b"\xc0"), "kind of each minutia"),
        (put(RECORD, 30, b"\x40"), "reserved bits"),
        (put(RECORD, 30, b"\x3f"), "outside the image"),
        (put(RECORD, 33, b"\x65"), "quality of each minutia"),
        (put(RECORD, 40, b"\0\4"), "cut short"),
        (put(put(RECORD, 22, b"\xff"), 8, struct.pack(">I", 42)), "cut short"),
        (put(RECORD + bytes(6), 8, struct.pack(">I", 48)), "left over"),
        (bytes(2 << 20), "far smaller"),
    ],
)
def test_a_bad_record_is_refused_with_the_reason(record: bytes, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        Template.from_iso(record)


def test_a_reason_says_nothing_of_the_minutiae() -> None:
    record = simple(width=8000, height=8000, x=np.array([7531, 7]), y=np.array([6420, 7])).to_iso()
    for width, height in ((7000, 8000), (8000, 6000)):
        with pytest.raises(TemplateError) as refused:
            Template.from_iso(put(record, 14, struct.pack(">HH", width, height)))
        assert not any(letter.isdigit() for letter in str(refused.value))


@pytest.mark.parametrize("extended", [b"\1\1\0", b"\1\1\0\3", b"\1\1\0\x05", b"\1\1\0\4\0", b"\0\1\0\4"])
@pytest.mark.parametrize("pixels_per_cm", [197, 394])
def test_extended_data_that_breaks_the_standard_is_refused(extended: bytes, pixels_per_cm: int) -> None:
    record = put(RECORD[:40], 18, struct.pack(">HH", pixels_per_cm, pixels_per_cm))
    record += struct.pack(">H", len(extended)) + extended
    with pytest.raises(TemplateError, match=r"extended data|ridge counts"):
        Template.all_from_iso(put(record, 8, struct.pack(">I", len(record))))


def test_views_of_different_images_do_not_fit_one_record() -> None:
    with pytest.raises(TemplateError, match="two records"):
        simple().to_iso(simple(width=300))
    with pytest.raises(TemplateError, match="from 1 to 255"):
        encode([])


def test_two_views_are_too_many_for_one_template() -> None:
    record = simple().to_iso(simple(view=1))
    assert Template.all_from_iso(record) == [simple(), simple(view=1)]
    with pytest.raises(TemplateError, match="2 finger views"):
        Template.from_iso(record)


def test_the_bytes_are_those_of_the_standard() -> None:
    assert RECORD.hex(" ") == (
        "46 4d 52 00 20 32 30 00 00 00 00 2a 00 00 01 00 01 20 00 c5 00 c5 01 00 "  # header
        "02 00 3c 02 "  # view: right index, plain, quality 60, two minutiae
        "40 64 00 78 40 50 "  # ending at (100, 120), a quarter turn, quality 80
        "80 07 01 1f ff 14 "  # bifurcation at (7, 287)
        "00 00"  # no extended data
    )


def test_a_record_as_other_makers_write_it_is_read() -> None:
    """Views of several fingers in any order, nothing reported, no minutiae, the same minutia twice."""
    bare = {"quality": np.array([0, 0]), "finger_quality": 0, "finger": 0}
    views = [
        simple(finger=7),
        simple(finger=2, view=1, impression=8),
        simple(finger=2, **{name: np.array([], np.int64) for name in ("x", "y", "angle", "kind", "quality")}),
        simple(**bare),
        simple(
            **bare, x=np.array([100, 100]), y=np.array([9, 9]), angle=np.array([5, 5]), kind=np.array([0, 0])
        ),
    ]
    record = views[0].to_iso(*views[1:])
    assert Template.all_from_iso(record) == views
    assert Template.all_from_iso(bytearray(record)) == views


def in_pixels(record: bytes, x_per_cm: int, y_per_cm: int) -> Template:
    return Template.from_iso(put(record, 18, struct.pack(">HH", x_per_cm, y_per_cm)))


def test_another_resolution_is_brought_to_500_dpi() -> None:
    template = in_pixels(RECORD, 394, 394)
    assert (template.width, template.height) == (128, 144)
    assert template.x.tolist() == [50, 4]
    assert template.y.tolist() == [60, 143]
    assert template.angle.tolist() == [64, 255]
    assert Template.from_iso(template.to_iso()) == template


def test_500_dpi_rounded_down_is_500_dpi() -> None:
    assert in_pixels(RECORD, 196, 197) == simple()


def test_angles_are_turned_where_pixels_are_not_square() -> None:
    record = simple(angle=np.array([32, 160])).to_iso()
    flat = in_pixels(record, 197, 394)
    assert (flat.width, flat.height) == (256, 144)
    assert flat.angle.tolist() == [19, 147]  # half a slope of 1 is 26.6 degrees
    assert in_pixels(record, 394, 197).angle.tolist() == [45, 173]


def test_a_resolution_makes_no_image_larger_than_a_record_can_hold() -> None:
    with pytest.raises(TemplateError, match="At 500 dpi"):
        in_pixels(simple(width=16_384).to_iso(), 98, 197)


def test_at_another_resolution_singular_points_move_along_and_the_unknown_is_left_out() -> None:
    points = CoresAndDeltas(
        (SingularPoint(100, 120, (64,)),), (SingularPoint(255, 287), SingularPoint(8, 8, (1, 2, 3)))
    )
    counts = standard_blocks.write_ridge_counts(RidgeCounts(0, ((0, 1, 9),)))
    held = (
        simple()
        .with_block(standard_blocks.CORES_AND_DELTAS, standard_blocks.write_cores_and_deltas(points))
        .with_block(standard_blocks.RIDGE_COUNTS, counts)
        .with_block(0x0101, b"places in pixels")
    )
    assert Template.from_iso(held.to_iso()) == held
    there = in_pixels(held.to_iso(), 394, 394)
    moved = standard_blocks.read_cores_and_deltas(there.block(standard_blocks.CORES_AND_DELTAS) or b"")
    assert moved.cores == (SingularPoint(50, 60, (64,)),)
    assert moved.deltas == (SingularPoint(127, 143), SingularPoint(4, 4, (1, 2, 3)))
    assert there.block(standard_blocks.RIDGE_COUNTS) == counts
    assert there.block(0x0101) is None


@given(st.lists(templates(), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_record_gives_back_the_templates_and_the_templates_the_record(found: list[Template]) -> None:
    first = found[0]
    views = [first, *(view for view in found[1:] if (view.width, view.height) == (first.width, first.height))]
    views = [replace(view, device=first.device) for view in views]
    record = views[0].to_iso(*views[1:])
    again = Template.all_from_iso(record)
    assert again == views
    assert again[0].to_iso(*again[1:]) == record


@pytest.mark.parametrize("count", [0, 1, 255])
@pytest.mark.parametrize("views", [1, 16])
def test_no_and_most_minutiae_in_one_and_many_views(count: int, views: int) -> None:
    places = np.arange(count)
    one = simple(x=places, y=places, angle=places, kind=places % 3, quality=places % 101)
    held = [
        replace(one, view=view, extended=write_blocks([Block(0x0101, bytes(view))])) for view in range(views)
    ]
    record = held[0].to_iso(*held[1:])
    assert Template.all_from_iso(record) == held


def test_a_record_cut_anywhere_or_with_anything_after_it_is_refused() -> None:
    whole = simple(extended=write_blocks([Block(0x0101, b"abc")])).to_iso(simple(view=1))
    for length in range(len(whole)):
        cut = whole[:length]
        for record in (cut, put(cut, 8, struct.pack(">I", length)) if length >= 12 else cut):
            with pytest.raises(TemplateError):
                Template.all_from_iso(record)
    for more in (b"\0", b"\0" * 6, whole):
        longer = whole + more
        for record in (longer, put(longer, 8, struct.pack(">I", len(longer)))):
            with pytest.raises(TemplateError):
                Template.all_from_iso(record)


@given(templates(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_record_is_read_or_refused_and_nothing_else(
    template: Template, data: st.DataObject
) -> None:
    record = bytearray(template.to_iso())
    for _ in range(data.draw(st.integers(1, 4))):
        record[data.draw(st.integers(8, len(record) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        record = record[: data.draw(st.integers(12, len(record)))]
    if data.draw(st.booleans()):
        record[8:12] = struct.pack(">I", len(record))
    try:
        views = Template.all_from_iso(bytes(record))
    except TemplateError:
        return
    again = views[0].to_iso(*views[1:])
    assert Template.all_from_iso(again) == views


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda data: RECORD[:24] + data)))
def test_any_bytes_are_refused_as_a_record(garbage: bytes) -> None:
    with pytest.raises(TemplateError):
        decode(garbage)


@pytest.mark.parametrize("kind", ["minutiae", "blocks", "extended data", "views"])
def test_a_large_record_is_read_or_refused_at_once(kind: str) -> None:
    """A server reads records of strangers: the largest of 65,535 bytes must cost it milliseconds."""
    view = {
        "minutiae": struct.pack(">BBBB", 0, 0, 0, 255) + bytes(6 * 255) + b"\0\0",
        "blocks": bytes(4) + struct.pack(">H", 65_500) + b"\1\1\0\4" * 16_375,
        "extended data": bytes(4)
        + struct.pack(">H", 65_500)
        + b"\0\1"
        + struct.pack(">H", 65_500)
        + bytes(65_496),
        "views": bytes(6),
    }[kind]
    count = min(255, 65_511 // len(view))
    header = struct.pack(
        ">8sIHHHHHBB", b"FMR\0 20\0", 24 + count * len(view), 0, 256, 288, 197, 197, count, 0
    )
    record = header + count * view
    started = time.thread_time()
    for _ in range(5):
        with contextlib.suppress(TemplateError):
            Template.all_from_iso(record)
    assert (time.thread_time() - started) / 5 < 0.5  # 3 ms at most where nothing else runs
