"""The language somebody is spoken to in: recorded on the file, by whoever admits people, and told to terminals."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.custody.languages import languages_of
from hub.custody.records import PersonChange
from hub.database import session_scope

from .site_world import World, post, sign_in


def _held(world: World) -> dict[int, str]:
    with session_scope(world.sessions, writes=False) as session:
        return languages_of(session, [1])


def test_a_language_without_lines_a_stranger_and_no_such_person_are_refused(
    world: World, client: FlaskClient
) -> None:
    number = world.person().number
    form, page = {"language": "xx"}, f"/people/{number}"
    assert post(client, f"{page}/language", form, page=page).status_code == 404
    assert post(client, "/people/P-999999/language", {"language": "es"}, page=page).status_code == 404
    world.account("con", Role.CONTROL_ROOM)
    watcher = world.app().test_client()
    sign_in(watcher, "con")
    assert "Keep this language" not in watcher.get(page).text
    assert watcher.post(f"{page}/language", data={"language": "es"}).status_code in (400, 403)
    assert _held(world) == {}


def test_the_newest_language_holds_and_terminals_hear_of_it(world: World, client: FlaskClient) -> None:
    page = f"/people/{world.person().number}"
    before = client.get(page).text
    assert "nobody asked" in before
    assert "BZJ" not in before, "the pages themselves have no Kriol"
    for language in ("es", "bzj"):
        assert post(client, f"{page}/language", {"language": language}, page=page).status_code == 303
    assert _held(world) == {1: "bzj"}
    assert "Kriol" in client.get(page).text
    with session_scope(world.sessions, writes=False) as session:
        assert len(session.scalars(select(PersonChange)).all()) == 2
