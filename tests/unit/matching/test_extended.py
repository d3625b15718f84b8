"""Extended data: the chain of blocks, and the types that the standard defines."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Template, TemplateError, extended, standard_blocks
from matching.extended import Block, read_blocks, write_blocks
from matching.standard_blocks import CoresAndDeltas, RidgeCounts, SingularPoint, ZonalQuality

VENDOR = 0x0101


def template(extended_data: bytes = b"", count: int = 4, width: int = 256, height: int = 288) -> Template:
    places = np.arange(count)
    return Template(
        x=10 * places,
        y=20 * places,
        angle=places,
        kind=places % 3,
        quality=np.array([50, 90, 10, 70])[places % 4],
        width=width,
        height=height,
        extended=extended_data,
    )


def area(code: int, content: bytes) -> bytes:
    return write_blocks([Block(code, content)])


blocks = st.builds(Block, st.integers(0, 0xFFFF), st.binary(max_size=40))
singular = st.builds(SingularPoint, st.integers(0, 255), st.integers(0, 287))


def with_angles(count: int) -> st.SearchStrategy[SingularPoint]:
    angles = st.one_of(st.just(()), st.tuples(*[st.integers(0, 255)] * count))
    return st.builds(replace, singular, angles=angles)


@given(st.lists(blocks, max_size=6))
def test_blocks_come_back_as_they_were_written(written: list[Block]) -> None:
    assert list(read_blocks(write_blocks(written))) == written


def test_the_bytes_of_a_block() -> None:
    assert (
        write_blocks([Block(0x0102, b"ab"), Block(0xFFFF, b"")]).hex(" ") == "01 02 00 06 61 62 ff ff 00 04"
    )


def test_lengths_that_count_the_content_alone_are_understood_too() -> None:
    assert read_blocks(bytes.fromhex("0102 0002 6162 0103 0000")) == (
        Block(0x0102, b"ab"),
        Block(0x0103, b""),
    )


@pytest.mark.parametrize("chain", ["0101 00", "0101 0007 6162", "0101 ffff", "0101 0004 0101 0003 61 0101"])
def test_what_is_no_chain_of_blocks_is_refused(chain: str) -> None:
    with pytest.raises(TemplateError, match="extended data"):
        read_blocks(bytes.fromhex(chain))
    with pytest.raises(TemplateError, match="extended data"):
        template(bytes.fromhex(chain))


def test_a_flood_of_blocks_is_refused() -> None:
    assert len(read_blocks(area(VENDOR, b"x") * 16)) == 16
    with pytest.raises(TemplateError, match="more than 16"):
        read_blocks(area(VENDOR, b"x") * 17)


def test_two_blocks_of_one_of_the_standards_types_are_refused() -> None:
    counts = area(standard_blocks.RIDGE_COUNTS, b"\0\0\1\5")
    assert template(counts).extended == counts
    with pytest.raises(TemplateError, match="twice"):
        template(counts + counts)
    assert template(area(VENDOR, b"") * 2)


@pytest.mark.parametrize(("code", "size"), [(-1, 0), (0x10000, 0), (1, 0xFFFC)])
def test_a_block_out_of_range_is_refused(code: int, size: int) -> None:
    with pytest.raises(TemplateError):
        Block(code, bytes(size))


def test_printed_forms_show_no_content() -> None:
    shown = [
        Block(VENDOR, b"secret"),
        SingularPoint(77, 88),
        CoresAndDeltas((SingularPoint(77, 88),)),
        RidgeCounts(0, ((77, 88, 99),)),
        ZonalQuality(8, 8, 8, b"\x4d"),
    ]
    assert repr(shown[0]) == "<Block 0x0101 of 6 bytes>"
    assert not any(
        digits in repr(value).split(" at ")[0] for value in shown for digits in ("77", "88", "secret")
    )


def test_a_block_takes_the_place_of_one_of_its_type_and_leaves_the_others() -> None:
    before = template(area(VENDOR, b"one") + area(0x0203, b"two"))
    after = before.with_block(VENDOR, b"three")
    assert (after.block(VENDOR), after.block(0x0203)) == (b"three", b"two")
    assert len(read_blocks(after.extended)) == 2
    assert extended.without_block(after.extended, VENDOR) == area(0x0203, b"two")
    assert template().block(VENDOR) is None


def test_blocks_too_large_for_a_record_are_refused() -> None:
    large = template().with_block(VENDOR, bytes(0xFFFB))
    assert Template.from_iso(large.to_iso()) == large
    with pytest.raises(TemplateError, match="at most"):
        large.with_block(0x0203, b"")
    with pytest.raises(TemplateError, match="at most"):
        template().with_block(VENDOR, bytes(0xFFFC))


@given(st.lists(with_angles(1), max_size=15), st.lists(with_angles(3), max_size=15))
@settings(max_examples=40)
def test_cores_and_deltas_come_back(cores: list[SingularPoint], deltas: list[SingularPoint]) -> None:
    points = CoresAndDeltas(tuple(cores), tuple(deltas))
    content = standard_blocks.write_cores_and_deltas(points)
    assert standard_blocks.read_cores_and_deltas(content) == points
    held = template().with_block(standard_blocks.CORES_AND_DELTAS, content)
    assert Template.from_iso(held.to_iso()).block(standard_blocks.CORES_AND_DELTAS) == content


def test_the_bytes_of_cores_and_deltas() -> None:
    points = CoresAndDeltas(
        (SingularPoint(1, 2, (3,)), SingularPoint(4, 5)), (SingularPoint(6, 7, (8, 9, 10)),)
    )
    content = standard_blocks.write_cores_and_deltas(points)
    assert content.hex(" ") == "02 40 01 00 02 03 00 04 00 05 01 40 06 00 07 08 09 0a"


@given(st.integers(0, 2), st.lists(st.tuples(*[st.integers(0, 255)] * 3), max_size=20))
@settings(max_examples=40)
def test_ridge_counts_come_back(method: int, edges: list[tuple[int, int, int]]) -> None:
    counts = RidgeCounts(method, tuple(edges))
    content = standard_blocks.write_ridge_counts(counts)
    assert content == bytes([method]) + b"".join(map(bytes, edges))
    assert standard_blocks.read_ridge_counts(content) == counts


@given(st.integers(1, 255), st.integers(1, 255), st.integers(1, 8), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_zonal_quality_comes_back(zone_width: int, zone_height: int, bits: int, seed: int) -> None:
    zones = -(-100 // zone_width) * -(-90 // zone_height)
    values = np.random.default_rng(seed).integers(0, 1 << bits, zones, dtype=np.uint8).tobytes()
    quality = ZonalQuality(zone_width, zone_height, bits, values)
    content = standard_blocks.write_zonal_quality(quality)
    assert len(content) == 3 + -(-zones * bits // 8)
    assert standard_blocks.read_zonal_quality(content, 100, 90) == quality


def test_the_bytes_of_zonal_quality() -> None:
    quality = ZonalQuality(100, 100, 3, bytes([1, 2, 3, 4, 5, 7]))
    content = standard_blocks.write_zonal_quality(quality)
    assert content.hex(" ") == "64 64 03 29 cb c0"  # 001 010 011 100 101 111, filled up with zeros
    held = template(width=201, height=150).with_block(standard_blocks.ZONAL_QUALITY, content)
    assert (
        standard_blocks.read_zonal_quality(
            held.block(standard_blocks.ZONAL_QUALITY) or b"", held.width, held.height
        )
        == quality
    )


@pytest.mark.parametrize(
    ("code", "content", "reason"),
    [
        (1, "", "ridge counts"),
        (1, "03", "ridge counts"),
        (1, "00 0001", "ridge counts"),
        (1, "00 000402", "does not hold"),
        (1, "00 040002", "does not hold"),
        (2, "", "missing or too large"),
        (2, "00", "missing or too large"),
        (2, "10", "missing or too large"),
        (2, "01 0001 00", "inside one"),
        (2, "01 0001 0002", "missing or too large"),
        (2, "01 8001 0002 00", "reserved bits"),
        (2, "01 0001 4002 00", "reserved bits"),
        (2, "01 4001 0002", "lacks its angles"),
        (2, "00 01 4001 0002 0304", "lacks its angles"),
        (2, "00 00 00", "belong to none"),
        (2, "01 0100 0002 00", "outside the image"),
        (2, "00 01 0001 0120", "outside the image"),
        (3, "", "size or depth"),
        (3, "00 10 08", "size or depth"),
        (3, "10 00 08", "size or depth"),
        (3, "10 10 00", "size or depth"),
        (3, "10 10 09", "size or depth"),
        (3, "ff ff 08 00 00 00", "one value for each zone"),
        (3, "ff ff 08 00 00 00 00 00", "one value for each zone"),
        (3, "ff ff 01 08", "bits that are not zero"),
    ],
)
def test_a_block_of_the_standard_that_breaks_it_is_refused(code: int, content: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        template().with_block(code, bytes.fromhex(content))


@pytest.mark.parametrize(
    "make",
    [
        lambda: RidgeCounts(3, ()),
        lambda: RidgeCounts(0, ((0, 1, 256),)),
        lambda: RidgeCounts(0, ((0, 1),)),  # type: ignore[arg-type]
        lambda: SingularPoint(-1, 0),
        lambda: SingularPoint(0, 0x4000),
        lambda: SingularPoint(0, 0, (256,)),
        lambda: CoresAndDeltas((SingularPoint(0, 0),) * 16),
        lambda: CoresAndDeltas((SingularPoint(0, 0, (1, 2, 3)),)),
        lambda: CoresAndDeltas((), (SingularPoint(0, 0, (1,)),)),
        lambda: ZonalQuality(0, 1, 8, b""),
        lambda: ZonalQuality(1, 256, 8, b""),
        lambda: ZonalQuality(1, 1, 9, b""),
        lambda: ZonalQuality(1, 1, 2, b"\4"),
    ],
)
def test_values_out_of_range_cannot_be_made(make) -> None:
    with pytest.raises(TemplateError):
        make()


def test_ridge_counts_follow_their_minutiae() -> None:
    counts = RidgeCounts(1, ((0, 1, 5), (1, 3, 6), (2, 1, 7)))
    all_four = template().with_block(standard_blocks.RIDGE_COUNTS, standard_blocks.write_ridge_counts(counts))
    best = all_four.with_block(VENDOR, b"stays").best(3)
    kept = standard_blocks.read_ridge_counts(best.block(standard_blocks.RIDGE_COUNTS) or b"")
    assert best.quality.tolist() == [90, 70, 50]
    assert kept == RidgeCounts(1, ((2, 0, 5), (0, 1, 6)))
    assert best.block(VENDOR) == b"stays"


@given(st.binary(max_size=60))
@settings(max_examples=200)
def test_any_bytes_are_extended_data_or_refused(data: bytes) -> None:
    try:
        held = template(data)
    except TemplateError:
        return
    assert Template.from_iso(held.to_iso()) == held


@given(st.sampled_from([1, 2, 3]), st.binary(max_size=40))
@settings(max_examples=300)
def test_any_content_of_a_standard_block_is_read_and_written_back_or_refused(
    code: int, content: bytes
) -> None:
    try:
        held = template(width=40, height=40, count=2).with_block(code, content)
    except TemplateError:
        return
    again = {
        1: lambda: standard_blocks.write_ridge_counts(standard_blocks.read_ridge_counts(content)),
        2: lambda: standard_blocks.write_cores_and_deltas(standard_blocks.read_cores_and_deltas(content)),
        3: lambda: standard_blocks.write_zonal_quality(standard_blocks.read_zonal_quality(content, 40, 40)),
    }[code]()
    assert again == content == Template.from_iso(held.to_iso()).block(code)
