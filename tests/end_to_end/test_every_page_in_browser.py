"""Every page that a browser can be sent to, with axe: a page that somebody adds is walked by itself, or said why not.

By default on a narrow screen and in Spanish, where words are longest.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import event, select, text
from werkzeug.serving import BaseWSGIServer, make_server

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission, Role, permissions_of
from hub.biometrics.vault import Vault
from hub.custody.absence import Why
from hub.custody.records import Booking
from hub.database import make_engine, make_sessions, session_scope
from hub.docket.runs import recompute
from hub.keeping.export import actions as export
from hub.migrations import upgrade
from hub.movements.external.authorising import Trip, Wish, ask, go_once
from hub.movements.external.convoys import Signed, Vehicle, make_convoy
from hub.movements.passes.planning import Draft, Override, make_passes
from hub.movements.passes.rules import Reason
from hub.movements.passes.series import SeriesDraft, add_people, begin_series
from hub.movements.records import Zone
from hub.reception.register.actions import hand_in
from hub.reception.seed.making import Order, make
from hub.sharing.catalogue import PartnerKind
from hub.web.formats import SITE_ZONE
from hub.web.routes import required_permission

from ..unit.hub.conftest import hurry
from ..unit.hub.sharing_world import agree, grants_of, open_agencies, terms_of
from ..unit.hub.site_world import World, cheap_passwords, sign_in
from .reader import Reader

PATIENCE_MS = 60_000
LINKS_WITH_A_HOLE: Final = (
    "[...document.querySelectorAll('a[href], form[action]')]"
    ".map(e => e.getAttribute('href') ?? e.getAttribute('action')).filter(a => /^\\/.*\\/\\//.test(a.split('?')[0]))"
)
"""A number that a template did not find leaves two slashes side by side."""
_INSIDE: Final = (
    "SELECT min(p.number) FROM persons p JOIN bookings b ON b.person_id = p.id WHERE b.released_at IS NULL"
)
_NUMBERED: Final = "SELECT min(number) FROM "
_FIRST: Final = "SELECT min(id) FROM "
VALUES: Final[Mapping[str, str]] = {
    "<number>": _INSIDE,
    "<int:account>": _FIRST + "accounts",
    "<int:fact>": "SELECT min(f.id) FROM facts f JOIN persons p ON p.id = f.person_id "
    f"WHERE f.kind = 'identity' AND p.number = ({_INSIDE})",
    "<code>": "SELECT min(code) FROM cells",
    "/figures/of/<code>": "SELECT 'population'",
    "<int:policy_id>": _FIRST + "release_policies",
    "<visitor_number>": _NUMBERED + "visitors",
    "<incident>": _NUMBERED + "incidents",
    "<day>": "SELECT '2026-11-23'",
    "<mode>": "SELECT 'correct'",
    "<kind>": "SELECT 'consulate'",
    "<checkpoint>": "SELECT min(code) FROM checkpoints",
    "<name>": "SELECT min(name) FROM terminals",
    "<login>": "SELECT min(login) FROM accounts WHERE role = 'officer'",
    "<what>": "SELECT 'zones'",
    "<place>": "SELECT min(code) FROM zones",
    "<agency>": "SELECT min(code) FROM agencies",
    "<agreement>": "SELECT min(code) FROM agreements",
    "<int:version>": "SELECT min(number) FROM agreement_versions",
    "/sharing/census/<agency>": "SELECT min(code) FROM agencies WHERE kind IN ('police', 'courts')",
    "/moves/<int:number>": _FIRST + "passes",
    "/moves/series/<int:number>": _FIRST + "pass_series",
    "/external/<int:number>": _FIRST + "absence_occurrences",
    "/external/consents/<int:number>": _FIRST + "absence_authorisations",
    "/external/convoys/<int:number>": _FIRST + "convoys",
    "/units/<code>": "SELECT min(code) FROM zones WHERE is_unit",
    "/site/plans/<int:number>": _FIRST + "floor_plans",
    "/docket/<int:number>": _FIRST + "findings WHERE closed_at IS NULL",
    "/merges/<int:case>": _FIRST + "merge_cases",
    "/orders/new/<kind>": "SELECT 'LOCKDOWN'",
    "/exports/<int:number>": _FIRST + "exports",
    "/register/<int:number>": _FIRST + "register_imports",
}
"""By address, or by a place in one: how to find something that is there."""
ASKED: Final = {"/people/<number>/merge": "?with=", "/confirm": "?next=/account", "/people": "?q=a"}
"""What has to be asked with an address."""
_UNDER_WAY: Final = "needs an act under way; the test of that act walks it"
NOT_WALKED: Final = {
    "/figures.csv": "a file",
    "/publications/<int:number>": _UNDER_WAY,
    "/publications/<int:number>/files/<name>": "a file",
    "/figures/forms/<code>.csv": "a file",
    "/figures/rolls/<day>": _UNDER_WAY,
    "/review/<int:number>": _UNDER_WAY,
    "/review/<int:number>/<kind>/<tongue>": "a file",
    "/review/<int:number>/seal.zip": "a file",
    "/review/making/<int:number>": _UNDER_WAY,
    "/review/making/<int:number>/standing": "a part of a page",
    "/sharing/partners/<client>": _UNDER_WAY,
    "/sharing/partners/<client>/standing": "a part of a page",
    "/sharing/partners/<client>/certificates/<serial>/<name>": "a file",
    "/away/going": "leads on to another page",
    "/account/app/picture.svg": "a picture",
    "/signed-in": "asked by pages themselves",
    "/assets/<state>/<path:name>": "no page",
    "/control-room/alarms": "a part of a page",
    "/control-room/alarms/<int:alarm>": _UNDER_WAY,
    "/orders/<number>": _UNDER_WAY,
    "/identity/<int:asked>": _UNDER_WAY,
    "/identity/FR-<number>": "leads on to another page",
    "/counts/<int:number>": _UNDER_WAY,
    "/counts/musters/<int:number>": _UNDER_WAY,
    "/counts/running.pdf": "a file to print",
    "/disclosures.csv": "a table to take away",
    "/diary/outcome/<number>/<int:item>": _UNDER_WAY,
    "/emergencies/<int:use>": _UNDER_WAY,
    "/exports/<int:number>/standing": "a part of a page",
    "/fingers/<name>": _UNDER_WAY,
    "/fingers/<name>/state": _UNDER_WAY,
    "/inbox/<number>": _UNDER_WAY,
    "/sharing/agencies/<code>": _UNDER_WAY,
    "/sharing/deliveries/<int:number>": _UNDER_WAY,
    "/sharing/census/differences/<int:number>": _UNDER_WAY,
    "/sharing/corrections/<number>": _UNDER_WAY,
    "/paper/<int:number>": _UNDER_WAY,
    "/people/<number>/complaints/<int:item>": _UNDER_WAY,
    "/people/<number>/confidential/<int:item>": _UNDER_WAY,
    "/people/<number>/documents/<int:document>": "a file that somebody handed in",
    "/people/<number>/merge": _UNDER_WAY,
    "/people/<number>/photo": "a picture",
    "/people/<number>/photos/<int:photo>": "a picture",
    "/people/<number>/queries/<int:item>": _UNDER_WAY,
    "/people/<number>/receipts/<receipt>": _UNDER_WAY,
    "/people/<number>/release/paper": _UNDER_WAY,
    "/people/admit/<key>/<step>": _UNDER_WAY,
    "/people/admit/<key>/desk": _UNDER_WAY,
    "/people/admit/<key>/done": _UNDER_WAY,
    "/policies/<int:policy_id>/trial": "a part of a page",
    "/replay/bundles/<int:number>": _UNDER_WAY,
    "/replay/hour": "what a page plays",
    "/provisioning/claims/<claim>": "for terminals",
    "/referrals/<int:referral>": _UNDER_WAY,
    "/referrals/<int:referral>/photos/<number>": "a picture",
    "/register/<int:number>/standing": "a part of a page",
    "/releases/<key>": _UNDER_WAY,
    "/releases/<key>/desk": _UNDER_WAY,
    "/releases/records/<int:number>": _UNDER_WAY,
    "/releases/records/<int:number>/receipts": _UNDER_WAY,
    "/site.toml": "a file",
    "/site/checkpoints.csv": "a file",
    "/site/zones.csv": "a file",
    "/slips/<slip>": _UNDER_WAY,
    "/terminals/claims/<claim>": _UNDER_WAY,
    "/terminals/rollouts/<number>": _UNDER_WAY,
    "/terminals/rollouts/<number>/standing": "a part of a page",
    "/terminals/thefts/<int:number>": _UNDER_WAY,
    "/terminals/thefts/<int:number>/people": _UNDER_WAY,
    "/terminals/thefts/<int:number>/people.csv": "no page",
}
ROLES: Final = (
    Role.RECORDS_OFFICER,
    Role.DIRECTOR,
    Role.SHIFT_SUPERVISOR,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
    Role.HEALTH,
    Role.OFFICER,
)
"""As the first of these that may, each page is walked."""


@dataclass
class Serving:
    """The site of an invented prison. `pages` are addresses by the role that walks them."""

    world: World
    app: Flask
    server: BaseWSGIServer
    pages: dict[Role, list[str]]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server.server_port}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder: Path = tmp_path_factory.mktemp("hub")
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    event.listen(engine, "connect", hurry)
    upgrade(engine)
    world = World(folder, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.at = datetime.now(UTC)
    fill(world)
    app = world.app()
    for role in ROLES:
        world.account(role.value, role)
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Serving(world, app, server, pages_of(world, app))
    server.shutdown()
    thread.join()
    engine.dispose()


def fill(world: World) -> None:
    """Forty people in ten years, a terminal, findings, an import and an export."""
    today = world.at.astimezone(SITE_ZONE).date()
    make(world.sessions, Order(40, 10, 7, today), lambda _done, _all: None, world.vault)
    with session_scope(world.sessions) as session:
        recompute(session, at=world.at)
    world.site()
    world.terminal()
    who = Actor("director", "here")
    table = b"Apellido,Nombre,Nacimiento\nNovelo,Ana,1990-05-01\nPech,,31/02/2020\n"
    with session_scope(world.sessions) as session:
        export.ask(
            session,
            world.vault,
            export.Wish("Court", "Ordered by the court", False),
            random=bytes(15),
            actor=who,
            at=world.at,
        )
        hand_in(session, "register.csv", table, actor=who, at=world.at)
    move_about(world, who)
    open_agencies(world)
    agree(world, "police", "police-2026", terms_of(world, *grants_of(PartnerKind.POLICE)))


def move_about(world: World, who: Actor) -> None:
    """A move, one of every week, somebody who asks to go out, and two who travel to court."""
    today, at = world.at.astimezone(SITE_ZONE).date(), world.at
    hour = timedelta(hours=1)
    with session_scope(world.sessions) as session:
        people = session.scalars(
            select(Booking.person_id).where(Booking.released_at.is_(None)).order_by(Booking.person_id)
        ).all()
        zones = dict(session.execute(select(Zone.code, Zone.id)).all())
        home, work = zones["block-a"], zones["workshop"]
        draft = Draft(people[0], work, Reason.WORK, at, at + hour / 4, at + hour, from_zone_id=home)
        override = Override(Actor("second", "here"), "Only he can mend it")
        make_passes(session, [draft], override=override, actor=who, at=at)
        week = SeriesDraft("Carpentry", Reason.WORK, work, 28_800, 29_700, 41_400, frozenset({0}), today)
        series = begin_series(session, week, actor=who, at=at)
        add_people(session, series, people[:1], override=override, actor=who, at=at)
        trip = Trip(at + hour, at + 5 * hour)
        going = [
            go_once(session, Wish(one, Why.COURT, "Belmopan", "W 7", today, today), trip, actor=who, at=at)
            for one in people[1:3]
        ]
        ask(session, Wish(people[3], Why.TEMPORARY, "Home", "Letter", today, today), actor=who, at=at)
        signed = Signed(Actor("second", "here"), "Two officers go along")
        make_convoy(
            session, going, Vehicle("North", "Bus 2", "Sosa", "Ek, Chan"), signed=signed, actor=who, at=at
        )


def pages_of(world: World, app: Flask) -> dict[Role, list[str]]:
    """Every GET address that answers with a page; AssertionError for one that is neither found nor said above."""
    found: dict[Role, list[str]] = {role: [] for role in ROLES}
    clients = {role: app.test_client() for role in ROLES}
    for role, client in clients.items():
        assert sign_in(client, role.value).status_code == 303
    missing = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or left_out(rule.rule):
            continue
        role = walker(required_permission(app.view_functions[rule.endpoint]) or "")
        address = filled(world, rule.rule)
        answer = clients[role].get(address, headers={"Accept": "text/html"}) if address else None
        if answer is None or answer.status_code >= 400:
            missing.append((rule.rule, address, role.value))
        elif answer.status_code == 200 and answer.mimetype == "text/html" and "</html>" in answer.text:
            found[role].append(address)
        if answer is not None:
            answer.close()
    assert missing == [], "find one in VALUES, or say in NOT_WALKED why not"
    return found


def left_out(rule: str) -> bool:
    """What lies under an act that is not under way is not there either."""
    acts = [known for known, why in NOT_WALKED.items() if why == _UNDER_WAY]
    return rule in NOT_WALKED or any(rule.startswith(known + "/") for known in acts)


def walker(permission: str) -> Role:
    open_to_all = permission in (Permission.PUBLIC, Permission.ENTERING)
    return next(role for role in ROLES if open_to_all or permission in permissions_of(role))


def filled(world: World, rule: str) -> str:
    """The address with something in its places; empty when there is none of it."""
    with session_scope(world.sessions, writes=False) as session:

        def one(place: re.Match[str]) -> str:
            query = VALUES.get(rule) or VALUES.get(place[0])
            value = None if query is None else session.execute(text(query)).scalar()
            return "<>" if value is None else str(value)

        address = re.sub("<[^>]+>", one, rule)
    return "" if "<" in address else address + ASKED.get(rule, "")


def window(site: Serving, browser: Browser, role: Role, locale: str, width: int) -> BrowserContext:
    """A browser in which this role is signed in."""
    client = site.app.test_client()
    assert sign_in(client, role.value).status_code == 303
    cookie = client.get_cookie("pims-session")
    assert cookie is not None
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale)
    context.add_cookies([{"name": "pims-session", "value": cookie.value, "url": site.address}])
    return context


def faults(page: Page, address: str, reader: Reader) -> list[str]:
    answer = page.goto(address, wait_until="load", timeout=PATIENCE_MS)
    assert answer is not None
    assert answer.status == 200, address
    said = reader.faults(page)
    said += [f"leads nowhere: {one}" for one in page.evaluate(LINKS_WITH_A_HOLE)]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*said, *([f"{wide} px too wide"] if wide > 0 else [])]


def walk(site: Serving, browser: Browser, locale: str, width: int) -> dict[str, list[str]]:
    found, reader = {}, Reader()
    for role, addresses in site.pages.items():
        context = window(site, browser, role, locale, width)
        page, broken = context.new_page(), list[str]()
        page.on("pageerror", lambda error, broken=broken: broken.append(f"script: {error}"))
        for address in addresses:
            found[f"{role.value} {address}"] = [*faults(page, site.address + address, reader), *broken]
            broken.clear()
        context.close()
    return {address: said for address, said in found.items() if said}


def test_everybody_can_use_every_page_on_a_narrow_screen_in_spanish(site: Serving, browser: Browser) -> None:
    assert sum(map(len, site.pages.values())) > 60
    assert walk(site, browser, "es-BZ", 800) == {}


@pytest.mark.long
def test_everybody_can_use_every_page_on_a_wide_screen_in_english(site: Serving, browser: Browser) -> None:
    assert walk(site, browser, "en-GB", 1280) == {}
