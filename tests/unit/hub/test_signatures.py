"""A signature on the screen: what is none is refused, what is one is kept sealed and printed on the receipt."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.documents.drawn import HEIGHT_PX, MOST_LETTERS, WIDTH_PX, picture_of
from hub.biometrics.documents.records import Document
from hub.database import session_scope
from hub.sentences import RefusedError

from .site_world import World, post

ROLE = Role.RECORDS_OFFICER
DRAWN = "20,150 60,40 100,150 140,40 180,150 220,60;240,100 300,110"
EMPTY = [""] * 5
WATCH = {
    "what": ["Watch, grey", *EMPTY],
    **{name: ["", *EMPTY] for name in ("count", "value", "condition", "seal", "kept_at")},
}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "too little"),
        ("10,10", "too little"),
        ("10,10 11,10 12,10 13,10 14,10 15,10 16,10", "too little"),
        ("10,10 601,20 30,30 40,40 50,50 60,60", "arrived damaged"),
        ("10,10 20,201 30,30 40,40 50,50 60,60", "arrived damaged"),
        ("10,-1 20,20", "arrived damaged"),
        ("<svg onload=alert(1)>", "arrived damaged"),
        ("\u0661,\u0662 20,20", "arrived damaged"),
        ("1,1 " * MOST_LETTERS, "too long"),
    ],
)
def test_what_is_no_signature(text: str, sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        picture_of(text)


def test_strokes_become_a_picture_of_ours() -> None:
    shown = Image.open(io.BytesIO(picture_of(DRAWN)))
    assert (shown.format, shown.size) == ("PNG", (WIDTH_PX, HEIGHT_PX))
    assert (shown.getpixel((60, 41)), shown.getpixel((590, 190))) == (0, 255)


def test_a_page_without_a_drawing_is_refused_and_keeps_what_was_typed(
    world: World, client: FlaskClient
) -> None:
    world.person()
    answer = post(
        client, "/people/P-000001/property", {"act": "take", "signed": "drawn", "signature": "", **WATCH}
    )
    assert answer.status_code == 400
    assert "Have the person sign on the screen" in answer.text
    assert "Watch, grey" in answer.text


def test_it_is_kept_sealed_and_printed_on_the_receipt(world: World, client: FlaskClient) -> None:
    world.person()
    form = {"act": "take", "signed": "drawn", "signature": "", "drawn": DRAWN, **WATCH}
    receipt = post(client, "/people/P-000001/property", form).location
    assert receipt is not None
    assert f'src="{receipt}/signature"' in client.get(receipt).text
    shown = client.get(f"{receipt}/signature")
    assert (shown.mimetype, shown.data) == ("image/png", picture_of(DRAWN))
    with session_scope(world.sessions, writes=False) as session:
        sealed = session.scalars(select(Document.sealed)).one()
        acts = session.scalars(select(AuditEntry.act)).all()
    assert b"PNG" not in sealed
    assert acts[-1] == "property.signature"


def test_a_receipt_on_paper_shows_no_picture_and_nobody_guesses_another(
    world: World, client: FlaskClient
) -> None:
    world.person()
    world.person("Coc", "Maria")
    form = {"act": "take", "signed": "paper", "signature": "list 44", "drawn": DRAWN, **WATCH}
    receipt = post(client, "/people/P-000001/property", form).location
    assert receipt is not None
    assert "/signature" not in client.get(receipt).text
    assert client.get(f"{receipt}/signature").status_code == 404
    drawn = post(client, "/people/P-000001/property", {**form, "signed": "drawn"}).location
    assert drawn is not None
    assert client.get(f"{drawn.replace('P-000001', 'P-000002')}/signature").status_code == 404


def test_giving_back_is_signed_on_its_own(world: World, client: FlaskClient) -> None:
    world.person()
    base = "/people/P-000001/property"
    taken = post(client, base, {"act": "take", "signed": "paper", "signature": "list 44", **WATCH}).location
    item = client.get(base).text.split('name="item" value="')[1].split('"')[0]
    form = {
        "act": "give",
        "item": item,
        "outcome": "returned",
        "signed": "drawn",
        "signature": "",
        "drawn": DRAWN,
    }
    given = post(client, base, form).location
    assert given is not None
    assert client.get(f"{given}/signature").data == picture_of(DRAWN)
    assert client.get(f"{taken}/signature").status_code == 404
