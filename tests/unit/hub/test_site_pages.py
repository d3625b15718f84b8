"""The pages of the site: who may change it, what is asked before, and that nothing typed is lost."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.movements.site.forms import Everything
from hub.movements.site.holding import everything
from hub.movements.site.plans.reading import PlanView, plans

from .site_world import World, post, token_of
from .test_site_files import TWO_SITES

ROLE = Role.DIRECTOR
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><script>alert(1)</script>'
    b'<rect id="block-a" x="10" y="10" width="30" height="20"/><rect x="60" y="10" width="20" height="20"/></svg>'
)
ZONE = {"code": "wing", "name": "Wing", "kind": "TIER", "site": "main", "parent": "block-a", "stamp": "0"}


@pytest.fixture
def site(world: World) -> World:
    world.site()
    return world


def held(world: World) -> Everything:
    with session_scope(world.sessions, writes=False) as session:
        return everything(session)


def stamp_of(page: str) -> str:
    return page.split('name="stamp" value="')[1].partition('"')[0]


def upload(client: FlaskClient, address: str, raw: bytes, name: str, **form: str) -> str:
    data = {"csrf_token": token_of(client.get(address)), "file": (io.BytesIO(raw), name), **form}
    return client.post(address, data=data, content_type="multipart/form-data", follow_redirects=True).text


def test_who_may_look_and_who_may_change(site: World) -> None:
    for login, role, looks, edits in (
        ("tina", Role.TECHNICIAN, 200, 403),
        ("olga", Role.OFFICER, 403, 403),
        ("ada", Role.ADMINISTRATOR, 200, 200),
    ):
        browser = site.browser(login, role)
        seen = [browser.get(path).status_code for path in ("/site", "/site/changes", "/site.toml")]
        assert seen == [looks] * 3
        changed = [
            browser.get(path).status_code for path in ("/site/zones/yard", "/site/import", "/site/plan")
        ]
        assert changed == [edits] * 3
    page = site.browser("tom", Role.TECHNICIAN).get("/site").text
    assert "Block A" in page
    assert "/site/zones/" not in page


def test_a_thing_that_is_not_there_is_not_found(site: World, client: FlaskClient) -> None:
    for path in (
        "/site/zones/moon",
        "/site/moons/yard",
        "/site/moons/new",
        "/site?site=moon",
        "/site/plans/9",
    ):
        assert client.get(path).status_code == 404


def test_what_cannot_be_so_is_said_at_its_field_and_nothing_typed_is_lost(
    site: World, client: FlaskClient
) -> None:
    page = post(
        client, "/site/zones/new", {**ZONE, "code": "Wing 1", "certified": "many", "name": "North wing"}
    )
    assert page.status_code == 409
    assert "A code has small letters" in page.text
    assert "Write a whole number" in page.text
    assert 'value="North wing"' in page.text
    page = post(client, "/site/zones/new", {**ZONE, "kind": "BLOCK"})
    assert "A zone of this kind cannot lie in Block A" in page.text
    page = post(client, "/site/zones/new", {**ZONE, "code": "yard"})
    assert "This code is in use already" in page.text
    assert "wing" not in held(site).zones


def test_a_zone_is_added_changed_and_taken_back(site: World, client: FlaskClient) -> None:
    assert post(client, "/site/zones/new", {**ZONE, "is_unit": "yes", "certified": "20"}).status_code == 303
    assert (held(site).zones["wing"].is_unit, held(site).zones["wing"].certified) == (True, 20)
    page = client.get("/site/zones/wing").text
    stamp = stamp_of(page)
    wing = {**ZONE, "name": "North wing", "is_unit": "yes", "certified": "20", "stamp": stamp}
    assert "Write why" in post(client, "/site/zones/wing", wing).text
    assert post(client, "/site/zones/wing", {**wing, "reason": "new signs"}).status_code == 303
    again = post(
        client, "/site/zones/wing", {**wing, "name": "South wing", "reason": "another", "stamp": stamp}
    )
    assert "Somebody else changed this meanwhile" in again.text
    changes = client.get("/site/changes").text
    assert "<del>Wing</del>" in changes
    newest = changes.split("/site/changes/")[1].split("/")[0]
    taken = post(client, f"/site/changes/{newest}/undo", {"reason": "old signs stay"}, page="/site/changes")
    assert taken.status_code == 303
    assert held(site).zones["wing"].name == "Wing"
    assert (
        "taken back already"
        in post(client, f"/site/changes/{newest}/undo", {"reason": "x"}, page="/site/changes").text
    )


def test_what_touches_more_is_asked_first_and_what_must_not_be_is_not_done(
    site: World, client: FlaskClient
) -> None:
    site.passage(site.person())
    page = client.get("/site/zones/block-a").text
    stamp = stamp_of(page)
    block = {
        "name": "Block A", "kind": "BLOCK", "site": "main", "certified": "2", "needs_pass": "yes",
        "reason": "by order", "stamp": stamp,
    }  # fmt: skip
    asked = post(client, "/site/zones/block-a", block)
    assert asked.status_code == 409
    assert "From now on nobody enters without a pass" in asked.text
    assert not held(site).zones["block-a"].needs_pass
    assert post(client, "/site/zones/block-a", {**block, "seen": "yes"}).status_code == 303
    assert held(site).zones["block-a"].needs_pass
    closing = post(client, "/site/zones/block-a", {**block, "closed": "yes", "seen": "yes"})
    assert "People last seen here: 1" in closing.text
    assert not held(site).zones["block-a"].closed


def test_a_curfew_is_kept_by_the_hour(site: World, client: FlaskClient) -> None:
    night = {
        "code": "night", "name": "Night", "site": "main", "from_minute": "21:00", "until_minute": "5:30",
        "weekdays": ["0", "4"], "zones": ["workshop"], "stamp": "0",
    }  # fmt: skip
    assert "Write the time as in 21:30" in post(client, "/site/curfews/new", night).text
    assert post(client, "/site/curfews/new", {**night, "until_minute": "05:30"}).status_code == 303
    found = held(site).curfews["night"]
    assert (found.from_minute, found.until_minute, found.weekdays) == (1260, 330, [0, 4])
    assert "21:00 - 05:30" in client.get("/site").text


def test_a_file_is_looked_at_before_it_comes_in(site: World, client: FlaskClient) -> None:
    assert "cannot be used" in upload(client, "/site/import", b"[[zone", "site.toml")
    wrong = upload(client, "/site/import", b"code,name,kind\nB 1,B,BLOCK\n", "zones.csv")
    assert "row 2" in wrong
    assert "Bring it in" not in wrong
    page = upload(client, "/site/import", TWO_SITES, "site.toml")
    assert "Farm yard" in page
    assert "farm" not in held(site).sites
    form = {
        "name": "site.toml",
        "content": TWO_SITES.decode(),
        "stamp": stamp_of(page),
    }
    post(client, "/site/zones/new", ZONE)  # somebody else is faster
    stale = post(client, "/site/import/carry-out", form, page="/site/import")
    assert "changed meanwhile" in stale.text
    form["stamp"] = stamp_of(stale.text)
    assert post(client, "/site/import/carry-out", form, page="/site/import").status_code == 303
    assert held(site).zones["dairy"].site == "farm"
    farm = client.get("/site?site=farm").text
    assert "Dairy" in farm
    assert "Workshop, entry" not in farm
    assert "Dairy" in client.get("/site.toml").text
    assert 'dairy-in,"Dairy, entry"' in client.get("/site/checkpoints.csv").text


def current(world: World) -> PlanView:
    with session_scope(world.sessions, writes=False) as session:
        (found,) = plans(session, 1)
    return found


def test_a_drawing_is_handed_in_and_tied(site: World, client: FlaskClient) -> None:
    assert "This is no SVG drawing" in upload(
        client, "/site/plan", b"<html/>", "plan.svg", site="main", floor="0"
    )
    page = upload(client, "/site/plan", DRAWING, "plan.svg", site="main", floor="Ground floor")
    assert "scripts: 1" in page
    assert "alert(1)" not in page
    view = current(site)
    assert list(view.zones) == ["block-a"]
    there = f"/site/plans/{view.id}"
    assert post(client, f"{there}/tie", {"shape": "s2", "zone": "workshop"}, page=there).status_code == 303
    assert post(client, f"{there}/tie", {"shape": "s9", "zone": "yard"}, page=there).status_code == 409
    assert (
        post(client, f"{there}/spot", {"checkpoint": "a-in", "x": "480", "y": "300"}, page=there).status_code
        == 303
    )
    assert (
        post(client, f"{there}/spot", {"checkpoint": "a-in", "x": "", "y": "3"}, page=there).status_code
        == 409
    )
    view = current(site)
    assert (sorted(view.zones), view.spots) == (["block-a", "workshop"], {"a-in": (480, 300)})
    assert "plan-zone" in site.browser("cora", Role.CONTROL_ROOM).get("/control-room").text
    assert site.browser("tina", Role.TECHNICIAN).get(there).status_code == 200
    assert post(client, f"{there}/take-down", {}, page=there).status_code == 303
    assert client.get(there).status_code == 404


def test_the_site_of_an_earlier_day_is_shown_as_it_was(site: World) -> None:
    site.later(days=2)
    client = site.browser("dora", Role.DIRECTOR)
    post(client, "/site/zones/new", ZONE)
    assert "Wing" in client.get("/site").text
    before = client.get("/site?known=2026-11-22").text
    assert "As it was known on 22 Nov 2026" in before
    assert "Wing" not in before
    assert "wing" not in client.get("/site/changes?known=2026-11-22").text
