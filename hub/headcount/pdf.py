"""A plain PDF of lines of text: A4, one of the fonts that every printer has. Nothing else needs to be installed. Pure.

Written after ISO 32000-1: a header, objects, a table of where each begins, a trailer. Characters beyond Windows-1252
are shown by their nearest plain letter, or as a question mark.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 595, 842
"""A4 in points of 1/72 inch."""
MARGIN: Final = 40
LEADING: Final = 12
SIZE: Final = 9
FOOT: Final = 28
LINES: Final = (HEIGHT - 2 * MARGIN - FOOT) // LEADING
MOST: Final = 98
"""Characters of a line in Courier of that size: 0.6 of it wide each."""


@dataclass(frozen=True)
class Text:
    """A line; `strong` is bold, `new_page` begins a page with it."""

    text: str
    strong: bool = False
    new_page: bool = False


def write_pdf(lines: Sequence[Text], *, title: str, foot: str) -> bytes:
    """The document. `foot` stands on each page, with its number and how many there are."""
    pages = _pages(lines)
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",  # the list of pages, once they are numbered
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Title (" + _escaped(title) + b") /Producer (PIMS) >>",
    ]
    kids = []
    for number, page in enumerate(pages, 1):
        drawn = _draw(page, f"{foot}   {number}/{len(pages)}")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (WIDTH, HEIGHT, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _file(objects)


def _pages(lines: Sequence[Text]) -> list[list[Text]]:
    pages: list[list[Text]] = [[]]
    for line in lines:
        if pages[-1] and (line.new_page or len(pages[-1]) == LINES):
            pages.append([])
        pages[-1].append(line)
    return pages


def _draw(page: Sequence[Text], foot: str) -> bytes:
    top = HEIGHT - MARGIN
    parts = [b"BT %d TL 1 0 0 1 %d %d Tm" % (LEADING, MARGIN, top)]
    for line in page:
        parts.append(b"/%s %d Tf (%s) Tj T*" % (b"F2" if line.strong else b"F1", SIZE, _escaped(line.text)))
    parts.append(b"1 0 0 1 %d %d Tm /F1 %d Tf (%s) Tj ET" % (MARGIN, MARGIN - 12, SIZE, _escaped(foot)))
    return b"\n".join(parts)


def _escaped(text: str) -> bytes:
    found = b"".join(_character(one) for one in text[:MOST])
    return found.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _character(one: str) -> bytes:
    if not one.isprintable():
        return b" "
    plain = unicodedata.normalize("NFKD", one)[0]
    for form in (one, plain):
        try:
            return form.encode("cp1252")
        except UnicodeEncodeError:
            continue
    return b"?"


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)
