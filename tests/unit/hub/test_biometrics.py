"""The vault, what may go into it, and whether a finger is there already."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

import matching
from hub.biometrics.actions import AlreadyEnrolledError, enrol_finger, fingers_of, templates_for
from hub.biometrics.duplicates import DuplicateSearch, Hit
from hub.biometrics.enrolment import check_distinct, check_one_finger, prepare_finger, prepare_impression
from hub.biometrics.images import MAX_BYTES, read_image, write_png
from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import Vault, shred_person
from hub.biometrics.vault_key import open_vault, prepare_vault
from hub.custody.records import PersonChange
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.terminals.errors import KeysError
from matching.synthesis import make_finger
from wire.errors import WireError

from .site_world import World

Prints = dict[tuple[int, int], bytes]


def file_of(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, format=form)
    return out.getvalue()


def grey(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.full((height, width), 200, np.uint8))


def enrol(
    world: World, person: int, position: int, files: list[bytes], search: DuplicateSearch | None = None
) -> None:
    finger = prepare_finger(position, files)
    with session_scope(world.sessions) as session:
        enrol_finger(
            session,
            world.vault,
            search or DuplicateSearch(world.vault, world.sessions),
            person,
            finger,
            at=world.at,
            by="test",
        )


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"broken", "not a PNG, BMP or TIFF image"),
        (b"GIF89a" + bytes(100), "not a PNG, BMP or TIFF image"),
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
        (file_of(grey(200, 300), "JPEG"), "not a PNG, BMP or TIFF image"),
        (file_of(grey(200, 300), "PNG")[:-40], "not a PNG, BMP or TIFF image"),
        (file_of(grey(40, 300), "PNG"), "40 x 300 pixels"),
        (file_of(grey(2001, 300), "PNG"), "2001 x 300 pixels"),
    ],
)
def test_files_that_are_no_finger_image(raw: bytes, sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        read_image(raw)


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF"])
def test_images_are_read_as_grey_whatever_their_colours(form: str) -> None:
    colour = Image.new("RGB", (120, 140), (10, 10, 10))
    image = read_image(file_of(colour, form))
    assert image.shape == (140, 120)
    assert image.dtype == np.uint8
    assert (image == 10).all()


def test_a_stored_image_keeps_every_pixel_and_nothing_else() -> None:
    image = np.random.default_rng(1).integers(0, 256, (140, 120), dtype=np.uint8)
    assert (read_image(write_png(image)) == image).all()


def test_an_empty_glass_is_not_enrolled() -> None:
    with pytest.raises(RefusedError, match="There is no finger on the image"):
        prepare_impression(file_of(grey(256, 288), "PNG"))


def test_a_finger_off_the_middle_is_taken_only_where_nobody_can_take_it_again() -> None:
    image = make_finger(3).impression(1, displacement_px=(95.0, 0.0), severity=0.0)
    raw = file_of(Image.fromarray(image), "PNG")
    with pytest.raises(RefusedError, match="too far right"):
        prepare_impression(raw)
    assert prepare_impression(raw, can_be_retaken=False).quality >= 10
    with pytest.raises(RefusedError, match="There is no finger on the image"):
        prepare_impression(file_of(grey(256, 288), "PNG"), can_be_retaken=False)


@pytest.mark.parametrize("position", [0, 11, -1])
def test_a_finger_has_one_of_ten_positions(position: int) -> None:
    with pytest.raises(RefusedError, match="from 1 to 10"):
        prepare_finger(position, [b"x"])


def test_a_finger_needs_an_image() -> None:
    with pytest.raises(RefusedError, match="one to six images"):
        prepare_finger(2, [])


def test_one_finger_given_as_two_is_noticed(prints: Prints) -> None:
    one, two = prepare_finger(2, [prints[1, 1]]), prepare_finger(7, [prints[1, 2]])
    with pytest.raises(RefusedError, match="the same finger"):
        check_distinct([one, two])
    with pytest.raises(RefusedError, match="named twice"):
        check_distinct([one, prepare_finger(2, [prints[2, 1]])])
    check_distinct([one, prepare_finger(7, [prints[2, 1]])])


def test_images_of_two_fingers_given_as_one_are_noticed(prints: Prints) -> None:
    with pytest.raises(RefusedError, match="do not match"):
        check_one_finger(prepare_finger(2, [prints[1, 1], prints[1, 2], prints[2, 1]]))
    check_one_finger(prepare_finger(2, [prints[1, 1], prints[1, 2]]))
    check_one_finger(prepare_finger(2, [prints[1, 1]]))


def test_templates_come_back_as_they_went_in(world: World, prints: Prints) -> None:
    person = world.person()
    enrol(world, person.id, 2, [prints[1, 1], prints[1, 2]])
    with session_scope(world.sessions, writes=False) as session:
        found = templates_for(session, world.vault, [person.id, 999])
        assert [change.person_id for change in session.scalars(select(PersonChange))] == [person.id]
        assert [(row.position, row.impressions) for row in fingers_of(session, person.id)] == [(2, 2)]
    assert list(found) == [person.id]
    assert [position for position, _ in found[person.id]] == [2, 2]
    record = matching.Template.from_iso(found[person.id][0][1])
    assert record.to_iso() == prepare_impression(prints[1, 1]).template.to_iso()


def test_nothing_readable_lies_in_the_database(world: World, prints: Prints) -> None:
    person = world.person()
    enrol(world, person.id, 2, [prints[1, 1]])
    record = prepare_impression(prints[1, 1]).template.to_iso()
    world.engine.dispose()
    stored = b"".join(path.read_bytes() for path in world.folder.iterdir())
    assert record[24:80] not in stored
    assert b"\x89PNG" not in stored
    assert b"FMR\0" not in stored


def test_a_vault_with_another_key_opens_nothing(world: World, prints: Prints) -> None:
    person = world.person()
    enrol(world, person.id, 2, [prints[1, 1]])
    with session_scope(world.sessions, writes=False) as session, pytest.raises(WireError):
        templates_for(session, Vault(b"w" * 32), [person.id])


def test_a_template_moved_to_another_place_does_not_open(world: World, prints: Prints) -> None:
    person = world.person()
    enrol(world, person.id, 2, [prints[1, 1]])
    with session_scope(world.sessions) as session:
        session.scalars(select(Finger)).one().position = 3
    with session_scope(world.sessions, writes=False) as session:
        assert templates_for(session, world.vault, [person.id]) == {}


def test_a_key_moved_to_another_person_does_not_open(world: World, prints: Prints) -> None:
    one, two = world.person(), world.person()
    enrol(world, one.id, 2, [prints[1, 1]])
    with session_scope(world.sessions) as session:
        session.scalars(select(PersonKey)).one().person_id = two.id
    with session_scope(world.sessions, writes=False) as session, pytest.raises(WireError):
        templates_for(session, world.vault, [two.id])


def test_without_the_persons_key_all_is_gone(world: World, prints: Prints) -> None:
    person, search = world.person(), DuplicateSearch(world.vault, world.sessions)
    enrol(world, person.id, 2, [prints[1, 1]])
    search.refresh()
    assert len(search) == 1
    with session_scope(world.sessions) as session:
        shred_person(session, person.id)
    with session_scope(world.sessions, writes=False) as session:
        assert templates_for(session, world.vault, [person.id]) == {}
    search.refresh()
    assert len(search) == 0


def test_the_same_finger_of_another_person_is_refused_with_the_file_to_open(
    world: World, prints: Prints
) -> None:
    one, two = world.person(), world.person()
    search = DuplicateSearch(world.vault, world.sessions)
    enrol(world, one.id, 2, [prints[1, 1]], search)
    enrol(world, two.id, 2, [prints[2, 1]], search)
    with pytest.raises(AlreadyEnrolledError, match="already enrolled for P-000001") as refused:
        enrol(world, two.id, 3, [prints[1, 2]], search)
    assert refused.value.number == "P-000001"
    with session_scope(world.sessions, writes=False) as session:
        assert [row.position for row in fingers_of(session, two.id)] == [2]


def test_the_same_finger_of_the_same_person_may_be_taken_again(world: World, prints: Prints) -> None:
    person = world.person()
    enrol(world, person.id, 2, [prints[1, 1]])
    enrol(world, person.id, 2, [prints[1, 2]])
    with session_scope(world.sessions, writes=False) as session:
        assert [(row.position, row.impressions) for row in fingers_of(session, person.id)] == [(2, 2)]


def test_a_given_up_enrolment_leaves_nothing_in_the_search(world: World, prints: Prints) -> None:
    one, two = world.person(), world.person()
    search = DuplicateSearch(world.vault, world.sessions)
    finger = prepare_finger(2, [prints[1, 1]])
    with world.sessions() as session:
        enrol_finger(session, world.vault, search, one.id, finger, at=world.at, by="test")
        search.refresh()
        session.rollback()
    assert len(search) == 0
    enrol(world, two.id, 2, [prints[1, 2]], search)


def test_the_key_of_the_vault_is_made_once_and_never_in_silence_again(world: World) -> None:
    keys = world.folder / "keys"
    keys.mkdir(mode=0o700)
    prepare_vault(keys)
    key = (keys / "vault.key").read_bytes()
    prepare_vault(keys)
    assert (keys / "vault.key").read_bytes() == key
    assert repr(open_vault(keys)) == "Vault()"
    (keys / "vault.key").chmod(0o644)
    with pytest.raises(KeysError, match="Others may read"):
        open_vault(keys)
    (keys / "vault.key").unlink()
    with pytest.raises(KeysError, match=r"missing\. Restore it"):
        open_vault(keys)
    (keys / "vault.key").write_bytes(b"short")
    (keys / "vault.key").chmod(0o600)
    with pytest.raises(KeysError, match="damaged"):
        open_vault(keys)


def test_while_fingers_are_read_beside_nobody_waits_for_them(
    world: World, prints: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, read_on = world.person(), threading.Event()
    enrol(world, person.id, 2, [prints[1, 1]])
    probe = prepare_finger(2, [prints[1, 2]]).impressions[0].template
    monkeypatch.setattr("hub.biometrics.duplicates.WORTH_PREPARING", 1)
    monkeypatch.setattr(DuplicateSearch, "_prepare", lambda self: read_on.wait())
    search = DuplicateSearch(world.vault, world.sessions)
    thread = search.prepare_beside()
    assert thread is not None
    assert (search.catch_up(), search.find(probe), len(search)) == (1, None, 0)
    read_on.set()
    thread.join()
    assert search.catch_up() == 0
    assert search.find(probe) == Hit(person.id)


def test_many_fingers_are_read_beside_so_that_the_first_search_need_not_wait(
    world: World, prints: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person()
    enrol(world, person.id, 2, [prints[1, 1], prints[1, 2]])
    search = DuplicateSearch(world.vault, world.sessions)
    assert search.prepare_beside() is None, "few fingers are read when they are asked for"
    assert (len(search), search.still_to_read()) == (0, 2)
    monkeypatch.setattr("hub.biometrics.duplicates.WORTH_PREPARING", 2)
    monkeypatch.setattr("hub.biometrics.duplicates._BATCH", 1)
    thread = search.prepare_beside()
    assert thread is not None
    thread.join()
    assert (len(search), search.still_to_read()) == (2, 0)
