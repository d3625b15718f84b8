"""ANSI/NIST-ITL files: written byte for byte as the standard says, read back by strangers, and torn ones refused."""

from __future__ import annotations

import contextlib
import io
import struct
from datetime import UTC, date, datetime
from typing import Any

import nistitl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import matching
from hub.sharing.forensic.an2 import reading
from hub.sharing.forensic.an2.content import FingerprintFile, Minutia, Minutiae, Picture
from hub.sharing.forensic.an2.writing import steps_of, write

Prints = dict[tuple[int, int], bytes]
AT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
POINTS = tuple(Minutia(10 * n, 7 * n, (n * 37) % 256, n % 3, n) for n in range(1, 20))


def picture(png: bytes, position: int = 2, dpi: int = 508) -> Picture:
    with Image.open(io.BytesIO(png)) as image:
        return Picture(position, *image.size, dpi, png, date(2026, 11, 1))


def file(**parts: object) -> FingerprintFile:
    known = {
        "kind": "FPSET",
        "destination": "FORENSIC",
        "origin": "PIMS",
        "control_number": "FR-000001",
        "answers": "LAB-7",
        "at": AT,
        "on": date(2026, 11, 23),
        "described": {18: "NOVELO,Ana", 22: "19900501", 24: "F"},
    }
    return FingerprintFile(**(known | parts))  # type: ignore[arg-type]


def read_all(raw: bytes) -> None:
    records = reading.read(raw)
    reading.images_of(records)
    reading.minutiae_of(records)


def whole(prints: Prints) -> bytes:
    minutiae = (Minutiae(2, 252, 283, 500, 71, POINTS), Minutiae(7, 252, 283, 500, 64, POINTS[:12]))
    return write(file(pictures=(picture(prints[1, 1]), picture(prints[2, 1], 7)), minutiae=minutiae))


def test_the_header_lists_every_record_and_each_says_its_length(prints: Prints) -> None:
    raw = whole(prints)
    at, kinds = 0, []
    while at < len(raw):
        kind, rest = raw[at:].split(b".001:", 1)
        length = int(rest.split(b"\x1d", 1)[0])
        assert raw[at + length - 1 : at + length] == b"\x1c"
        kinds.append(int(kind))
        at += length
    assert at == len(raw)
    assert kinds == [1, 2, 14, 14, 9, 9]
    assert b"1.003:1\x1f5\x1e2\x1f00\x1e14\x1f01\x1e14\x1f02\x1e9\x1f01\x1e9\x1f02\x1d" in raw
    assert b"1.002:0501\x1d1.003" in raw
    assert b"\x1d1.011:00.00\x1d1.012:00.00\x1d" in raw


def test_a_stranger_reads_every_record(prints: Prints) -> None:
    message = nistitl.Message()
    message.parse(whole(prints))
    kinds = [record.type for record in message]
    assert sorted(kinds) == [1, 2, 9, 9, 14, 14]
    first = next(iter(message.iter(14)))
    assert (first._9, first._10, first.CGA, first._13) == ("508", "508", "PNG", "2")
    assert first._999 == prints[1, 1]
    minutiae = next(iter(message.iter(9)))
    assert (minutiae._4, minutiae._126, minutiae._136) == ("U", [["27", "513", "0"]], "19")
    assert [(int(row[1]), int(row[2])) for row in minutiae._137] == [(one.x, one.y) for one in POINTS]
    assert next(iter(message.iter(1))).TCN == "FR-000001"
    assert next(iter(message.iter(2)))._18 == "NOVELO,Ana"


def test_nothing_is_scaled_on_the_way_out(prints: Prints) -> None:
    image = reading.images_of(reading.read(whole(prints)))[0]
    with Image.open(io.BytesIO(prints[1, 1])) as sent:
        assert (image.width, image.height) == sent.size
    assert image.dpi == 508
    assert image.data == prints[1, 1]


def test_minutiae_come_back_within_a_step_of_two_degrees(prints: Prints) -> None:
    found = reading.minutiae_of(reading.read(whole(prints)))
    assert [one.position for one in found] == [2, 7]
    for sent, read in zip(POINTS, found[0].points, strict=True):
        assert (read.x, read.y, read.kind, read.quality) == (sent.x, sent.y, sent.kind, sent.quality)
        assert min(abs(read.angle - sent.angle), 256 - abs(read.angle - sent.angle)) <= 1


@pytest.mark.parametrize("angle", [0, 1, 64, 128, 255])
def test_angles_are_steps_of_two_degrees(angle: int) -> None:
    assert 0 <= steps_of(angle) < 180
    apart = abs(steps_of(angle) * 2 - angle * 360 / 256) % 360
    assert min(apart, 360 - apart) <= 1


