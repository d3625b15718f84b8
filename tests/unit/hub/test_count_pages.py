"""Pages of counts: who sees what, a count led to its end in a browser, and what is printed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.accounts.permissions import Role
from hub.headcount.states import State

from .count_world import Prison, prison
from .site_world import World, post, token_of


@pytest.fixture
def inside(world: World) -> Prison:
    return prison(world)


def lead(client: FlaskClient, number: int, act: str, **form: object) -> TestResponse:
    return post(client, f"/counts/{number}/lead", {"act": act, **form}, page=f"/counts/{number}")


def count_unit(client: FlaskClient, number: int, unit: str, **form: object) -> TestResponse:
    """Open the page of a unit and sign the slip a minute later, as somebody who counts does."""
    page = client.get(f"/counts/{number}/units/{unit}")
    opened = re.search(r'name="opened" value="([^"]+)"', page.text)
    assert opened is not None, page.text
    made = {"csrf_token": token_of(page), "opened": opened[1], "alive": "yes", **form}
    return client.post(f"/counts/{number}/units/{unit}", data=made)


def sign_of(client: FlaskClient, number: int, unit: str) -> str:
    """What a page that was opened carries."""
    opened = re.search(r'name="opened" value="([^"]+)"', client.get(f"/counts/{number}/units/{unit}").text)
    assert opened is not None
    return opened[1]


def test_an_officer_is_refused_what_only_the_control_room_does(world: World, inside: Prison) -> None:
    number = inside.announce()
    ann = world.browser("ann", Role.OFFICER)
    page = ann.get(f"/counts/{number}")
    assert "hidden until the first slip" in page.text
    assert "Expected in units" not in page.text
    token = token_of(page)
    for address in (
        f"/counts/{number}/lead",
        f"/counts/{number}/clear",
        f"/counts/{number}/explain",
        "/counts",
    ):
        assert ann.post(address, data={"csrf_token": token, "act": "freeze"}).status_code == 403, address
    assert ann.get(f"/counts/{number}/report").status_code == 403
    assert "Block A: 3" not in ann.get("/counts/running").text
    paper = ann.get("/counts/running.pdf").data
    assert b"left out" in paper
    assert b"Roll 5" not in paper, "the sum less what is shown is what is hidden"


def test_a_count_is_led_in_the_browser_from_the_announcement_to_the_report(
    world: World, inside: Prison
) -> None:
    cora, sam = world.browser("cora", Role.CONTROL_ROOM), world.browser("sam", Role.SHIFT_SUPERVISOR)
    ann, bob = world.browser("ann", Role.OFFICER), world.browser("bob", Role.OFFICER)
    answer = post(cora, "/counts", {"kind": "FORMAL", "scope": "all", "name": "evening"})
    number = int(answer.location.rpartition("/")[2])
    assert lead(cora, number, "begin").status_code == 409
    lead(cora, number, "freeze")
    lead(cora, number, "begin")
    world.later(seconds=30)
    refused = count_unit(ann, number, "a", observed="many")
    assert refused.status_code == 409
    assert "Write how many there are" in refused.text
    assert count_unit(ann, number, "a", observed="2").status_code == 303
    page = ann.get(f"/counts/{number}/units/a")
    assert "Only the control room asks for another count" in page.text
    assert 'name="observed"' not in page.text
    again = {
        "csrf_token": token_of(page),
        "opened": sign_of(bob, number, "b"),
        "observed": "3",
        "alive": "yes",
    }
    refused = ann.post(f"/counts/{number}/units/a", data=again)
    assert refused.status_code == 409, "whoever saw that it is off does not sign the number that fits"
    assert count_unit(bob, number, "b", observed="2").status_code == 303
    page = cora.get(f"/counts/{number}")
    assert "−1" in page.text
    assert "candidates by evidence" in page.text
    assert "one counter alone" in page.text
    assert post(cora, f"/counts/{number}/clear", {}, page=f"/counts/{number}").status_code == 409
    assert post(sam, f"/counts/{number}/clear", {}, page=f"/counts/{number}").status_code == 403

    assert lead(cora, number, State.RECOUNT.value, units=["a"]).status_code == 303
    world.later(seconds=30)
    seen = [str(person.id) for person in inside.people[:2]]
    assert count_unit(ann, number, "a", seen=seen).status_code == 303
    page = cora.get(f"/counts/{number}")
    assert "Missing" in page.text
    assert "CAL, Jo" in page.text

    explain: dict[str, object] = {
        "unit": "a", "what": "ABSENT", "person": inside.people[2].number, "place": "clinic",
        "officer": "nurse Requena", "evidence": "seen in bed 3",
    }  # fmt: skip
    assert post(sam, f"/counts/{number}/explain", explain, page=f"/counts/{number}").status_code == 303
    found = re.search(r"/explain/(\d+)/accept", cora.get(f"/counts/{number}").text)
    assert found is not None
    accept = f"/counts/{number}/explain/{found[1]}/accept"
    assert post(cora, accept, {}, page=f"/counts/{number}").status_code == 303
    assert "Clear the count" in cora.get(f"/counts/{number}").text
    assert post(cora, f"/counts/{number}/clear", {}, page=f"/counts/{number}").status_code == 303
    assert inside.state(number) is State.CLEARED

    report = cora.get(f"/counts/{number}/report")
    assert "nurse Requena" in report.text
    first, again = (
        re.search(r"[0-9a-f]{64}", text) for text in (report.text, cora.get(f"/counts/{number}/report").text)
    )
    assert first is not None
    assert again is not None
    assert first[0] == again[0]
    slip = re.search(rf"/counts/{number}/slips/\d+", cora.get(f"/counts/{number}").text)
    assert slip is not None
    assert "Count slip" in cora.get(slip[0]).text
    assert "evening" in cora.get("/counts").text


def test_a_slip_sent_twice_is_one(world: World, inside: Prison) -> None:
    number = inside.counting()
    ann = world.browser("ann", Role.OFFICER)
    page = ann.get(f"/counts/{number}/units/b")
    opened = re.search(r'name="opened" value="([^"]+)"', page.text)
    assert opened is not None
    form = {"csrf_token": token_of(page), "opened": opened[1], "observed": "2"}
    for _ in range(2):
        assert ann.post(f"/counts/{number}/units/b", data=form).status_code == 303
    assert inside.steps(number).count("SLIP") == 1
    forged = {**form, "opened": "x" + opened[1]}
    assert ann.post(f"/counts/{number}/units/b", data=forged).status_code == 409


def test_somebody_elsewhere_is_declared_by_one_and_accepted_by_another(world: World, inside: Prison) -> None:
    number = inside.announce()
    ann, bob = world.browser("ann", Role.OFFICER), world.browser("bob", Role.OFFICER)
    address, person = f"/counts/{number}/out", inside.people[0].number

    def say(client: FlaskClient, step: str) -> TestResponse:
        page = client.get(address)
        opened = re.search(r'name="opened" value="([^"]+)"', page.text)
        assert opened is not None
        form = {
            "csrf_token": token_of(page),
            "opened": opened[1],
            "person": person,
            "place": "clinic",
            "step": step,
        }
        return client.post(address, data=form)

    assert say(ann, "DECLARED").status_code == 303
    assert say(ann, "ACCEPTED").status_code == 409
    assert "not accepted yet" in bob.get(address).text
    assert say(bob, "ACCEPTED").status_code == 303
    assert "not accepted yet" not in bob.get(address).text


def test_the_running_count_is_on_paper_and_sums_to_the_roll(world: World, inside: Prison) -> None:
    cora = world.browser("cora", Role.CONTROL_ROOM)
    page = cora.get("/counts/running")
    assert "Roll 5 = units 5 + elsewhere 0 + away 0 + no unit 0" in page.text
    assert "ALVAREZ, Jo" in page.text
    paper = cora.get("/counts/running.pdf")
    assert paper.data.startswith(b"%PDF-1.4")
    assert b"ALVAREZ, Jo" in paper.data
    aldo = world.browser("aldo", Role.AUDITOR)
    assert "ALVAREZ" not in aldo.get("/counts/running").text
    assert b"ALVAREZ" not in aldo.get("/counts/running.pdf").data


def test_hours_and_limits_are_set_by_the_director_with_a_reason(world: World, inside: Prison) -> None:
    dora = world.browser("dora", Role.DIRECTOR)
    page = dora.get("/counts/rules")
    form = dict(re.findall(r'name="([a-z_]+_m?s)"[^>]*value="(\d+)"', page.text))
    form |= {"reason": "new shift plan", "shifts": "06:00 18:00"}
    for place, at in enumerate(("05:30", "11:00", "17:00", "22:15")):
        form |= {f"at-{place}": at, f"kind-{place}": "STANDING" if place == 0 else "FORMAL"}
    assert post(dora, "/counts/rules", {**form, "at-0": "25:00"}).status_code == 409
    assert post(dora, "/counts/rules", {**form, "reason": ""}).status_code == 409
    assert post(dora, "/counts/rules", form).status_code == 303
    assert "22:15" in dora.get("/counts").text


def test_a_muster_is_begun_and_ended_in_the_browser(world: World, inside: Prison) -> None:
    sam = world.browser("sam", Role.SHIFT_SUPERVISOR)
    answer = post(sam, "/counts/musters", {"scope": "zones", "zones": ["a"], "note": "smoke"})
    page = sam.get(answer.location)
    assert "ALVAREZ, Jo" in page.text
    see = {"act": "see", "place": "yard gate"}
    assert (
        post(sam, f"{answer.location}/see", {**see, "person": "P-999999"}, page=answer.location).status_code
        == 409
    )
    for person in inside.people[:2]:
        done = post(sam, f"{answer.location}/see", {**see, "person": person.number}, page=answer.location)
        assert done.status_code == 303
    assert "1 people were not seen" in post(sam, f"{answer.location}/end", {}, page=answer.location).text
    ended = post(sam, f"{answer.location}/end", {"note": "found at the kitchen"}, page=answer.location)
    assert ended.status_code == 303
    assert "found at the kitchen" in sam.get(answer.location).text
