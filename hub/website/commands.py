"""`pims-hub web`: the pages, until it is told to end."""

from __future__ import annotations

import argparse
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask

from hub import settings
from hub.accounts.passwords import Passwords
from hub.accounts.policy import rules_from
from hub.biometrics.vault_key import open_vault
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions
from hub.errors import HubError
from hub.terminals.key_files import WEB_SERVER, certificate_path, key_path, read_private, write_private
from hub.website.factor_key import open_factor_seal
from wire.provisioning import is_loopback

if TYPE_CHECKING:
    from hub.biometrics.duplicates import DuplicateSearch
    from hub.cli import Subparsers

FORM_KEY: Final = "web-forms.key"
_KEY_BYTES: Final = 32


def register(subparsers: Subparsers) -> None:
    """Declare `web`."""
    parser = add_command(subparsers, "web", _web, "Serve the pages.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--plain-http", action="store_true", help="without TLS, on loopback only")


def _web(args: argparse.Namespace) -> int:
    from hub.website.server import Address, Server, check_free

    found = settings.load(args.data)
    if args.plain_http and not is_loopback(args.host):
        raise HubError(
            "plain_http", "Without TLS the pages are served on 127.0.0.1 only. Leave --plain-http out."
        )
    certificate = None if args.plain_http else certificate_path(found.keys, WEB_SERVER)
    key = None if args.plain_http else key_path(found.keys, WEB_SERVER)
    address = Address(args.host, args.port, certificate, key)
    check_free(address)
    _check_database(found)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    site = _Site(found, secure=not args.plain_http)
    Server(site.make, address, lambda: say(f"Web ready on {address.url}"), site.end).run()
    return 0


def _check_database(found: settings.Settings) -> None:
    from hub.migrations import check_current

    engine = make_engine(found.database)
    try:
        check_current(engine, found.data)
    finally:
        engine.dispose()


class _Site:
    """Made inside the serving process: neither threads nor database connections live through a fork."""

    def __init__(self, found: settings.Settings, *, secure: bool) -> None:
        self._found = found
        self._secure = secure
        self._app: Flask | None = None
        self._vault = open_vault(found.keys)
        self._form_key = _form_key(found.keys)
        self._rules = rules_from(found.accounts)

    def make(self) -> Flask:
        from hub.web.collecting import collect_seldom
        from hub.website.app import Parts, create_app

        sessions = make_sessions(make_engine(self._found.database))
        parts = Parts(
            sessions=sessions,
            vault=self._vault,
            form_key=self._form_key,
            clock=lambda: datetime.now(UTC),
            secure=self._secure,
            passwords=Passwords(),
            embedded_broker=self._found.broker.kind == "amqtt",
            keys=self._found.keys,
            second_person=self._found.terminals.second_person,
            seal=open_factor_seal(self._found.keys, sessions),
            rules=self._rules,
        )
        self._app = create_app(parts)
        collect_seldom()
        _finger_search(self._app).prepare_beside()
        return self._app

    def end(self) -> None:
        if self._app is not None:
            from hub.website.app import live_feed

            _finger_search(self._app).end()
            live_feed(self._app).stop()


def _finger_search(app: Flask) -> DuplicateSearch:
    from hub.biometrics.duplicates import DuplicateSearch
    from hub.web.door import service

    with app.app_context():
        return service(DuplicateSearch)


def _form_key(keys: Path) -> bytes:
    """Key that signs forms. It is made anew when lost: all that ends are forms that stand open."""
    path = keys / FORM_KEY
    if not path.exists():
        write_private(path, os.urandom(_KEY_BYTES))
    return read_private(path)
