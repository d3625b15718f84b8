"""The permission table: whole, in words, as a document, and held by every address of things that belong to people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.permissions import ALLOWED, Permission, Role, permissions_of
from hub.accounts.words import DUTIES, PERMISSIONS, ROLES
from hub.web.routes import required_permission
from hub.website.reference import reference

from .factor_world import add_app
from .site_world import World, post, sign_in, token_of

ROLE = Role.AUDITOR
DOCUMENT = Path(__file__).parents[3] / "docs" / "permissions.md"

CASEWORK = {
    permission
    for permission in Permission
    if permission
    in (
        "watch see_people admit_people record_facts record_orders verify_dates set_policies see_health record_health "
        "record_unit_life decide_sanctions see_docket work_docket allot_cells override_reception release_people "
        "confirm_release merge_files import_register enter_paper export_everything re_enrol take_photos "
        "apply_retention break_glass"
    ).split()
}


def test_the_document_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text() == reference(), (
        "write it anew: python -m hub.website.reference > docs/permissions.md"
    )


def test_everything_has_words() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert set(ROLES) == set(DUTIES) == set(Role)


def test_whoever_hands_out_rights_holds_none_over_people() -> None:
    assert not ALLOWED[Role.ADMINISTRATOR] & CASEWORK
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            assert Permission.MANAGE_ACCOUNTS not in ALLOWED[role]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Permission.BREAK_GLASS, Permission.REVIEW_EMERGENCIES),
        (Permission.SEE_AUDIT, Permission.RECORD_FACTS),
        (Permission.RECORD_HEALTH, Permission.VERIFY_DATES),
        (Permission.SET_POLICIES, Permission.VERIFY_DATES),
        (Permission.MANAGE_ACCOUNTS, Permission.SEE_AUDIT),
    ],
)
def test_no_role_checks_itself(one: Permission, other: Permission) -> None:
    assert [role for role, allowed in ALLOWED.items() if {one, other} <= allowed] == []


def test_the_page_shows_the_table_and_the_pages_behind(client: FlaskClient) -> None:
    page = client.get("/permissions").text
    assert "Sees no person&#39;s file and decides about nobody" in page
    assert "<code>/people/&lt;number&gt;</code>" in page
    assert page.count("<tr>") == len(Permission) - 3 + 1


@pytest.fixture
def app(world: World) -> Flask:
    world.site()
    return world.app()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OFFICER, Role.CONTROL_ROOM, Role.AUDITOR])
def test_a_guessed_number_tells_nothing_to_whoever_may_not_see(app: Flask, world: World, role: Role) -> None:
    """Somebody who is there and somebody who is not look alike to a role that may see neither."""
    person = world.person()
    world.account("somebody", role)
    client = app.test_client()
    sign_in(client, "somebody")
    tried = 0
    for rule in app.url_map.iter_rules():
        permission = required_permission(app.view_functions[rule.endpoint])
        if "<number>" not in rule.rule or permission in permissions_of(role):
            continue
        for number in (person.number, "P-999999"):
            address = re.sub("<int:[a-z_]+>", "1", rule.rule.replace("<number>", number))
            address = re.sub("<[a-z_:]+>", "x", address)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                assert client.open(address, method=method).status_code == 403, address
                tried += 1
    assert tried > 4 or Permission.SEE_PEOPLE in permissions_of(role)


@pytest.mark.parametrize("who", ["colleague", "other role", "stranger"])
def test_what_belongs_to_one_account_is_closed_to_everybody_else(world: World, who: str) -> None:
    owner = world.browser("ada", Role.SHIFT_SUPERVISOR)
    person = world.person()
    add_app(world, owner)
    post(owner, "/account/app", {}, page="/account")
    post(owner, "/break-glass", {"person": person.number, "reason": "Found on the floor of the yard."})
    if who == "stranger":
        other = world.stranger()
        token = token_of(other.get("/login"))
    else:
        other = world.browser("bob", Role.SHIFT_SUPERVISOR if who == "colleague" else Role.TECHNICIAN)
        token = token_of(other.get("/account"))
    refused = {302, 303, 401, 403, 404, 409}
    for address, form in (
        ("/account/sessions/end", {"session": "1"}),
        ("/account/factors/1/remove", {}),
        ("/account/app/confirm", {"code": "123456"}),
        ("/break-glass/1/close", {}),
        ("/accounts/1/close", {}),
        ("/accounts/1/slip", {"check": "staff card 1"}),
        ("/emergencies/1", {"finding": "needed", "words": "I looked at it all myself."}),
    ):
        answer = other.post(address, data={"csrf_token": token, **form})
        assert answer.status_code in {400, *refused}, address
    assert other.get("/account/app/picture.svg").status_code in (302, 404)
    page = owner.get("/account").text
    assert "App with codes" in page
    assert "until" in owner.get("/break-glass").text
    assert owner.get("/account/app/picture.svg").status_code == 200
