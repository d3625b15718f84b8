"""What stands behind the review: its log, what was done about it, signatures and how to check them. Pure."""

from __future__ import annotations

from typing import Any, Final

from hub.sentences import Sentence
from hub.statistics.review.blocks import Paragraph, Table, Text, has_something, plain, said
from hub.statistics.review.content import Content
from hub.statistics.review.paper.recommended import text_of
from hub.statistics.review.paper.speaking import Speaker, section
from hub.statistics.review.records import Act
from hub.statistics.review.signing import Sealed

ACTS: Final = {
    Act.REWORDED: Sentence("Reworded"),
    Act.DROPPED: Sentence("Dropped"),
    Act.RESTORED: Sentence("Taken in again"),
    Act.ADDED: Sentence("Added"),
}
CHECK: Final = (
    'test "$(sha256sum NAME.json | cut -c 1-64)" = "$(jq -r .digest NAME.seal.json)" && echo same content',
    "openssl pkeyutl -verify -rawin -pubin -inkey NAME.seal.pem -sigfile NAME.seal.sig -in NAME.seal.json",
)
"""Commands that check a frozen review without this hub; NAME is how its files begin."""


def log(speak: Speaker, content: Content) -> dict[str, Any]:
    """Revisions, figures that became others, what was dropped, and everything that was done."""
    tables = (
        _revisions(speak, content),
        _changes(speak, content),
        _dropped(content),
        _worked(speak, content),
    )
    return section(
        speak, "log", said("Annex: revision log"), tuple(one for one in tables if has_something(one))
    )


def _revisions(speak: Speaker, content: Content) -> Table:
    return Table(
        said("Revisions"),
        (said("Revision"), said("Made"), said("By"), said("Why")),
        (True, False, False, False),
        tuple(
            (
                plain(one.revision), plain(speak.moment(one.made_at)), plain(one.made_by),
                plain(one.why) if one.why else said("the first of the year"),
            )
            for one in content.log
        ),
    )  # fmt: skip


def _changes(speak: Speaker, content: Content) -> Table:
    return Table(
        said("Figures that are others than in the revision before"),
        (said("Where"), said("Before"), said("Now")),
        (False, True, True),
        tuple(
            (Text(plain=" · ".join(speak.text(part) for part in one.where)), one.before, one.after)
            for one in content.changes
        ),
    )


def _dropped(content: Content) -> Table:
    return Table(
        said("Recommendations that were dropped"),
        (said("Rule"), said("Recommendation"), said("Why it was dropped"), said("By")),
        (False, False, False, False),
        tuple(
            (plain(one.number or "–"), text_of(one), Text(plain=one.reason), plain(one.changed_by or "–"))
            for one in content.recommendations
            if one.dropped
        ),
    )


def _worked(speak: Speaker, content: Content) -> Table:
    texts = {one.key: text_of(one) for one in content.recommendations}
    return Table(
        said("What was done about the recommendations"),
        (said("When"), said("Who"), said("What"), said("Recommendation")),
        (False, False, False, False),
        tuple(
            (
                plain(speak.moment(one.at)), plain(one.by), said(ACTS[Act(one.act)]),
                texts.get(one.key, plain(one.key)),
            )
            for one in content.worked
        ),
    )  # fmt: skip


def signatures(speak: Speaker, sealed: Sealed, fingerprint: str) -> dict[str, Any]:
    """Who signed, and how anybody checks that this is what they signed."""
    rows = tuple(
        (said(role), plain(one.name), plain(speak.moment(one.at)))
        for role, one in (
            ("Written and signed by", sealed.writer),
            ("Signed by the director", sealed.director),
        )
    )
    words = said(
        "The hub sealed this revision with its Ed25519 key. Whoever holds the files of the seal checks it without the "
        "hub: the first command says that the content is what was signed, the second that the signature holds. The "
        "key is the hub's when the SHA-256 of its 32 bytes is %(fingerprint)s; compare that with the prison by another "
        "way.",
        fingerprint=fingerprint,
    )
    table = Table(
        said("Signatures"), (said("Signature"), said("Name"), said("When")), (False, False, False), rows
    )
    found = section(speak, "signatures", said("Annex: signatures"), (table, Paragraph(words)))
    found["blocks"].append({"kind": "commands", "lines": list(CHECK)})
    return found
