"""Photos of people: what is taken, how small it gets, who sees it, and that each look is written down."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.photo_making import PAGE_PX, SMALL_BYTES, prepare_photo
from hub.biometrics.photos import add_photo, photo_for, terminal_photos_for
from hub.biometrics.records import Photo
from hub.biometrics.vault import Vault, shred_person
from hub.custody.records import Person, PersonChange
from hub.database import session_scope
from hub.reception.enrolling import enrol_all
from hub.reception.manifest import read_manifest
from hub.sentences import RefusedError
from wire.errors import WireError
from wire.roll import MAX_PHOTO_BYTES

from .site_world import World, sign_in, token_of


def picture(size: tuple[int, int] = (600, 800), *, kind: str = "JPEG", noisy: bool = False) -> bytes:
    """A photo with a camera's name in it; a noisy one is as hard to make small as any."""
    image = Image.effect_noise(size, 120).convert("RGB") if noisy else Image.linear_gradient("L").resize(size)
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-OF-SOMEBODY"
    out = io.BytesIO()
    image.convert("RGB").save(out, format=kind, exif=exif.tobytes())
    return out.getvalue()


def many_pixels() -> bytes:
    """A file of some kilobytes that takes hundreds of megabytes when it is opened."""
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, format="PNG")
    return out.getvalue()


def in_scans(side_px: int, *, progressive: bool = True) -> bytes:
    """27 million pixels: several scans hold all of them in memory, one scan a line at a time."""
    out = io.BytesIO()
    Image.new("L", (side_px, side_px), 90).save(out, "JPEG", progressive=progressive)
    return out.getvalue()


def broken_exif() -> bytes:
    """A photo whose words about itself break the reader of such words."""
    exif = Image.Exif()
    exif[0x0112], exif[0x8769], exif[0x8825] = 6, {0x9000: b"0230"}, {1: "N", 2: (1.0, 2.0, 3.0)}
    out = io.BytesIO()
    Image.new("RGB", (200, 260)).save(out, format="JPEG", exif=exif)
    raw = bytearray(out.getvalue())
    raw[raw.index(b"0230") + 8] = 27
    return bytes(raw)


