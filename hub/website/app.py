"""The wiring of the site. Nothing below knows all of these; nothing above is imported by them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from flask import Flask, Request, redirect, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from hub.accounts.admin_views import pages as accounts_desk_pages
from hub.accounts.emergencies.actions import KnownPeople
from hub.accounts.emergencies.views import pages as emergency_pages
from hub.accounts.factor_door import pages as factor_door_pages
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.notices import notices
from hub.accounts.own_account import pages as own_account_pages
from hub.accounts.passwords import Passwords
from hub.accounts.permission_views import pages as permission_pages
from hub.accounts.permissions import Permission, Role
from hub.accounts.pin_views import pages as pin_pages
from hub.accounts.policy import DEFAULT_RULES, SignInRules
from hub.accounts.slips.views import pages as slip_pages
from hub.accounts.views import pages as account_pages
from hub.accounts.visitors import recogniser
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.officer_views import pages as officer_finger_pages
from hub.biometrics.photo_views import pages as photo_pages
from hub.biometrics.vault import Vault
from hub.control_room.alarm_book_views import pages as alarm_book_pages
from hub.control_room.alarm_views import pages as alarm_pages
from hub.control_room.live import Live
from hub.control_room.officer import pages as officer_pages
from hub.control_room.posts import pages as post_pages
from hub.control_room.replay.bundles import FOLDER as BUNDLES
from hub.control_room.replay.bundles import BundlePlace
from hub.control_room.replay.views import pages as replay_pages
from hub.control_room.somebody_views import pages as somebody_pages
from hub.control_room.views import pages as control_room_pages
from hub.custody.queries import person_by_number
from hub.database import Sessions
from hub.docket.diary.views import pages as diary_pages
from hub.docket.panel import PANEL as DOCKET_PANEL
from hub.docket.rule_views import pages as docket_rule_pages
from hub.docket.views import pages as docket_pages
from hub.headcount.entry_views import pages as count_entry_pages
from hub.headcount.muster_views import pages as muster_pages
from hub.headcount.paper_views import pages as count_paper_pages
from hub.headcount.rule_views import pages as count_rule_pages
from hub.headcount.views import pages as count_pages
from hub.keeping.backup.views import pages as backup_pages
from hub.keeping.backup.watching import BackupPlace
from hub.keeping.export.making import FOLDER as EXPORTS
from hub.keeping.export.making import Exporter
from hub.keeping.export.views import pages as export_pages
from hub.keeping.oversight.views import pages as oversight_pages
from hub.keeping.oversight.words import act_words
from hub.keeping.retention.views import pages as retention_pages
from hub.movements.actions import find_checkpoint
from hub.movements.cells.views import pages as cell_pages
from hub.movements.external.consent_views import pages as consent_pages
from hub.movements.external.convoy_views import pages as convoy_pages
from hub.movements.external.views import pages as external_pages
from hub.movements.orders.views import pages as orders_pages
from hub.movements.passes.panel import PANEL as MOVES_PANEL
from hub.movements.passes.plan_views import pages as move_plan_pages
from hub.movements.passes.series_views import pages as move_series_pages
from hub.movements.passes.views import pages as move_pages
from hub.movements.site.file_views import pages as site_file_pages
from hub.movements.site.files import all_checkpoints
from hub.movements.site.plan_views import pages as site_plan_pages
from hub.movements.site.views import pages as site_pages
from hub.movements.whereabouts.views import pages as location_rules_pages
from hub.reception.admitting.signing_views import pages as receptions_pages
from hub.reception.admitting.views import pages as admitting_pages
from hub.reception.blackout.views import pages as paper_pages
from hub.reception.desk.officer_views import pages as officer_desk_pages
from hub.reception.desk.views import pages as desk_pages
from hub.reception.file.document_views import pages as document_pages
from hub.reception.file.evidence_views import pages as evidence_pages
from hub.reception.file.record_views import pages as fact_pages
from hub.reception.finding import pages as finding_pages
from hub.reception.people import pages as people_pages
from hub.reception.person_pages import PAGES as PERSON_PAGES
from hub.reception.person_pages import PANELS as PERSON_PANELS
from hub.reception.re_enrolment_views import pages as re_enrolment_pages
from hub.reception.register.running import Importer
from hub.reception.register.views import pages as register_pages
from hub.reception.releasing.panel import PANEL as WAY_OUT
from hub.reception.releasing.record_views import pages as release_record_pages
from hub.reception.releasing.views import pages as releasing_pages
from hub.reception.sentencing.background import TrialRunner
from hub.reception.sentencing.date_views import pages as release_date_pages
from hub.reception.sentencing.entry_views import pages as sentence_pages
from hub.reception.sentencing.holiday_views import pages as holiday_pages
from hub.reception.sentencing.panel import PANEL as RELEASE_DATE
from hub.reception.sentencing.policy_views import pages as policy_pages
from hub.reception.standing_views import pages as standing_pages
from hub.roll.gate_plans.views import pages as gate_plan_pages
from hub.roll.theft.views import pages as theft_pages
from hub.terminals.claims.knocking import pages as knocking_pages
from hub.terminals.claims.service import TakingIn
from hub.terminals.claims.views import pages as claims_pages
from hub.terminals.configuration.views import pages as configuration_pages
from hub.units.views import pages as unit_pages
from hub.web import assets, errors, formats, guard, headers, known, language, navigation, preferences
from hub.web.compiling import SpokenEnvironment
from hub.web.door import Site, provide, visitor, visitor_or_none
from hub.web.panels import Panel, Panels
from hub.web.routes import Number, Pages, check_routes
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
_PANELS: tuple[Panel, ...] = (RELEASE_DATE, DOCKET_PANEL, WAY_OUT, MOVES_PANEL, *PERSON_PANELS)
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


class HubRequest(Request):
    """Handed-in files stay in memory: a finger is never in a temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


