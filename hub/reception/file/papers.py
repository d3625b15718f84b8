"""Scans in a file: which of them are listed, and which may be opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.biometrics.documents.records import Document
from hub.custody.facts.reading import steps
from hub.custody.facts.records import Act, Fact
from hub.custody.papers import KINDS as PAPERS
from hub.custody.papers import Paper
from hub.reception.file.sections import readable
from hub.reception.file.subject import Look
from hub.sentences import Sentence


@dataclass(frozen=True)
class PaperLine:
    """One scan in the list: the fact that says what it is, and the scan itself."""

    row: Fact
    paper: Paper
    said: Sentence
    document: Document


def paper_lines(look: Look, documents: Mapping[int, Document]) -> list[PaperLine]:
    """Scans that the visitor may see, the newest first; those taken back as wrong are left out."""
    found = []
    for kind in PAPERS:
        rows = [row for row in look.rows if row.kind == kind.name]
        for held in readable(kind, rows, look):
            document = documents.get(held.row.document_id or 0)
            if document is not None:
                found.append(PaperLine(held.row, held.value, kind.say(held.value), document))
    return sorted(found, key=_row, reverse=True)


def may_open(look: Look, document: Document) -> bool:
    """Whether the visitor may open a scan: by its permission, and while a fact that counts names it."""
    if not look.may(document.see):
        return False
    return any(
        step.row.document_id == document.id and step.overtaken_by is None and step.row.act != Act.WITHDRAWS
        for step in steps(look.rows)
    )


def _row(line: PaperLine) -> int:
    return line.row.id