def wrong_exif() -> bytes:
    """A photo that says its width in letters."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "cam"
    out = io.BytesIO()
    Image.new("RGB", (200, 260)).save(out, format="JPEG", exif=exif)
    return out.getvalue().replace(b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02")


def keep(world: World, person: Person, raw: bytes | None = None) -> None:
    with session_scope(world.sessions) as session:
        prepared = prepare_photo(raw or picture())
        add_photo(session, world.vault, person.id, prepared, taken_at=world.at, at=world.at, by="rita")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "photo_empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "photo_too_large"),
        (b"no image at all", "photo_unreadable"),
        (picture((100, 100)), "photo_size"),
        (picture()[:2000], "photo_unreadable"),
        (broken_exif(), "photo_unreadable"),
        (wrong_exif(), "photo_unreadable"),
        (many_pixels(), "photo_plain"),
        (in_scans(5200), "photo_scans"),
        (in_scans(400) + b"\xff\xda" * 64, "photo_scans"),
        (picture(kind="PNG").replace(b"IDAT", b"IDXT"), "photo_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        prepare_photo(raw)
    assert refused.value.code == code


@pytest.mark.parametrize("noisy", [False, True])
def test_a_photo_is_made_small_and_forgets_its_camera(noisy: bool) -> None:
    made = prepare_photo(picture((1200, 900), noisy=noisy))
    with Image.open(io.BytesIO(made.page_jpeg)) as page:
        assert page.format == "JPEG"
        assert page.size == (384, PAGE_PX)
    assert len(made.small_jpeg) <= SMALL_BYTES == MAX_PHOTO_BYTES
    assert b"CAMERA" not in made.page_jpeg + made.small_jpeg
    assert "xff" not in repr(made)


def test_a_large_photo_of_one_scan_and_a_small_one_of_several_are_taken() -> None:
    assert prepare_photo(in_scans(5200, progressive=False)).page_jpeg
    assert prepare_photo(in_scans(400)).page_jpeg


def test_a_photo_of_the_future_is_refused(world: World) -> None:
    person, prepared, later = world.person(), prepare_photo(picture()), world.at + timedelta(days=1)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError):
        add_photo(session, world.vault, person.id, prepared, taken_at=later, at=world.at, by="rita")


def test_photos_are_sealed_added_and_never_overwritten(world: World) -> None:
    person, other = world.person(), world.person("Coc")
    keep(world, person)
    keep(world, person, picture((400, 500), kind="PNG"))
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(Photo).order_by(Photo.number)).all()
        newest = photo_for(session, world.vault, person.id)
        assert photo_for(session, world.vault, other.id) is None
        small = terminal_photos_for(session, world.vault, [person.id, other.id])
        changes = session.scalars(select(PersonChange.person_id)).all()
    assert [row.number for row in rows] == [1, 2]
    assert not any(row.sealed_page.startswith(b"\xff\xd8") for row in rows)
    assert newest is not None
    with Image.open(io.BytesIO(newest.page_jpeg)) as page:
        assert page.size == (384, 480)
    assert list(small) == [person.id]
    assert changes[-1] == person.id, "terminals hear of it"
    with session_scope(world.sessions) as session, pytest.raises(DatabaseError):
        session.execute(update(Photo).values(recorded_by="somebody"))


def test_another_vault_opens_no_photo_and_a_shredded_person_has_none(world: World) -> None:
    person = world.person()
    keep(world, person)
    with session_scope(world.sessions, writes=False) as session, pytest.raises(WireError):
        photo_for(session, Vault(b"w" * 32), person.id)
    with session_scope(world.sessions) as session:
        shred_person(session, person.id)
        assert photo_for(session, world.vault, person.id) is None
        assert terminal_photos_for(session, world.vault, [person.id]) == {}


# --- pages


def browser_of(world: World, login: str, role: Role) -> FlaskClient:
    world.account(login, role)
    browser = world.app().test_client()
    assert sign_in(browser, login).status_code == 303
    return browser


def send(browser: FlaskClient, raw: bytes, **form: str) -> tuple[int, str]:
    address = "/people/P-000001/photo/new"
    token = token_of(browser.get(address))
    data = {"csrf_token": token, "photo": (io.BytesIO(raw), "face.jpg"), **form}
    answer = browser.post(address, data=data)
    return answer.status_code, answer.text


def test_only_those_who_may_add_a_photo_and_a_bad_one_is_explained(world: World) -> None:
    world.person()
    assert browser_of(world, "olga", Role.OFFICER).get("/people/P-000001/photo").status_code == 403
    sam = browser_of(world, "sam", Role.SHIFT_SUPERVISOR)
    assert sam.get("/people/P-000001/photo/new").status_code == 403
    assert sam.get("/people/P-000001/photo").status_code == 404
    rita = browser_of(world, "rita", Role.RECORDS_OFFICER)
    assert rita.get("/people/P-000009/photo/new").status_code == 404
    status, page = send(rita, b"not a photo")
    assert status == 400
    assert "not a JPEG, PNG or WebP" in page
    assert "year-month-day" in send(rita, picture(), taken_on="yesterday")[1]


def test_a_photo_is_added_shown_on_the_file_and_each_look_written_down(world: World) -> None:
    world.person()
    rita = browser_of(world, "rita", Role.RECORDS_OFFICER)
    assert send(rita, picture(), taken_on="2026-11-20")[0] == 303
    assert '/people/P-000001/photos/1"' in rita.get("/people/P-000001").text
    shown = rita.get("/people/P-000001/photo")
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["Cache-Control"] == "no-store"
    with session_scope(world.sessions, writes=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "P-000001")).all()
    assert acts[-3:] == ["person.add_photo", "person.look", "person.photo"]


@pytest.mark.parametrize("kilobytes", [100, 300, 900])
def test_a_photo_as_cameras_make_them_is_taken(world: World, kilobytes: int) -> None:
    """Line ends anywhere in a photo must not make the reader of forms count it as text."""
    world.person()
    rita = browser_of(world, "rita", Role.RECORDS_OFFICER)
    comment = b"\r\n".join([b"\n" * 61, b"x" * 67] * (kilobytes * 8))[: kilobytes * 1024]
    raw = picture((300, 400)) + comment
    assert send(rita, raw)[0] == 303


def test_a_manifest_may_bring_photos(
    world: World, tmp_path: Path, prints: dict[tuple[int, int], bytes]
) -> None:
    world.site()
    (tmp_path / "face.jpg").write_bytes(picture())
    fingers = []
    for position, seed in ((2, 1), (7, 2)):
        (tmp_path / f"{position}.png").write_bytes(prints[seed, 1])
        fingers.append({"position": position, "images": [f"{position}.png"]})
    person = {
        "surname": "Novelo",
        "given": "Ana",
        "home_zone": "block-a",
        "order_reference": "W 1",
        "fingers": fingers,
        "photo": "face.jpg",
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"people": [person, {**person, "photo": "gone.jpg"}]}))
    manifest = read_manifest(tmp_path / "manifest.json")
    done = list(
        enrol_all(manifest, tmp_path, sessions=world.sessions, vault=world.vault, clock=lambda: world.at)
    )
    assert [one.admitted is not None for one in done] == [True, False]
    assert "gone.jpg" in done[1].refused
    with session_scope(world.sessions, writes=False) as session:
        assert len(session.scalars(select(Photo)).all()) == 1
