"""What of the roll each terminal holds: by its protection, its place and its page, and after any change of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hub.accounts.actions import add_account
from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.accounts.pins import set_pin
from hub.biometrics.photo_making import prepare_photo
from hub.biometrics.photos import add_photo
from hub.custody.languages import set_language
from hub.database import session_scope
from hub.movements.permitting import permit_zones
from hub.movements.records import Checkpoint, Zone
from hub.roll.rules import Need, chunks, need_of
from hub.roll.scope import Roster, Scope
from hub.sentences import RefusedError
from wire.codec import MAX_MESSAGE_BYTES, encode
from wire.roll import MAX_PHOTO_BYTES, RollChanges, RollFinger, RollOfficer, RollPerson, RollUpdate
from wire.versions import NOTHING, Version

from .ingest_world import NOON, Gate, World, make_template, open_world
from .site_world import cheap_passwords
from .test_roll import VAULT, Post, _content, _desk, _enrol, _version


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


class Told:
    """A terminal that takes over what it is told, and says so."""

    def __init__(self, world: World, gate: Gate, **said: object) -> None:
        self.world, self.gate, self.said = world, world.grant(gate), said
        self.post = Post()
        self.desk = _desk(world, self.post)
        self.people: dict[str, RollPerson] = {}
        self.officers: list[RollOfficer] | None = None
        self.held, self.scope = NOTHING, ""
        self.at = NOON

    def hear(self) -> list[RollUpdate]:
        """Says its state, hears the desk once, and takes over what came; gives that."""
        self.at += timedelta(hours=1)
        self.world.take(
            self.gate.state(roll=self.held, roll_scope=self.scope, at=self.at, **self.said), now=self.at
        )
        self.desk.tick(self.at)
        updates = [one for one in self.post.updates(self.gate) if one.sealed]
        for update in updates:
            if update.base == NOTHING and update.part == 1:
                self.people = {}
            self._apply(_content(self.gate, update))
            self.held, self.scope = update.to, update.scope
        return updates

    def _apply(self, changes: RollChanges) -> None:
        for number in changes.removals:
            self.people.pop(number, None)
        self.people.update((who.person, who) for who in changes.upserts)
        if changes.officers is not None:
            self.officers = changes.officers


def _permit(world: World, person_id: int, *zones: str) -> None:
    with session_scope(world.sessions) as session:
        permit_zones(session, person_id, zones, NOON)


def _three(world: World) -> None:
    """P-000001 in block A, P-000002 in the workshop, P-000003 in the yard."""
    for person_id, zone in ((1, "block-a"), (2, "workshop"), (3, "yard")):
        _enrol(world, person_id)
        _permit(world, person_id, zone)


def test_an_unprotected_terminal_holds_only_who_may_be_beside_it(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="none")
    told.hear()
    assert sorted(told.people) == ["P-000001", "P-000003"]


@pytest.mark.parametrize("protection", ["", "something new"])
def test_a_terminal_that_says_nothing_of_its_protection_counts_as_unprotected(
    world: World, protection: str
) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection=protection)
    told.hear()
    assert sorted(told.people) == ["P-000001", "P-000003"]


@pytest.mark.parametrize("protection", ["tpm", "hub_released"])
def test_a_protected_terminal_holds_the_whole_site(world: World, protection: str) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection=protection)
    told.hear()
    assert len(told.people) == 3


def test_whoever_leaves_the_scope_is_removed_and_whoever_enters_it_comes(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="none")
    told.hear()
    _permit(world, 1, "workshop")
    _permit(world, 2, "workshop", "yard")
    updates = told.hear()
    assert all(update.base != NOTHING for update in updates), "a difference is enough"
    assert sorted(told.people) == ["P-000002", "P-000003"]
    _permit(world, 2)
    told.hear()
    assert sorted(told.people) == ["P-000003"]
    assert told.hear() == []


def test_another_protection_is_another_scope_and_a_whole_roll(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="none")
    told.hear()
    told.said["protection"] = "tpm"
    (update,) = told.hear()
    assert (update.base, update.to) == (NOTHING, _version(world))
    assert len(told.people) == 3
    told.said["protection"] = "none"
    (update,) = told.hear()
    assert (update.base, update.to) == (NOTHING, _version(world))
    assert sorted(told.people) == ["P-000001", "P-000003"]
    assert told.hear() == []


def test_a_checkpoint_that_leads_elsewhere_is_another_scope(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="none")
    told.hear()
    with session_scope(world.sessions) as session:
        zones = {zone.code: zone.id for zone in session.scalars(select(Zone))}
        checkpoint = session.scalars(select(Checkpoint).where(Checkpoint.code == "block-a")).one()
        checkpoint.to_zone_id = zones["workshop"]
    (update,) = told.hear()
    assert update.base == NOTHING
    assert sorted(told.people) == ["P-000002", "P-000003"]


def test_an_update_under_way_is_given_up_when_the_scope_changes(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="tpm")
    told.world.take(told.gate.state(protection="tpm"), now=NOON)
    assert told.desk.tick(NOON) == 1
    told.post.updates(told.gate)
    told.said["protection"] = "none"
    told.hear()
    assert sorted(told.people) == ["P-000001", "P-000003"]


def test_names_and_photos_go_to_terminals_with_a_page_for_officers_alone(world: World) -> None:
    _three(world)
    with session_scope(world.sessions) as session:
        add_photo(session, VAULT, 1, prepare_photo(_picture()), taken_at=NOON, at=NOON, by="test")
    without = Told(world, Gate("gate-1"), protection="tpm")
    without.hear()
    assert {(who.name, who.photo) for who in without.people.values()} == {("", b"")}
    page = Told(world, Gate("desk-1"), protection="tpm", officers_page=True)
    page.hear()
    assert page.people["P-000001"].name == "ASH, Test"
    assert page.people["P-000001"].photo.startswith(b"\xff\xd8")
    assert page.people["P-000002"].photo == b""
    assert without.officers is None
    assert page.officers == []


def _picture() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (200, 250), "gray").save(out, "PNG")
    return out.getvalue()


def test_a_page_that_comes_or_goes_is_a_whole_roll(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="tpm", officers_page=False)
    told.hear()
    told.said["officers_page"] = True
    assert {update.base for update in told.hear()} == {NOTHING}
    told.said["officers_page"] = False
    (update,) = told.hear()
    assert update.base == NOTHING
    assert {who.name for who in told.people.values()} == {""}


def test_officers_who_change_are_said_again_without_the_people(world: World) -> None:
    _three(world)
    told = Told(world, Gate("desk-1"), protection="tpm", officers_page=True)
    told.hear()
    with session_scope(world.sessions) as session:
        add_account(session, "mena", Role.OFFICER, passwords=cheap_passwords(), actor=OPERATOR, at=NOON)
        set_pin(session, "mena", "$argon2id$v=19$x", name="Mena", actor=OPERATOR, at=NOON)
    (update,) = told.hear()
    assert (update.base, update.to) == (_version(world), _version(world))
    assert told.officers == [RollOfficer(login="mena", name="Mena", pin="$argon2id$v=19$x")]
    assert len(told.people) == 3
    assert told.hear() == []


def test_the_language_somebody_chose_goes_to_every_terminal(world: World) -> None:
    _three(world)
    told = Told(world, Gate("gate-1"), protection="none")
    told.hear()
    assert told.people["P-000001"].language == "en"
    with session_scope(world.sessions) as session:
        set_language(session, 1, "es", at=NOON, by="test")
        with pytest.raises(RefusedError):
            set_language(session, 3, "xx", at=NOON, by="test")
    told.hear()
    assert told.people["P-000001"].language == "es"


def test_every_update_says_the_session_it_answers(world: World) -> None:
    _three(world)
    gate = world.grant(Gate("gate-1"))
    world.take(gate.state(session=77))
    post = Post()
    _desk(world, post).tick(NOON)
    assert {update.session for update in post.updates(gate)} == {77}


# Rules

words = st.sampled_from(["", "site", "zones-a", "site page-1", "site page-2", "zones-a page-1"])
versions = st.builds(Version, st.integers(0, 2), st.integers(0, 3))


@given(versions, words, versions, words)
def test_a_copy_of_another_scope_is_never_taken_for_current(
    held: Version, held_scope: str, current: Version, scope: str
) -> None:
    needed = need_of(held, held_scope, current, scope)
    if needed is Need.NOTHING:
        assert (held, held_scope) == (current, scope)
    if needed is Need.DIFFERENCE:
        assert held.epoch == current.epoch
        assert held_scope.split(" ", maxsplit=1)[0] == scope.split(" ", maxsplit=1)[0]
        assert ("page" in held_scope) == ("page" in scope)


@given(
    st.one_of(st.none(), st.frozensets(st.text("abc", min_size=1, max_size=64), max_size=4)),
    st.booleans(),
)
def test_the_word_of_a_scope_fits_the_wire(zones: frozenset[str] | None, page: bool) -> None:
    roster = Roster.of([RollOfficer(login="a", name="b", pin="c")])
    assert len(Scope(zones, page, roster).word()) <= 40


def test_photos_never_make_a_part_too_large() -> None:
    people = [
        RollPerson(
            person=f"P-{number:06d}",
            fingers=[RollFinger(position=1, template=bytes(400))],
            zones=[],
            photo=bytes(MAX_PHOTO_BYTES),
        )
        for number in range(400)
    ]
    officers = [RollOfficer(login=f"o{number}", name="N" * 200, pin="p" * 200) for number in range(500)]
    parts = chunks(people, [], officers)
    assert [one for part in parts for one in part.upserts] == people
    assert [part.officers is not None for part in parts].count(True) == 1
    assert all(len(encode(part)) < MAX_MESSAGE_BYTES // 2 for part in parts)
