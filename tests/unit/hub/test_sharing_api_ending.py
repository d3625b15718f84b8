"""An operation that ends says so in every answer, in the description, and on the page where the reason stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec
import pytest

from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.ends import LEAST, Ending
from hub.sharing.api.openapi import describe
from hub.sharing.api.routes import ApiRoutes
from hub.website import agency_app
from hub.website.agency_app import API

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS
from .site_world import World

SINCE = datetime(2027, 1, 1, tzinfo=UTC)
UNTIL = datetime(2028, 6, 30, 23, 59, 59, tzinfo=UTC)
ENDING = Ending(SINCE, UNTIL, "It counts days twice.", "/v2/weather")
HEADERS = {
    "Deprecation": "@1798761600",
    "Sunset": "Fri, 30 Jun 2028 23:59:59 GMT",
    "Link": '<https://hub.example/docs#weather-weather>; rel="deprecation"; type="text/html", '
    '<https://hub.example/docs#weather-weather>; rel="sunset"; type="text/html", '
    '</v2/weather>; rel="successor-version"',
}
made_up = ApiRoutes("weather", "Made up")


class Weather(msgspec.Struct, frozen=True):
    """Made up."""

    sky: str


@made_up.operation(
    "GET", "/v1/weather", exchange=None, summary="Weather", answers={200: Weather}, ending=ENDING
)
def weather(_call: Call) -> Answer:
    return Answer(Weather("blue"))


@made_up.operation("GET", "/v1/tides", exchange=None, summary="Tides", answers={200: Weather})
def tides(_call: Call) -> Answer:
    return Answer(Weather("high"))


@pytest.fixture
def hub(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ApiWorld:
    monkeypatch.setattr(agency_app, "API", (*API, made_up))
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def courts(hub: ApiWorld) -> Program:
    return hub.program(COURTS).signed_in()


def test_every_answer_of_it_says_so_and_no_answer_of_others(courts: Program) -> None:
    whole = courts.get("/v1/weather")
    same = courts.get("/v1/weather", headers={"If-None-Match": whole.headers["ETag"]})
    wrong = courts.get("/v1/weather?colour=1")
    courts.token = "none"
    refused = courts.get("/v1/weather")
    assert [one.status_code for one in (whole, same, wrong, refused)] == [200, 304, 400, 401]
    for answer in (whole, same, wrong, refused):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    sunset = parsedate_to_datetime(whole.headers["Sunset"])
    assert (sunset, datetime.fromtimestamp(int(HEADERS["Deprecation"][1:]), UTC)) == (UNTIL, SINCE)
    other = courts.signed_in().get("/v1/tides")
    assert other.status_code == 200
    assert not set(HEADERS) & set(other.headers.keys())


def test_the_description_and_the_page_say_it_with_the_reason(courts: Program) -> None:
    paths = courts.get("/v1/openapi.json").get_json()["paths"]
    ends, stays = paths["/v1/weather"]["get"], paths["/v1/tides"]["get"]
    assert ends["deprecated"] is True
    said = (
        "Deprecated since 2027-01-01, and may be gone from 2028-06-30. It counts days twice. Use /v2/weather."
    )
    assert ends["description"].endswith(said)
    assert set(HEADERS) <= set(ends["responses"]["200"]["headers"])
    assert set(HEADERS) <= set(ends["responses"]["304"]["headers"])
    assert "deprecated" not in stays
    assert not set(HEADERS) & set(stays["responses"]["200"]["headers"])
    page = courts.get("/docs").text
    assert page.count(said) == 1
    assert 'id="weather-weather"' in page


def test_a_year_at_least_lies_between(world: World) -> None:
    with pytest.raises(ValueError, match="a year at least"):
        Ending(SINCE, SINCE + LEAST - timedelta(seconds=1), "too soon")
    assert "successor" not in Ending(SINCE, UNTIL, "no more").headers("/docs")["Link"]


def test_nothing_ends_today() -> None:
    assert "deprecated" not in str(describe(API)["paths"])
