"""A standing review as files: PDF, and one page of HTML that needs nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.biometrics.vault import Vault
from hub.statistics.review.paper.bars import bars_svg
from hub.statistics.review.paper.pdf import pdf_of
from hub.statistics.review.paper.words import paper_of
from hub.statistics.review.reading.kept import Standing
from hub.statistics.review.signing import is_genuine, read_sealed

_TEMPLATES: Final = Path(__file__).with_name("templates")
_STYLE: Final = Path(__file__).parents[2] / "web/static/css/review.css"


def paper(vault: Vault, one: Standing, language: str) -> dict[str, Any]:
    """The review in words of a language. A seal that does not hold is shown as none."""
    seal = one.seal if one.seal is not None and is_genuine(vault, one.seal) else None
    fingerprint = "" if seal is None else hashlib.sha256(seal.public_key).hexdigest()
    return paper_of(
        one.content, one.digest, None if seal is None else read_sealed(seal), fingerprint, language
    )


def pdf_file(vault: Vault, one: Standing, language: str) -> bytes:
    """The review as PDF; the same bytes whenever it is asked for."""
    made_at = one.row.known_at if one.seal is None else one.seal.sealed_at
    return pdf_of(paper(vault, one, language), made_at)


def page_file(vault: Vault, one: Standing, language: str) -> bytes:
    """The review as one HTML file."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    template = environment.get_template("review_file.html")
    style = Markup(_STYLE.read_text("utf-8"))  # noqa: S704 - our own file, without a word that somebody typed
    return template.render(paper=paper(vault, one, language), bars_svg=bars_svg, style=style).encode()