def test_a_name_cannot_become_a_separator(prints: Prints) -> None:
    raw = write(file(described={18: "NOVELO\x1d2.099:X\x1c,Ána"}))
    [header, told] = reading.read(raw)
    assert header.kind == 1
    assert told.text(18) == "NOVELO?2.099:X?,?na"


def test_without_a_finger_the_file_is_still_whole() -> None:
    assert [one.kind for one in reading.read(write(file()))] == [1, 2]


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_a_torn_file_is_refused(prints: Prints, kept: float) -> None:
    raw = whole(prints)
    with pytest.raises(reading.FileError):
        reading.read(raw[: int(len(raw) * kept)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x1e9\x1f02\x1d", b"\x1e9\x1f03\x1d"),
        (b"1.003:1\x1f5", b"1.003:1\x1f4"),
        (b"\x1d14.011:PNG\x1d", b"\x1d14.011:WSQ\x1d"),
        (b"\x1d14.012:8\x1d", b"\x1d14.012:9\x1d"),
        (b"\x1d14.013:2\x1d", b"\x1d14.013:X\x1d"),
        (b"\x1d9.136:19\x1d", b"\x1d9.136:18\x1d"),
        (b"\x1d9.128:252\x1d", b"\x1d9.128:019\x1d"),
        (b"\x1d1.004:", b"\x1d2.004:"),
        (b"\x1d14.004:", b"\x1d14.003:"),
    ],
)
def test_what_does_not_agree_with_itself_is_refused(prints: Prints, old: bytes, new: bytes) -> None:
    raw = whole(prints)
    assert old in raw
    with pytest.raises(reading.FileError):
        read_all(raw.replace(old, new, 1))


@pytest.mark.parametrize("compression", [b"WSQ", b"JP2"])
def test_a_compression_that_is_not_read_is_named_with_what_to_send_instead(
    prints: Prints, compression: bytes
) -> None:
    raw = whole(prints).replace(b"\x1d14.011:PNG\x1d", b"\x1d14.011:" + compression + b"\x1d", 1)
    with pytest.raises(reading.FileError, match=f"compressed as {compression.decode()}.*Send it as PNG"):
        read_all(raw)


def test_binary_records_of_old_are_refused_by_name() -> None:
    head = b"1.001:%d\x1d1.002:0200\x1d1.003:1\x1f1\x1e4\x1f01\x1c"
    length = len(head) - 2 + 2
    binary = struct.pack(">IB", 18, 1) + bytes(13)
    with pytest.raises(reading.FileError, match="type 4"):
        reading.read(head % length + binary)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_change_of_a_byte_ends_in_anything_but_a_refusal(data: st.DataObject) -> None:
    raw = bytearray(write(file(minutiae=(Minutiae(2, 252, 283, 500, 71, POINTS),))))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(reading.FileError):
        read_all(bytes(raw))


def iso_by_hand(record: bytes) -> tuple[dict[str, int], list[Any]]:
    """A second reader of ISO/IEC 19794-2:2005, from the standard's layout and nothing of the engine's."""
    assert record[:8] == b"FMR\x00 20\x00"
    length, _device, width, height, x_dpcm, y_dpcm, views, reserved = struct.unpack(">IHHHHHBB", record[8:24])
    assert (length, views, reserved) == (len(record), 1, 0)
    finger, view, quality, count = record[24:28]
    rows = []
    for at in range(28, 28 + 6 * count, 6):
        first, second, angle, rank = struct.unpack(">HHBB", record[at : at + 6])
        rows.append((first & 0x3FFF, second & 0x3FFF, angle, first >> 14, rank))
    extended = struct.unpack(">H", record[28 + 6 * count : 30 + 6 * count])[0]
    assert 30 + 6 * count + extended == len(record)
    head = {"width": width, "height": height, "x": x_dpcm, "y": y_dpcm, "finger": finger, "quality": quality}
    return head | {"view": view, "extended": extended}, rows


def test_a_second_reader_finds_the_same_in_a_record(prints: Prints) -> None:
    import numpy as np

    with Image.open(io.BytesIO(prints[1, 1])) as image:
        template = matching.extract(np.asarray(image.convert("L")))
    head, rows = iso_by_hand(template.to_iso())
    assert (head["width"], head["height"], head["x"], head["y"]) == (
        template.width,
        template.height,
        197,
        197,
    )
    assert rows == [
        tuple(int(v) for v in row)
        for row in zip(template.x, template.y, template.angle, template.kind, template.quality, strict=True)
    ]
