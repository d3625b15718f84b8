"""The agencies' interface put together: its operations, the door before them, and nothing of the site's pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flask import Flask

from hub.sharing.api import browsing, carrying_out, door, failing, token_door
from hub.sharing.api.browsing import Described
from hub.sharing.api.door import Interface
from hub.sharing.api.routes import ApiRoutes
from hub.sharing.census.api import api as census_api
from hub.sharing.forensic.api import api as forensic_api
from hub.sharing.forensic.sealing import parcel_seal
from hub.sharing.inbox.api import api as inbox_api
from hub.sharing.pull.about import api as about_api
from hub.sharing.pull.custody import api as custody_api
from hub.sharing.pull.events import api as events_api
from hub.sharing.pull.keys_place import KeysPlace
from hub.sharing.pull.lists import api as lists_api
from hub.statistics.publishing.api import api as figures_api
from hub.web import assets, headers, language
from hub.web.compiling import SpokenEnvironment
from hub.web.door import provide
from hub.website.requests import HubRequest

API: Final[tuple[ApiRoutes, ...]] = (
    about_api,
    custody_api,
    events_api,
    lists_api,
    inbox_api,
    forensic_api,
    figures_api,
    census_api,
)
"""Every operation, in the order in which the description shows them."""


class Agencies(Flask):
    request_class = HubRequest
    jinja_environment = SpokenEnvironment


def create_agency_app(interface: Interface, keys: Path | None = None) -> Flask:
    """The interface; `keys` is the folder of the hub's keys, of which only public ones are read."""
    app = Agencies("hub.sharing.api", static_folder=None, template_folder="templates")
    app.config["MAX_FORM_PARTS"] = 10
    # A doubled slash is nothing here: the redirect that mends it would name the host that the caller named.
    app.url_map.merge_slashes = False
    provide(app, interface)
    provide(app, KeysPlace(keys))
    provide(app, parcel_seal(keys))
    provide(app, Described(API))
    for part in (failing, headers, door, language, assets):
        part.install(app)
    for routes in API:
        for operation in routes.operations:
            carrying_out.mount(app, operation)
    token_door.install(app)
    browsing.install(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app


def certificate_of_connection(environ: Mapping[str, Any]) -> bytes | None:
    """The client's certificate that the TLS handshake has verified, of what gunicorn says about the connection."""
    connection = environ.get("gunicorn.socket")
    found: bytes | None = None if connection is None else connection.getpeercert(binary_form=True)
    return found
