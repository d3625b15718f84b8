"""What a caller names as the host comes back in no answer: addresses are those of hub.toml, or the listener's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import settings
from hub.custody.records import Person
from hub.database import session_scope
from hub.settings import SettingsError
from hub.sharing.api.door import Interface
from hub.website.agency_app import API, create_agency_app
from hub.website.agency_commands import own_address

from .agency_api_world import SHOWN, ApiWorld, Program, api_world
from .outbox_world import Outbox
from .sharing_world import COURTS, POLICE
from .site_world import World

EVIL = "evil.example"
PRISON = "https://prison.example:8444"


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    found = api_world(world, tmp_path / "keys")
    interface = Interface(
        world.sessions, lambda: world.at, lambda environ: environ.get(SHOWN), address=PRISON
    )
    found.app = create_agency_app(interface, tmp_path / "keys")
    return found


def poisoned(program: Program, address: str, method: str = "GET") -> str:
    """Everything that is answered to a call that names another host."""
    answer = program.http.open(
        address,
        method=method,
        headers={
            "Authorization": f"Bearer {program.token}",
            "X-Forwarded-Host": EVIL,
            "Forwarded": f"host={EVIL}",
        },
        base_url=f"https://{EVIL}",
        environ_overrides={SHOWN: program.certificate},
    )
    return f"{answer.headers}\n{answer.get_data(as_text=True)}"


def test_no_address_of_any_operation_repeats_the_host(hub: ApiWorld) -> None:
    programs = [hub.program(agency).signed_in() for agency in (COURTS, POLICE)]
    fixed = {one.rule: "B-000001" for routes in API for one in routes.operations}
    walked = 0
    for program in programs:
        for rule in [
            *fixed,
            "/",
            "/docs",
            "/problems",
            "/v1/openapi.json",
            "/v1/token",
            "//v1//me",
            "/v1/me/",
        ]:
            address = rule
            for place in ("reference", "name", "id", "number"):
                address = address.replace(f"{{{place}}}", "B-000001")
            for method in ("GET", "POST"):
                assert EVIL not in poisoned(program, address, method), f"{method} {address}"
                walked += 1
    assert walked > 60


def test_addresses_in_answers_are_the_configured_one(hub: ApiWorld) -> None:
    courts = hub.program(COURTS).signed_in()
    assert f'"issuer":"{PRISON}"' in poisoned(courts, "/.well-known/oauth-authorization-server").replace(
        ": ", ":"
    )


def test_events_lead_where_the_prison_says(hub: ApiWorld) -> None:
    outbox = Outbox(hub.world).begin()
    with session_scope(hub.world.sessions, writes=False) as session:
        person = session.get_one(Person, hub.about.person)
    outbox.admit(person)
    outbox.exchange().once()
    outbox.close()
    told = poisoned(hub.program(POLICE).signed_in(), "/v1/events")
    assert f'"detail":"{PRISON}/v1/events/' in told
    assert f'"dataschema":"{PRISON}/v1/schemas/' in told
    assert EVIL not in told


def test_a_listener_calls_itself_by_a_name_of_its_certificate() -> None:
    assert own_address("127.0.0.1", [], 8444) == "https://127.0.0.1:8444"
    assert own_address("0.0.0.0", ["hub.example", "10.0.0.5"], 8444) == "https://hub.example:8444"
    assert own_address("::", [], 1) == "https://localhost:1"
    assert own_address("fd00::1", [], 1) == "https://[fd00::1]:1"


@pytest.mark.parametrize(
    "wrong", ["http://prison.example", "https://prison.example/v1", "prison.example", "https://a b"]
)
def test_an_address_that_cannot_be_used_is_said_at_the_start(tmp_path: Path, wrong: str) -> None:
    (tmp_path / settings.FILE).write_text(f'[agencies]\naddress = "{wrong}"\n')
    with pytest.raises(SettingsError, match=r"agencies\.address"):
        settings.load(tmp_path)
    (tmp_path / settings.FILE).write_text(f'[agencies]\naddress = "{PRISON}"\n')
    assert settings.load(tmp_path).agencies.address == PRISON


@pytest.mark.parametrize("address", ["/people//P-000001", "/sharing//agreements", "/people///P-000001/told"])
def test_the_site_repeats_no_host_for_doubled_slashes(world: World, address: str) -> None:
    """Nothing stands there. To mend the address, a redirect would have to name the host."""
    answer = world.browser("rita").get(address, base_url=f"https://{EVIL}")
    assert answer.status_code == 404
    assert EVIL not in f"{answer.headers}\n{answer.get_data(as_text=True)}"
