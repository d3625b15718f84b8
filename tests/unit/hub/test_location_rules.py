"""The page of location rules: what is refused, what holds from when, and what is shown as it was known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.movements.records import ZoneKind
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.limits import DEFAULTS
from hub.movements.whereabouts.places import place_of
from hub.movements.whereabouts.records import LocationRules
from hub.movements.whereabouts.rules import limits_at
from hub.movements.whereabouts.typed import read_form, read_span, span_text, written

from .site_world import World, token_of

ROLE = Role.DIRECTOR


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90), ("15 min", 900), ("2h", 7_200), ("1 h 30 min", 5_400), ("1 d 1 s", 86_401), ("45", 45),
        ("", None), ("soon", None), ("-5 s", None), ("1.5 h", None), ("30 min 1 h", None), ("9999999999 s", None),
    ],
)  # fmt: skip
def test_spans_are_read_as_people_write_them(text: str, seconds: int | None) -> None:
    assert read_span(text) == seconds
    if seconds is not None:
        assert read_span(span_text(seconds)) == seconds


def test_a_form_as_it_was_shown_gives_the_same_rules() -> None:
    typed = read_form(written(DEFAULTS))
    assert (typed.limits, typed.faults) == (DEFAULTS, {})


@pytest.mark.parametrize(
    ("field", "value", "marked"),
    [
        ("CELL.proven_s", "long", "CELL.proven_s"),
        ("CELL.proven_s", "9 h", "CELL.likely_s"),
        ("scan.percent", "all", "scan.percent"),
        ("night_from", "late", "night_from"),
        ("learn_days", "0", "learn_days"),
    ],
)
def test_what_cannot_be_used_is_marked(field: str, value: str, marked: str) -> None:
    typed = read_form({**written(DEFAULTS), field: value})
    assert typed.limits is None
    assert set(typed.faults) == {marked}


def _post(client: FlaskClient, **changed: str) -> tuple[int, str]:
    form = {**written(DEFAULTS), "reason": "the yard is small", "from_at": "", **changed}
    form = {name: value for name, value in form.items() if value or not name.endswith("proves")}
    form["csrf_token"] = token_of(client.get("/location-rules"))
    answer = client.post("/location-rules", data=form)
    return answer.status_code, answer.text


def test_the_rules_are_refused_kept_and_hold_from_their_time(client: FlaskClient, world: World) -> None:
    status, page = _post(client, **{"CELL.proven_s": "for ever"})
    assert status == 409
    assert "Write a time as in" in page
    assert "for ever" in page, "nothing typed is lost"
    assert _post(client, reason="")[0] == 409
    assert "hold already" in _post(client)[1]
    assert _post(client, from_at="2001-01-01T00:00", **{"CELL.proven_s": "1 h"})[0] == 409
    assert _post(client, **{"CELL.proven_s": "1 h"})[0] == 303
    with session_scope(world.sessions, writes=False) as session:
        assert limits_at(session, world.at).kinds[ZoneKind.CELL].proven_s == 3_600
        assert limits_at(session, world.at - timedelta(seconds=1)) == DEFAULTS
        assert session.scalars(select(AuditEntry.act)).all().count("location_rules.set") == 1
        number = session.scalars(select(LocationRules.id)).one()
    page = client.get("/location-rules").text
    assert "in force now" in page
    assert "2 h" in page
    assert 'value="1 h"' in client.get(f"/location-rules?from={number}").text
    yesterday = (world.at - timedelta(days=1)).date().isoformat()
    assert 'value="2 h"' in client.get(f"/location-rules?known={yesterday}").text


def test_a_place_ages_by_the_rules_in_force(client: FlaskClient, world: World) -> None:
    world.site()
    person = world.person()
    world.passage(person)

    def sure(minutes: int) -> Confidence | None:
        with session_scope(world.sessions, writes=False) as session:
            place = place_of(session, person.id, world.at + timedelta(minutes=minutes))
            return None if place is None else place.confidence

    assert [sure(minutes) for minutes in (119, 121, 301)] == [
        Confidence.PROVEN,
        Confidence.LIKELY,
        Confidence.UNPROVEN,
    ]
    assert _post(client, **{"BLOCK.proven_s": "10 s", "BLOCK.likely_s": "60 s"})[0] == 303
    assert [sure(minutes) for minutes in (0, 1, 2)] == [
        Confidence.PROVEN,
        Confidence.LIKELY,
        Confidence.UNPROVEN,
    ]


def test_a_stranger_sets_nothing(world: World) -> None:
    rita = world.browser("rita", Role.RECORDS_OFFICER)
    assert rita.get("/location-rules").status_code == 403
