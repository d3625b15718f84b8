"""Published figures for the agency whose agreement names them: the list, one publication, its files as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.problems import NOT_FOUND, ProblemError
from hub.sharing.api.routes import ApiRoutes, Example, Raw, Shaped
from hub.sharing.catalogue import PURPOSES, Way
from hub.sharing.gate import share
from hub.sharing.pull.purposes import SAY_PURPOSE, purpose_of
from hub.sharing.pull.shapes import tag_of
from hub.statistics.cells import TOTAL
from hub.statistics.control.names import COLUMNS as CUTS
from hub.statistics.publishing.files.about import SIGNATURE
from hub.statistics.publishing.observations import COLUMNS, Line, lines_of
from hub.statistics.publishing.reading import (
    Standing,
    State,
    files_of,
    published_figures,
    standing,
    standings,
)
from hub.statistics.publishing.records import PublicationFile

api = ApiRoutes("figures", "Figures that were published, without persons")

_EXCHANGE: Final = "indicators"
_NUMBER: Final = r"[1-9][0-9]{0,8}"
_FILE: Final = r"[A-Za-z0-9][A-Za-z0-9.-]{0,59}"
_BYTES: Final = Raw("application/octet-stream")
_DOCUMENT: Final = Shaped(
    "figures_document",
    {
        "description": "The document of the exchange `indicators`: see /v1/schemas/indicators.json. Of a column that "
        "is not agreed only those observations are told in which it is the total.",
        "type": "object",
        "required": ["exchange", "schemaVersion", "issuedAt", "disclosure", "agreement", "data"],
        "properties": {"exchange": {"const": _EXCHANGE}, "data": {"type": "object"}},
    },
)


class FigureFile(msgspec.Struct, frozen=True):
    """A file of a publication."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    href: str


class Published(msgspec.Struct, frozen=True):
    """A publication: frozen by two people, and never changed. A later revision says in `why` what is new."""

    number: int
    period: str
    revision: int
    frozen_at: datetime
    known_at: datetime
    threshold: Annotated[int, Meta(description="No number of people from 1 to one below it is given.")]
    why: str
    public_key: Annotated[str, Meta(description="Ed25519, in hex: what signed SHA256SUMS.")]
    href: str
    files: list[FigureFile]


class Publications(msgspec.Struct, frozen=True):
    """The newest first."""

    publications: list[Published]


class FiguresQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For what."""

    purpose: (
        Annotated[
            str,
            Meta(
                pattern="^(?:" + "|".join(PURPOSES) + ")$", description="Where the agreement names several."
            ),
        ]
        | None
    ) = None


@api.operation(
    "GET",
    "/v1/figures",
    exchange=_EXCHANGE,
    summary="Which figures were published?",
    description="Every publication with its files and their checksums, the newest first. Nothing of it is about a "
    "person: small numbers, and those that would show them, are withheld.",
    answers={200: Publications},
    examples=(Example("All publications"),),
)
def figures(call: Call) -> Publications:
    found = [one for one in standings(call.session) if one.state is State.FROZEN]
    return Publications([_told(call, one) for one in found])


@api.operation(
    "GET",
    "/v1/figures/{number}",
    exchange=_EXCHANGE,
    path={"number": _NUMBER},
    query=FiguresQuery,
    summary="One publication as observations",
    answers={200: _DOCUMENT},
    problems=(SAY_PURPOSE,),
    shares=True,
)
def figures_of_one(call: Call, number: str, query: FiguresQuery) -> Answer:
    found = _frozen(call, number)
    document = _share(call, found, query, lines_of(published_figures(found.row)))
    return Answer(document, etag=tag_of(document))


@api.operation(
    "GET",
    "/v1/figures/{number}/{file}",
    exchange=_EXCHANGE,
    path={"number": _NUMBER, "file": _FILE},
    query=FiguresQuery,
    summary="A file of a publication",
    description="The bytes that were frozen: figures.csv, its CSVW metadata, figures.json (JSON-stat), catalog.jsonld "
    "(DCAT), SHA256SUMS and SHA256SUMS.sig (Ed25519, 64 bytes). Every column has to be agreed.",
    answers={200: _BYTES},
    problems=(SAY_PURPOSE,),
    shares=True,
)
def figure_file(call: Call, number: str, file: str, query: FiguresQuery) -> Answer:
    found = _frozen(call, number)
    raw = _bytes(call, found, file)
    _share(call, found, query, [], wanted=COLUMNS)
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Answer(raw=raw, media_type=_BYTES.media_type, headers=headers)


def _told(call: Call, found: Standing) -> Published:
    row, act, href = found.row, found.act, f"/v1/figures/{found.row.id}"
    assert act is not None
    files = [
        FigureFile(one.name, one.media_type, len(one.content.encode()), one.sha256, f"{href}/{one.name}")
        for one in files_of(call.session, row.id)
    ]
    return Published(
        row.id, row.period, row.revision, act.at, row.known_at, row.k, row.why, act.public_key, href, files
    )


def _frozen(call: Call, number: str) -> Standing:
    found = standing(call.session, int(number))
    if found is None or found.state is not State.FROZEN:
        raise ProblemError(NOT_FOUND)
    return found


def _bytes(call: Call, found: Standing, name: str) -> bytes:
    assert found.act is not None
    if name == SIGNATURE:
        return bytes.fromhex(found.act.signature)
    held: dict[str, PublicationFile] = {one.name: one for one in files_of(call.session, found.row.id)}
    if name not in held:
        raise ProblemError(NOT_FOUND)
    return held[name].content.encode()


def _share(
    call: Call, found: Standing, query: FiguresQuery, lines: list[Line], wanted: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """Through the gate, which writes it down: the document with the agreed columns."""
    shared = share(
        call.session,
        agency=call.client.agency,
        exchange=_EXCHANGE,
        purpose=purpose_of(call, _EXCHANGE, query.purpose),
        person=None,
        at=call.at,
        actor=call.actor,
        way=Way.PULL,
        wanted=wanted,
        reference=f"figures {found.row.id}",
        given={"observations": lines},
    )
    document = dict(shared.document)
    if lines:
        told = shared.document["data"]["observations"]
        document["data"] = {"observations": _whole(lines, told)}
    return document


def _whole(lines: list[Line], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those that a column tells apart which is not agreed: they would look like several of the same."""
    hidden = [column for column in CUTS if told and column not in told[0]]
    return [
        shown
        for line, shown in zip(lines, told, strict=True)
        if all(line[column] == TOTAL for column in hidden)
    ]
