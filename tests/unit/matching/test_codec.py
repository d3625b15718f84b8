import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Template, TemplateError
from matching.codec import decode, encode


def areas() -> st.SearchStrategy[bytes]:
    area = st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=20))
    return st.lists(area, max_size=3).map(
        lambda parts: b"".join(struct.pack(">HH", kind, 4 + len(data)) + data for kind, data in parts)
    )


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
        extended=draw(areas()),
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
        (put(RECORD, 4, b" 30\0"), "not a finger minutiae record"),
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
        (bytes(2 << 20), "far smaller"),
    ],
)
def test_a_bad_record_is_refused_with_the_reason(record: bytes, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        Template.from_iso(record)


@pytest.mark.parametrize("extended", [b"\0\1\0", b"\0\1\0\3", b"\0\1\0\x05", b"\0\1\0\4\0"])
def test_extended_data_that_is_no_chain_of_areas_is_refused(extended: bytes) -> None:
    with pytest.raises(TemplateError, match="extended data"):
        Template.all_from_iso(simple(extended=extended).to_iso())


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


def test_another_resolution_is_brought_to_500_dpi() -> None:
    record = put(put(RECORD, 18, struct.pack(">HH", 394, 394)), 14, struct.pack(">HH", 256, 288))
    template = Template.from_iso(record)
    assert (template.width, template.height) == (128, 144)
    assert template.x.tolist() == [50, 4]
    assert template.y.tolist() == [60, 143]


@given(templates())
@settings(max_examples=150, deadline=None)
def test_a_record_gives_back_the_template_and_the_template_the_record(template: Template) -> None:
    record = template.to_iso()
    assert Template.from_iso(record) == template
    assert Template.from_iso(record).to_iso() == record


@given(templates(), st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_record_is_read_or_refused_and_nothing_else(
    template: Template, data: st.DataObject
) -> None:
    record = bytearray(template.to_iso())
    for _ in range(data.draw(st.integers(1, 4))):
        record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(record[: data.draw(st.integers(0, len(record)))])
    try:
        views = Template.all_from_iso(damaged)
    except TemplateError:
        return
    assert all(isinstance(view, Template) for view in views)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_a_record(garbage: bytes) -> None:
    with pytest.raises(TemplateError):
        decode(garbage)
