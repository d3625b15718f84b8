"""Papers and photos of invented people: drawn, typed and sealed like real ones, and marked as invented."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from hub.biometrics.documents.records import Document
from hub.biometrics.documents.sniffing import PDF
from hub.biometrics.photos import Angle
from hub.biometrics.records import PersonKey, Photo
from hub.biometrics.vault import PersonLock, Vault
from hub.custody.papers import DOCUMENT, Paper, PaperSort
from hub.reception.seed import court, faces
from hub.reception.seed.pen import Pen
from hub.reception.seed.who import Somebody
from hub.rows import insert_rows

_PNG: Final = "image/png"
_MARK: Final = "INVENTED for trials. No court wrote this, and nobody of this name is meant."
_SCANNED: Final = 0.4
_WITH_PHOTO: Final = 0.28
_CARDS: Final = 0.06


@dataclass(frozen=True)
class _Kept:
    id: int
    person_id: int
    media_type: str
    raw: bytes
    at: datetime
    by: str


@dataclass
class Scans:
    """What is to be sealed once the people of a part have their rows. Without a vault there are none."""

    vault: Vault | None
    documents: list[_Kept] = field(default_factory=list)
    faces: list[tuple[Somebody, datetime, str]] = field(default_factory=list)

    def of_stay(self, pen: Pen) -> None:
        """The order as a scan, for some; the card that somebody showed, for a few; a photo for many."""
        if self.vault is None or not pen.stay.thick:
            return
        if pen.chance(_SCANNED):
            reference = court.reference_of_order(pen)
            paper = Paper(title=f"Order {reference}", sort=PaperSort.ORDER, dated_on=pen.stay.admitted_on)
            pen.documents[reference] = self._keep(pen, paper, PDF, pdf(_lines(pen, reference)))
        if pen.stay.is_open and pen.chance(_CARDS):
            card = Paper(title="Social security card, both sides", sort=PaperSort.IDENTITY)
            self._keep(pen, card, _PNG, _card(pen.who))
        if pen.stay.is_open and pen.chance(_WITH_PHOTO):
            self.faces.append((pen.who, pen.admitted_at, pen.clerk))

    def seal(self, session: Session) -> None:
        """Write what was kept, each under its person's key; all of them are people without one so far."""
        if self.vault is None:
            return
        locks, keys = dict[int, PersonLock](), []
        for person_id, at in self._owners():
            locks[person_id], wrapped = self.vault.new_key(person_id)
            keys.append({"person_id": person_id, "wrapped": wrapped, "created_at": at})
        insert_rows(session, PersonKey, keys)
        insert_rows(session, Document, [_document(locks[one.person_id], one) for one in self.documents])
        insert_rows(session, Photo, [_photo(locks[who.person_id], who, at, by) for who, at, by in self.faces])
        self.documents.clear()
        self.faces.clear()

    def _owners(self) -> Iterable[tuple[int, datetime]]:
        papers = {one.person_id: one.at for one in self.documents}
        return ({who.person_id: at for who, at, _ in self.faces} | papers).items()

    def _keep(self, pen: Pen, paper: Paper, media_type: str, raw: bytes) -> int:
        number = pen.bulk.id_of(Document)
        at = pen.admitted_at
        self.documents.append(_Kept(number, pen.who.person_id, media_type, raw, at, pen.clerk))
        pen.bulk.fact(DOCUMENT, paper, pen.who.person_id, None, at, at, by=pen.clerk, document_id=number)
        return number


def _document(lock: PersonLock, one: _Kept) -> dict[str, object]:
    return {
        "id": one.id,
        "person_id": one.person_id,
        "media_type": one.media_type,
        "size_bytes": len(one.raw),
        "sha256": hashlib.sha256(one.raw).hexdigest(),
        "sealed": lock.lock(one.raw, "document", 0, 0),
        "see": DOCUMENT.see.value,
        "recorded_at": one.at,
        "recorded_by": one.by,
    }


def _photo(lock: PersonLock, who: Somebody, at: datetime, by: str) -> dict[str, object]:
    drawn = faces.photo(who.person_id)
    return {
        "person_id": who.person_id,
        "number": 1,
        "sealed_page": lock.lock(drawn.page_jpeg, "photo", 0, 1),
        "sealed_small": lock.lock(drawn.small_jpeg, "small photo", 0, 1),
        "taken_at": at,
        "recorded_at": at,
        "recorded_by": by,
        "angle": Angle.FRONT.value,
        "mark": None,
    }


def _lines(pen: Pen, reference: str) -> list[str]:
    who = pen.who.identity
    return [
        _MARK,
        "",
        pen.court,
        f"Order {reference}",
        "",
        f"To the keeper of the prison: receive {who.given} {who.surname},",
        f"charged with: {pen.stay.offence.words} ({pen.stay.offence.statute}),",
        f"and keep this person safely until the court orders otherwise. {pen.stay.admitted_on:%d %B %Y}.",
    ]


def pdf(lines: Sequence[str]) -> bytes:
    """A page of A4 with these lines: enough of a PDF for every reader."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    page = f"BT /F1 11 Tf 16 TL 60 770 Td\n{shown}ET".encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _card(who: Somebody) -> bytes:
    image = Image.new("RGB", (480, 300), "#dfe7ec")
    pen = ImageDraw.Draw(image)
    pen.rectangle((8, 8, 471, 291), outline="#22262a", width=2)
    for line, text in enumerate(
        ("INVENTED", who.identity.surname, who.identity.given, str(who.identity.born_on))
    ):
        pen.text((40, 50 + 50 * line), text, fill="#22262a")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
