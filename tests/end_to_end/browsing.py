"""What browser tests begin with: a site that answers, a window, somebody signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from ..unit.hub.site_world import PASSWORD

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATIENCE_MS: Final = 60_000


@contextmanager
def served(app: WSGIApplication, host: str = "localhost") -> Iterator[str]:
    """The address of a site on a port of its own.

    Browsers take localhost for a safe place, and security keys with it; a cookie holds for one name of the host only.
    """
    server = make_server(host, 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def new_window(
    browser: Browser,
    width: int,
    height: int,
    *,
    locale: str = "en-GB",
    patience_ms: int = PATIENCE_MS,
    address: str | None = None,
) -> Page:
    """A window in pixels that shares no cookie with others; with an `address`, it opens paths of that site."""
    viewport = {"width": width, "height": height}
    page = browser.new_context(viewport=viewport, locale=locale, base_url=address).new_page()
    page.set_default_timeout(patience_ms)
    return page


def signed_in(page: Page, address: str, login: str) -> Page:
    """The same page, after the form of the door was sent: where it leads is for the test to look at."""
    page.goto(f"{address}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    return page
