"""Samples that are no finger, or do harm: each is a problem in words and leaves nothing behind."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hub.sharing.forensic.an2.content import FingerprintFile, Picture
from hub.sharing.forensic.an2.writing import write
from hub.sharing.forensic.records import ForensicProbe, ForensicRequest

from .forensic_world import ISSUED, Asked, Prints, forensic_world, problem
from .site_world import World


@pytest.fixture
def asked(world: World, tmp_path: Path, prints: Prints) -> Asked:
    return forensic_world(world, tmp_path / "keys", prints)


def bomb() -> bytes:
    """A PNG that says it has 60,000 x 60,000 pixels."""
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    body = b"IDAT" + zlib.compress(bytes(1000))
    chunks = b"".join(
        (len(c) - 4).to_bytes(4, "big") + c + zlib.crc32(c).to_bytes(4, "big") for c in (head, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def torn_tiff() -> bytes:
    """A TIFF whose directory of tags says that it goes on, and ends."""
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 9) + struct.pack("<HHII", 256, 3, 1, 300)


POISON: list[tuple[dict[str, Any], bytes, str]] = [
    ({}, b"", "bad_body"),
    ({}, b"MZ" + bytes(3000), "image_unreadable"),
    ({}, bomb(), "image_"),
    ({}, torn_tiff(), "image_unreadable"),
    ({"resolution": None}, b"\x89PNG\r\n\x1a\n" + bytes(40), "resolution"),
    ({"form": "iso19794-2"}, b"FMR\0 20\0" + b"\xff" * 300, "record_unreadable"),
    ({"form": "iso19794-2"}, b"FMR\0 30\0" + bytes(60), "record_unreadable"),
    ({"form": "an2"}, b"1.001:99\x1d1.002:0501", "file_unreadable"),
    ({"form": "an2"}, bytes(5000), "file_unreadable"),
]


@pytest.mark.parametrize(("parts", "sample", "code"), POISON)
def test_a_poisoned_file_is_a_problem_and_leaves_nothing(
    asked: Asked, parts: dict[str, Any], sample: bytes, code: str
) -> None:
    answer = asked.ask(sample, **parts)
    assert answer.status_code in (409, 422), answer.text
    assert answer.mimetype == "application/problem+json"
    assert str(answer.get_json()["code"]).startswith(code)
    assert asked.rows(ForensicProbe) == []


def test_a_large_image_of_nothing_is_refused(asked: Asked) -> None:
    out = io.BytesIO()
    Image.new("L", (2500, 2500)).save(out, "PNG")
    problem(asked.ask(out.getvalue()), 409, "image_size")


def test_a_file_whose_image_has_another_size_is_refused(asked: Asked, prints: Prints) -> None:
    picture = Picture(2, 200, 200, 500, prints[1, 2], ISSUED.date())
    raw = write(FingerprintFile("ID", "PIMS", "POLICE", "1", "", ISSUED, ISSUED.date(), pictures=(picture,)))
    problem(asked.ask(raw, form="an2"), 409, "file_unreadable")


def test_a_finger_as_wsq_is_refused_with_what_to_send_instead(asked: Asked) -> None:
    answer = asked.ask(b"\xff\xa0\xff\xa4" + bytes(200))
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "wsq_not_read"
    assert "Send it as a grey PNG" in answer.get_json()["detail"]
    assert asked.rows(ForensicRequest) == []
