"""The plain pages of figures: who may read them, what is shown of nothing, definitions, an earlier day, files."""

from __future__ import annotations

import csv
import io
from datetime import date

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.statistics.definitions import INDICATORS
from hub.statistics.snapshots.keeping import take

from .site_world import World, post
from .statistics_world import RITA, Register, at

DIRECTOR = Role.DIRECTOR


def test_an_officer_on_the_landing_reads_no_figures(world: World) -> None:
    officer = world.browser("otto", Role.OFFICER)
    for page in ("/figures", "/figures/of/population", "/figures.csv", "/figures/forms", "/figures/rolls"):
        assert officer.get(page).status_code == 403, page


def test_an_empty_register_says_so(world: World) -> None:
    director = world.browser("dora", DIRECTOR)
    assert "Nobody was ever admitted" in director.get("/figures").text
    assert "No roll has been kept yet" in director.get("/figures/rolls").text
    assert "Nobody has entered this figure" in director.get("/figures/forms").text
    assert director.get("/figures/of/nothing").status_code == 404
    assert director.get("/figures/rolls/2026-03-10").status_code == 404
    assert "Choose a year" in director.get("/figures?year=12345").text
    assert "Choose a year" in director.get("/figures?year=2027").text


def test_each_figure_has_its_definition_and_its_parts(world: World) -> None:
    register = Register(world)
    register.admit(at("2026-01-10"))
    director = world.browser("dora", DIRECTOR)
    page = director.get("/figures").text
    for one in INDICATORS.values():
        assert str(one.words).replace("'", "&#39;") in page
    assert "(a)" in page, "what is held back is marked and explained"
    detail = director.get("/figures/of/population").text
    assert "unlawfully at large does not" in detail
    assert "Citizen of other countries only" in detail
    assert "small numbers stand here as they are" in detail


def test_figures_as_they_were_known(world: World) -> None:
    register = Register(world)
    register.admit(at("2026-01-10"))
    register.admit(at("2026-01-11"), known=at("2026-06-01"))
    director = world.browser("dora", DIRECTOR)

    def january(address: str) -> str:
        rows = csv.DictReader(io.StringIO(director.get(address).text))
        return next(
            row["OBS_VALUE"]
            for row in rows
            if (row["INDICATOR"], row["TIME_PERIOD"], row["CUT"]) == ("population", "2026-01", "")
        )

    assert january("/figures.csv?year=2026") == "2"
    assert january("/figures.csv?year=2026&known=2026-05-01") == "1"
    assert "As it was known on" in director.get("/figures?known=2026-05-01").text
    register.admit(at("2026-01-12"))
    assert january("/figures.csv?year=2026") == "3", "a new fact is not hidden by what was computed before"


def test_a_figure_is_entered_with_its_source(world: World) -> None:
    Register(world).admit(at("2026-01-10"))
    director, reader = world.browser("dora", DIRECTOR), world.browser("rita")
    form = {
        "name": "national_population",
        "value": "400,000",
        "effective_on": "2025-07-01",
        "source": "",
        "year": "2026",
    }
    refused = post(director, "/figures/entered", form, page="/figures/forms")
    assert refused.status_code == 409
    assert "where the figure comes from" in refused.text
    assert (
        post(director, "/figures/entered", form | {"source": "=SUM(A1)"}, page="/figures/forms").status_code
        == 303
    )
    for bad in ({"value": "many"}, {"name": "weather"}, {"effective_on": "soon"}):
        assert (
            post(
                director, "/figures/entered", form | {"source": "x"} | bad, page="/figures/forms"
            ).status_code
            == 409
        )
    page = reader.get("/figures/forms?year=2026").text
    assert "400,000" in page
    assert "Enter the figure" not in page
    rows = list(
        csv.DictReader(io.StringIO(reader.get("/figures/forms/world_prison_brief.csv?year=2026").text))
    )
    assert next(row for row in rows if row["LINE"] == "rate")["OBS_VALUE"] == "0.25"
    assert next(row for row in rows if row["LINE"] == "national")["SOURCE"] == "'=SUM(A1)"
    assert reader.get("/figures/forms/nothing.csv").status_code == 404


def test_a_kept_roll_beside_what_is_known_now(world: World) -> None:
    register = Register(world)
    booking = register.admit(at("2026-03-01"))
    with session_scope(world.sessions) as session:
        take(session, date(2026, 3, 10), actor=RITA, at=at("2026-03-11", 1))
    register.release(booking, at("2026-03-05"), known=at("2026-03-12"))
    director = world.browser("dora", DIRECTOR)
    assert "10 Mar 2026" in director.get("/figures/rolls").text
    page = director.get("/figures/rolls/2026-03-10").text
    assert "The seal holds" in page
    assert "The release was recorded later" in page
    assert "The difference is explained below" in page
    then = director.get("/figures/rolls/2026-03-10?known=2026-03-11").text
    assert "The release was recorded later" not in then
    assert "No roll has been kept yet" in director.get("/figures/rolls?known=2026-03-10").text
