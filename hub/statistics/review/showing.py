"""A standing review as files: PDF, and one page of HTML that needs nothing else."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.biometrics.vault import Vault
from hub.statistics.review.paper.pdf import pdf_of
from hub.statistics.review.paper.words import Seal, paper_of
from hub.statistics.review.reading.kept import Standing
from hub.statistics.review.signing import is_genuine, pem_of, read_sealed

_TEMPLATES: Final = Path(__file__).with_name("templates")
_STYLE: Final = Path(__file__).parents[2] / "web/static/css/review.css"


def seal_of(vault: Vault, one: Standing) -> Seal | None:
    """How a standing review is sealed; None for a draft."""
    if one.seal is None:
        return None
    fingerprint = hashlib.sha256(one.seal.public_key).hexdigest()
    return Seal(read_sealed(one.seal), fingerprint, is_genuine(vault, one.seal))


def paper(vault: Vault, one: Standing, language: str) -> dict[str, Any]:
    """The review in words of a language; one whose seal does not hold says so, and shows nobody's signature."""
    return paper_of(one.content, one.digest, seal_of(vault, one), language)


def pdf_file(vault: Vault, one: Standing, language: str) -> bytes:
    """The review as PDF; the same bytes whenever it is asked for. A frozen one is what was handed out then."""
    made_at = one.row.known_at if one.seal is None else one.seal.sealed_at
    return _kept(vault, one, "pdf", language) or pdf_of(paper(vault, one, language), made_at)


def page_file(vault: Vault, one: Standing, language: str) -> bytes:
    """The review as one HTML file, as `pdf_file`."""
    return _kept(vault, one, "html", language) or page_of(paper(vault, one, language))


def touched_papers(vault: Vault, one: Standing) -> list[str]:
    """Papers that were handed out and are kept no more as they were, as "pdf/en"; none of a seal that does not hold."""
    seal = seal_of(vault, one)
    if seal is None or not seal.holds:
        return []
    hashes = {
        f"{kind}/{tongue}": hashlib.sha256(raw).hexdigest() for (kind, tongue), raw in one.papers.items()
    }
    return [name for name, digest in sorted(seal.sealed.papers.items()) if hashes.get(name) != digest]


def _kept(vault: Vault, one: Standing, kind: str, language: str) -> bytes | None:
    """The file as it was frozen, where the seal holds and covers it; else it is set anew, and says how it stands."""
    seal, name = seal_of(vault, one), f"{kind}/{language}"
    if seal is None or not seal.holds or name not in seal.sealed.papers or name in touched_papers(vault, one):
        return None
    return one.papers[kind, language]


def seal_files(one: Standing) -> dict[str, bytes]:
    """What anybody needs to check a frozen review, by how the names end; nothing of a draft."""
    if one.seal is None:
        return {}
    return {
        "json": one.raw.encode(),
        "seal.json": one.seal.sealed.encode(),
        "seal.sig": one.seal.signature,
        "seal.pem": pem_of(one.seal),
    }


def bundle(one: Standing, name: str) -> bytes:
    """`seal_files` as one ZIP file, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for ending, raw in seal_files(one).items():
            archive.writestr(zipfile.ZipInfo(f"{name}.{ending}"), raw)
    return out.getvalue()


def page_of(paper: dict[str, Any]) -> bytes:
    """`paper` is of `words.paper_of`."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    template = environment.get_template("review_file.html")
    style = Markup(_STYLE.read_text("utf-8"))  # noqa: S704 - our own file, without a word that somebody typed
    return template.render(paper=paper, style=style).encode()
