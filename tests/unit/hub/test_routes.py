"""Every route, walked as a stranger, as each wrong role and as each right one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.permissions import ALLOWED, Permission, Role, permissions_of
from hub.web.routes import Pages, check_routes, required_permission

from .site_world import World, sign_in

KNOWN = {permission.value for permission in Permission}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(method, address, permission) of every route, places filled with something that does not exist."""
    found = []
    for rule in app.url_map.iter_rules():
        permission = required_permission(app.view_functions[rule.endpoint])
        assert permission is not None
        address = re.sub(r"<(?:(\w+):)?(\w+)>", _filled, rule.rule)
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(method, address, permission) for method in sorted(methods)]
    return found


def _filled(place: re.Match[str]) -> str:
    kind, name = place.groups()
    known = {"number": "P-999999", "state": "x"}
    return "999999" if kind == "int" else known.get(name, "y")


@pytest.fixture
def app(world: World) -> Flask:
    world.site()
    return world.app()


def ask(client: FlaskClient, method: str, address: str) -> int:
    return client.open(address, method=method, buffered=False).status_code


def test_every_route_names_a_permission_that_exists(app: Flask) -> None:
    assert {permission for _, _, permission in routes(app)} <= KNOWN
    assert len(routes(app)) > 12


def test_only_the_door_and_its_paint_are_public(app: Flask) -> None:
    public = {address for _, address, permission in routes(app) if permission == Permission.PUBLIC}
    knocking = {"/provisioning/claims", "/provisioning/claims/y", "/provisioning/claims/y/reveal"}
    assert public == {"/login", "/reset", "/assets/x/y", "/preferences"} | knocking


def test_strangers_are_sent_to_the_door(app: Flask) -> None:
    client = app.test_client()
    for method, address, permission in routes(app):
        if permission == Permission.PUBLIC:
            continue
        answer = client.open(address, method=method)
        if method == "GET":
            assert answer.status_code == 302, address
            assert answer.location.startswith("/login?next="), address
        else:
            assert answer.status_code == 401, address


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_the_table_says_and_nothing_else(app: Flask, world: World, role: Role) -> None:
    world.account("somebody", role)
    client = app.test_client()
    assert sign_in(client, "somebody").status_code == 303
    allowed = permissions_of(role) | {Permission.PUBLIC}
    for method, address, permission in routes(app):
        if address == "/logout":
            continue
        status = ask(client, method, address)
        if permission in allowed:
            # A form without its token is refused with 400, which is past the guard.
            assert status in (200, 302, 303, 400, 404), (method, address, status)
        else:
            assert status == 403, (method, address, status)


def test_a_number_that_no_table_holds_leads_nowhere(app: Flask, world: World) -> None:
    world.account("ada", Role.ADMINISTRATOR)
    client = app.test_client()
    sign_in(client, "ada")
    numbered = [rule.rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert len(numbered) > 8
    for rule in numbered:
        for number in ("9" * 30, "9" * 5_000, "٣"):
            assert ask(client, "GET", re.sub("<int:[a-z]+>", number, rule).replace("<number>", "P-1")) == 404


@pytest.mark.parametrize(
    "address", ["/people?q=a%00b", "/people/P-1%00", "/terminals/x%00", "/people?a%00b=1"]
)
def test_the_character_0_is_in_nobody_s_name(app: Flask, world: World, address: str) -> None:
    client = app.test_client()
    world.account("ada", Role.CONTROL_ROOM)
    sign_in(client, "ada")
    assert ask(client, "GET", address) == 400
    assert ask(client, "GET", address.replace("%00", "")) in (200, 404)


def test_some_role_lacks_each_permission_so_that_refusal_is_really_tried() -> None:
    for permission in set(Permission) - {Permission.PUBLIC, Permission.SIGNED_IN}:
        assert any(permission not in allowed for allowed in ALLOWED.values()), permission


def test_a_route_without_a_permission_does_not_start() -> None:
    app = Flask("bare")
    pages = Pages("bare", "bare")
    pages.add_url_rule("/open", view_func=lambda: "open")
    app.register_blueprint(pages)
    with pytest.raises(RuntimeError, match=r"name no permission: .*bare"):
        check_routes(app)


def test_who_must_change_the_password_gets_nowhere_else(app: Flask, world: World) -> None:
    from hub.accounts.actions import reset_password
    from hub.accounts.audit import OPERATOR
    from hub.database import session_scope

    world.account("ada")
    with session_scope(world.sessions) as session:
        fresh = reset_password(session, "ada", passwords=world.passwords, actor=OPERATOR, at=world.at)
    client = app.test_client()
    assert sign_in(client, "ada", fresh).location == "/password"
    assert client.get("/control-room").location == "/password"
    assert client.get("/people").location == "/password"
    assert client.get("/password").status_code == 200
