"""The review on paper: read back by another library, with its figures, in both languages, and no code from words."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract
from pypdf import PageObject, PdfReader

from hub.__main__ import REFUSED, main
from hub.biometrics.vault_key import prepare_vault
from hub.database import session_scope
from hub.statistics import review
from hub.statistics.review.actions import add, drop
from hub.statistics.review.reading.kept import Standing, standing_of
from hub.statistics.review.records import Review
from hub.statistics.review.rules import RULES
from hub.statistics.review.showing import page_file, pdf_file
from hub.web.language import messages

from .review_world import HELD, WRITER, made, year_world
from .site_world import World

ATTACK = '#read("/etc/passwd") #sys.inputs *b* _i_ $x^2$ [c] <l> @m \\ `r` = h // no comment "q" {{ 7*7 }} </style><b>'
A4 = (595, 842)


def _standing(world: World, row: Review) -> Standing:
    with session_scope(world.sessions, writes=False) as session:
        return standing_of(session, session.get_one(Review, row.id))


def _read(raw: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(raw))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def _places(page: PageObject) -> list[tuple[float, float]]:
    """Where each piece of text begins, in points from the lower left."""
    found: list[tuple[float, float]] = []

    def note(words: str, cm: list[float], tm: list[float], *_: object) -> None:
        if words.strip():
            x, y = tm[4], tm[5]
            found.append((cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]))

    page.extract_text(visitor_text=note)
    return found


def test_the_document_is_read_back_with_its_figures(world: World) -> None:
    year_world(world)
    one = _standing(world, made(world))
    raw = pdf_file(world.vault, one, "en")
    assert raw == pdf_file(world.vault, one, "en"), "the same content gives the same bytes"
    reader, text = _read(raw)
    assert reader.metadata is not None
    assert reader.metadata.title == "Data Policy Review 2026"
    catalog = reader.root_object
    assert str(catalog["/Lang"]).startswith("en")
    assert catalog["/MarkInfo"]["/Marked"], "tagged, to be read aloud"
    xmp = catalog["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1" in xmp
    assert "<pdfaid:part>2" in xmp
    assert len(reader.outline) >= 10, "bookmarks of the sections"
    assert f"Prison population people 0 {HELD} +{HELD}" in text
    assert "Draft: not signed, not frozen" in text
    assert f"Page 2 of {len(reader.pages)}" in text
    assert one.digest[:8] in text
    for page in reader.pages:
        assert tuple(round(float(side)) for side in page.mediabox[2:]) == A4
        assert all(60 <= x <= 560 and 30 <= y <= 812 for x, y in _places(page)), "nothing runs off the paper"


def test_every_word_is_said_in_spanish_too(world: World) -> None:
    year_world(world)
    one = _standing(world, made(world))
    reader, text = _read(pdf_file(world.vault, one, "es"))
    assert str(reader.root_object["/Lang"]).startswith("es")
    assert "Informe de la Política de Datos 2026" in text
    assert "Población penitenciaria" in text
    for english in (
        "Files ",
        " per cent",
        "Main site",
        "Reference",
        "Annex",
        " was ",
        " the ",
        "Shared",
        "fewer than",
    ):
        assert english not in text.replace("The police", ""), english


def test_each_sentence_of_the_review_has_spanish_also_those_that_no_test_data_says() -> None:
    spanish, found = messages("es"), set()
    keywords = {"said": None, "say": None, "Sentence": None}
    for path in sorted(Path(review.__file__).parent.rglob("*.py")):
        for _line, one, *_ in extract("python", io.BytesIO(path.read_bytes()), keywords=keywords):
            found.add(one if isinstance(one, str) else next(part for part in one if part))
    found |= {one.text for one in RULES} | {one.limit for one in RULES}
    assert len(found) > 150
    assert sorted(found - set(spanish)) == []


def test_words_that_somebody_typed_are_never_code(world: World) -> None:
    year_world(world)
    row = made(world, why=ATTACK)
    with session_scope(world.sessions) as session:
        add(session, row.id, ATTACK, actor=WRITER, at=world.at)
        drop(session, row.id, "files_incomplete:files", ATTACK, actor=WRITER, at=world.at)
    one = _standing(world, row)
    _reader, text = _read(pdf_file(world.vault, one, "es"))
    bare = "".join(text.split())
    for part in (
        '#read("/etc/passwd")',
        "#sys.inputs",
        "*b*",
        "_i_",
        "$x^2$",
        "<l>",
        "@m",
        "{{7*7}}",
        "=h//",
    ):
        assert bare.count(part) == 4, f"{part} stands as typed: recommendation, its log, reason and why"
    assert "root:" not in text
    page = page_file(world.vault, one, "es").decode()
    assert "</style><b>" not in page
    assert "{{ 7*7 }}" in page


def test_the_commands_make_it_and_write_it_out_only_when_it_is_signed(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = world.settings().keys
    keys.mkdir()
    prepare_vault(keys)
    data, out = str(world.folder), tmp_path / "out"
    assert main(["review", "freeze", "--data", data, "--year", "2026"]) == REFUSED
    assert "There is no review of 2026" in capsys.readouterr().err
    assert main(["review", "make", "--data", data, "--year", "2025", "--out", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == " 0 % Computing the figures of both years"
    assert told[4] == "95 % Writing the review"
    assert told[5] == "2025, revision 1, as at 2025-12-31: 0 recommendations derived"
    assert sorted(path.suffix for path in out.iterdir()) == [".html", ".html", ".pdf", ".pdf"]
    assert PdfReader(out / "data-policy-review-2025-1-es.pdf").pages
    assert main(["review", "freeze", "--data", data, "--year", "2025"]) == REFUSED
    assert "waits for the signature of whoever wrote it" in capsys.readouterr().err