class Hub(Flask):
    request_class = HubRequest
    jinja_environment = SpokenEnvironment


def create_app(parts: Parts) -> Flask:
    """The site; RuntimeError when a route names no permission."""
    app = Hub("hub.web", static_folder=None, template_folder="templates")
    app.url_map.converters["int"] = Number
    _configure(app, parts)
    for part in (errors, headers, guard):
        part.install(app)
    # A terminal that asks to be taken in has no cookie that a strange page could misuse.
    CSRFProtect(app).exempt(knocking_pages)
    for part in (language, formats, assets, preferences, navigation, known):
        part.install(app)
    for blueprint in (pages, account_pages, pin_pages, admitting_pages, people_pages, control_room_pages):
        app.register_blueprint(blueprint)
    for blueprint in (
        photo_pages,
        officer_finger_pages,
        officer_pages,
        post_pages,
        alarm_pages,
        alarm_book_pages,
        somebody_pages,
        re_enrolment_pages,
        standing_pages,
        desk_pages,
        officer_desk_pages,
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(finding_pages)
    app.register_blueprint(replay_pages)
    app.register_blueprint(register_pages)
    app.register_blueprint(paper_pages)
    for blueprint in (oversight_pages, retention_pages, export_pages, backup_pages):
        app.register_blueprint(blueprint)
    for blueprint in (fact_pages, evidence_pages, document_pages):
        app.register_blueprint(blueprint)
    for blueprint in (
        configuration_pages,
        gate_plan_pages,
        orders_pages,
        receptions_pages,
        releasing_pages,
        release_record_pages,
        cell_pages,
    ):
        app.register_blueprint(blueprint)
    for blueprint in (release_date_pages, sentence_pages, holiday_pages, policy_pages):
        app.register_blueprint(blueprint)
    places = (site_pages, site_file_pages, site_plan_pages)
    for blueprint in (*PERSON_PAGES, knocking_pages, claims_pages, theft_pages, *places):
        app.register_blueprint(blueprint)
    for blueprint in (
        factor_door_pages,
        own_account_pages,
        accounts_desk_pages,
        slip_pages,
        emergency_pages,
        permission_pages,
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(location_rules_pages)
    going_out = (external_pages, consent_pages, convoy_pages)
    for blueprint in (move_pages, move_plan_pages, move_series_pages, *going_out):
        app.register_blueprint(blueprint)
    counting = (count_pages, count_entry_pages, count_paper_pages, count_rule_pages, muster_pages, unit_pages)
    for blueprint in (docket_pages, docket_rule_pages, diary_pages, *counting):
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
    provide(app, Importer(parts.sessions, parts.clock))
    data = None if parts.keys is None else parts.keys.parent
    provide(app, Exporter(parts.sessions, parts.vault, parts.clock, None if data is None else data / EXPORTS))
    provide(app, BackupPlace(data))
    provide(app, BundlePlace(None if data is None else data / BUNDLES))
    provide(app, Panels(_PANELS))
    provide(app, WAITING)
    provide(app, Live(parts.sessions, parts.clock))
    provide(app, TrialRunner(parts.sessions, parts.clock))
    provide(app, TakingIn(parts.keys, find_checkpoint, all_checkpoints, parts.second_person))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
