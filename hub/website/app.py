"""The wiring of the site. Nothing below knows all of these; nothing above is imported by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask, redirect, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from hub.accounts.emergencies.actions import KnownPeople
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.notices import notices
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Permission, Role
from hub.accounts.policy import DEFAULT_RULES, SignInRules
from hub.accounts.visitors import recogniser
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.control_room.live import Live
from hub.control_room.replay.bundles import FOLDER as BUNDLES
from hub.control_room.replay.bundles import BundlePlace
from hub.custody.queries import person_by_number
from hub.database import Sessions
from hub.docket.panel import PANEL as DOCKET_PANEL
from hub.keeping.backup.watching import BackupPlace
from hub.keeping.export.making import FOLDER as EXPORTS
from hub.keeping.export.making import Exporter
from hub.keeping.oversight.words import act_words
from hub.movements.actions import find_checkpoint
from hub.movements.passes.panel import PANEL as MOVES_PANEL
from hub.movements.site.files import all_checkpoints
from hub.reception.person_pages import PANELS as PERSON_PANELS
from hub.reception.register.running import Importer
from hub.reception.releasing.panel import PANEL as WAY_OUT
from hub.reception.sentencing.background import TrialRunner
from hub.reception.sentencing.panel import PANEL as RELEASE_DATE
from hub.sharing.agreements.smallest import House
from hub.sharing.api.browsing import Described
from hub.sharing.disclosures.panel import PANEL as DISCLOSURES
from hub.sharing.forensic.sealing import parcel_seal
from hub.sharing.inbox.panel import PANEL as INBOX
from hub.statistics.control.thresholds import house_k_on
from hub.statistics.review.making import Maker
from hub.terminals.claims.knocking import pages as knocking_pages
from hub.terminals.claims.service import TakingIn
from hub.web import assets, errors, formats, guard, headers, known, language, navigation, preferences
from hub.web.compiling import SpokenEnvironment
from hub.web.door import Site, provide, visitor, visitor_or_none
from hub.web.panels import Panel, Panels
from hub.web.routes import Number, Pages, check_routes
from hub.website.agency_app import API
from hub.website.pages import PAGES
from hub.website.requests import HubRequest
from hub.website.waiting import WAITING

pages = Pages("home", __name__)

_FIRST_PAGE_OF: dict[str, str] = {
    Role.OFFICER: "officer.officer",  # a referral opens where its officer is
    Role.DIRECTOR: "docket.the_board",
    Role.AUDITOR: "oversight.trail",
}
_FIRST_PAGES = (
    (Permission.WATCH, "control_room.screen"),
    (Permission.SEE_PEOPLE, "finding.people"),
    (Permission.MANAGE_ACCOUNTS, "accounts_desk.accounts"),
    (Permission.SEE_TERMINALS, "control_room.terminals"),
    (Permission.REVIEW_EMERGENCIES, "emergencies.uses"),
)
_PANELS: tuple[Panel, ...] = (
    RELEASE_DATE,
    DOCKET_PANEL,
    INBOX,
    WAY_OUT,
    MOVES_PANEL,
    *PERSON_PANELS,
    DISCLOSURES,
)
"""What other capabilities show on a person's file, in this order."""


@dataclass(frozen=True)
class Parts:
    """What the site is made of. `form_key` signs forms, `seal` keeps second factors, `rules` says who needs one;
    `secure` tells that TLS is before it.

    `keys` is the folder of the hub's keys, of which only public ones are read; `second_person` asks for two people
    to take a terminal in. `embedded_broker` tells that terminals come through a broker without access list: screens
    say so.
    """

    sessions: Sessions
    vault: Vault
    form_key: bytes
    clock: Callable[[], datetime]
    secure: bool
    passwords: Passwords
    embedded_broker: bool = False
    keys: Path | None = None
    second_person: bool = False
    seal: FactorSeal = field(kw_only=True)
    rules: SignInRules = field(default=DEFAULT_RULES, kw_only=True)


class Hub(Flask):
    request_class = HubRequest
    jinja_environment = SpokenEnvironment


def create_app(parts: Parts) -> Flask:
    """The site; RuntimeError when a route names no permission."""
    app = Hub("hub.web", static_folder=None, template_folder="templates")
    app.url_map.converters["int"] = Number
    # A doubled slash is nothing here: the redirect that mends it would name the host that the caller named.
    app.url_map.merge_slashes = False
    _configure(app, parts)
    for part in (errors, headers, guard):
        part.install(app)
    # A terminal that asks to be taken in has no cookie that a strange page could misuse.
    CSRFProtect(app).exempt(knocking_pages)
    for part in (language, formats, assets, preferences, navigation, known):
        part.install(app)
    for blueprint in (pages, *PAGES):
        app.register_blueprint(blueprint)
    app.jinja_env.globals["visitor"] = visitor_or_none
    app.jinja_env.globals["notices"] = notices
    app.jinja_env.globals["act_words"] = act_words
    app.jinja_env.globals["embedded_broker"] = parts.embedded_broker
    check_routes(app)
    return app


def live_feed(app: Flask) -> Live:
    """The feed's follower of a site, to be stopped with it."""
    found = app.extensions["pims.Live"]
    assert isinstance(found, Live)
    return found


@pages.page("/", Permission.SIGNED_IN)
def home() -> Response:
    own = _FIRST_PAGE_OF.get(visitor().role)
    if own is not None:
        return redirect(url_for(own))
    for permission, endpoint in _FIRST_PAGES:
        if visitor().may(permission):
            return redirect(url_for(endpoint))
    return redirect(url_for("own_account.account"))


_FORM_MEMORY_BYTES: Final = 256 * 1024
"""Text of one form. Werkzeug reads files in pieces of 64 KB and counts what is left of the piece before as well: at
exactly one piece, most real photos and lists were turned away as too large.
"""


def _configure(app: Flask, parts: Parts) -> None:
    settings: dict[str, Any] = {
        "SECRET_KEY": parts.form_key,
        "SESSION_COOKIE_NAME": "__Host-pims-form" if parts.secure else "pims-form",
        "SESSION_COOKIE_SECURE": parts.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_PATH": "/",
        # A sign-in page may stand open all night; the form's life is that of its cookie.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_FORM_MEMORY_SIZE": _FORM_MEMORY_BYTES,
        "MAX_FORM_PARTS": 100,
    }
    app.config.update(settings)
    provide(app, Site(parts.sessions, parts.clock, recogniser(parts.sessions, parts.rules), parts.secure))
    provide(app, parts.rules)
    provide(app, parts.seal)
    provide(app, KnownPeople(lambda session, number: person_by_number(session, number) is not None))
    provide(app, parts.passwords)
    provide(app, parts.vault)
    provide(app, DuplicateSearch(parts.vault, parts.sessions))
    provide(app, parcel_seal(parts.keys))
    provide(app, Importer(parts.sessions, parts.clock))
    data = None if parts.keys is None else parts.keys.parent
    provide(app, Exporter(parts.sessions, parts.vault, parts.clock, None if data is None else data / EXPORTS))
    provide(app, BackupPlace(data))
    provide(app, BundlePlace(None if data is None else data / BUNDLES))
    provide(app, Panels(_PANELS))
    provide(app, WAITING)
    provide(app, House(house_k_on))
    provide(app, Described(API))
    provide(app, Live(parts.sessions, parts.clock))
    provide(app, TrialRunner(parts.sessions, parts.clock))
    provide(app, Maker(parts.sessions, parts.clock))
    provide(app, TakingIn(parts.keys, find_checkpoint, all_checkpoints, parts.second_person))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
