"""A visitor's entry is put right: with a reason, never over somebody else's words, and never away from a ban."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from hub.accounts.permissions import Role

from .site_world import World, post

ONE, WHO = "/visitors/V-000001", "/visitors/V-000001/who"
MARIA = {"surname": "Cal", "given": "Maria", "identity_sort": "card", "identity": "SS 1", "act": "correct"}


@pytest.fixture
def otto(world: World) -> FlaskClient:
    """An officer, with two visitors in the register."""
    world.site()
    visits = f"/people/{world.person().number}/visits"
    browser = world.browser("otto", Role.OFFICER)
    for given, paper in (("Marla", "SS 1"), ("Rosa", "SS 2")):
        form = {"act": "register", "surname": "Cal", "given": given, "identity": paper, "relation": "sister"}
        assert post(browser, visits, form).status_code == 303
    return browser


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "Write why"),
        ({"given": ""}, "names"),
        ({"identity": "ss 2"}, "V-000002 is in the register with this paper already"),
        ({"identity": ""}, "number of the paper"),
        ({"born_on": "2031-01-01"}, "date of birth cannot be right"),
        ({"seen": "0"}, "Somebody else wrote here"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    otto: FlaskClient, changes: dict[str, object], said: str
) -> None:
    form = {**MARIA, "reason": "misread on the card", "seen": "1", "phone": "610-0000", **changes}
    answer = post(otto, WHO, form, page=ONE)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert 'value="610-0000"' in answer.text
    assert "CAL, Marla" in otto.get(ONE).text


def test_nobody_s_entry_is_not_found_and_who_may_not_is_refused(world: World, otto: FlaskClient) -> None:
    assert post(otto, "/visitors/V-000009/who", {**MARIA, "reason": "x y"}, page=ONE).status_code == 404
    health = world.browser("hanna", Role.HEALTH)
    assert post(health, WHO, {**MARIA, "reason": "x y", "seen": "1"}, page="/account").status_code == 403


def test_it_reads_as_corrected_and_a_ban_stays(world: World, otto: FlaskClient) -> None:
    sonia = world.browser("sonia", Role.SHIFT_SUPERVISOR)
    ban = {"act": "ban", "seen": "1", "reason": "a phone", "authority": "Director", "from_on": "2026-11-22"}
    assert post(sonia, ONE, ban).status_code == 303
    corrected = post(otto, WHO, {**MARIA, "reason": "misread on the card", "seen": "2"}, page=ONE)
    assert corrected.location == ONE
    page = otto.get(ONE).text
    assert "CAL, Maria" in page
    assert "misread on the card" in page
    assert "a phone" in page
