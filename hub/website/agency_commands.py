"""`pims-hub agencies` serves the agencies' interface; `pims-hub partner` keeps the programs that may call it."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from hub import logs, settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.sharing.partners import actions
from hub.sharing.partners.authority import CA, SERVER, open_agencies, prepare_agencies
from hub.sharing.partners.records import PartnerCertificate, PartnerClient
from hub.sharing.partners.requests import the_client
from hub.sharing.partners.waiting import await_certificate
from hub.terminals.key_files import certificate_path, key_path

if TYPE_CHECKING:
    from flask import Flask

    from hub.cli import Subparsers

PORT = 8444
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - named to be left out


def register(subparsers: Subparsers) -> None:
    """Declare `agencies` and `partner`."""
    serve = add_command(subparsers, "agencies", _agencies, "Serve the interface of other agencies.")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=PORT)
    serve.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="further name in the certificate",
    )
    serve.add_argument(
        "--certified-apart",
        action="store_true",
        help="leave its certificate to `pims-hub certifier`, and do without the authority's key",
    )
    partner = subparsers.add_parser("partner", help="programs of agencies: certify them, cut them off")
    verbs = partner.add_subparsers(dest="verb", required=True, metavar="VERB")
    add = add_command(verbs, "add", _add, "Register a program of an agency.")
    add.add_argument("client")
    add.add_argument("--agency", required=True, metavar="CODE")
    add.add_argument("--about", default="", help="what it is for, without names of people")
    issue = add_command(verbs, "issue", _issue, "Certify the key of a program's request.")
    issue.add_argument("client")
    issue.add_argument("--request", required=True, type=Path, metavar="client.csr")
    issue.add_argument("--out", required=True, type=Path, metavar="client.pem")
    issue.add_argument(
        "--authority-out", type=Path, metavar="agencies-ca.pem", help="the authority beside it"
    )
    revoke = add_command(
        verbs, "revoke", _revoke, "End one certificate, or a program with all of its certificates."
    )
    revoke.add_argument("client")
    revoke.add_argument("--serial", help="that certificate alone; without it the program is cut off for good")
    revoke.add_argument("--reason", default="", help="for the record, without names of people")
    add_command(verbs, "list", _list, "List programs and their certificates.")


def _agencies(args: argparse.Namespace) -> int:
    from hub.website.agency_server import AgencyServer
    from hub.website.server import Address, check_free

    found = settings.load(args.data)
    hosts = {args.host, *args.name} - _ANY
    if args.certified_apart:
        await_certificate(found.keys, hosts, lambda: datetime.now(UTC))
    else:
        prepare_agencies(found.keys, hosts=hosts, at=datetime.now(UTC))
    address = Address(
        args.host, args.port, certificate_path(found.keys, SERVER), key_path(found.keys, SERVER)
    )
    check_free(address)
    _check_database(found)
    logs.configure(logging.WARNING)
    server = AgencyServer(
        lambda: _make(found, found.agencies.address or own_address(args.host, args.name, args.port)),
        address,
        certificate_path(found.keys, CA),
        lambda: say(f"Agencies ready on {address.url}"),
    )
    server.run()
    return 0


def own_address(host: str, names: Sequence[str], port: int) -> str:
    """How the listener calls itself where hub.toml does not say how agencies reach it: by a name of its certificate."""
    name = next(iter(names), "") or ("localhost" if host in _ANY else host)
    return f"https://[{name}]:{port}" if ":" in name else f"https://{name}:{port}"


def _make(found: settings.Settings, address: str) -> Flask:
    from hub.sharing.api.door import Interface
    from hub.web.collecting import collect_seldom
    from hub.website.agency_app import certificate_of_connection, create_agency_app

    sessions = make_sessions(make_engine(found.database))
    interface = Interface(sessions, lambda: datetime.now(UTC), certificate_of_connection, address=address)
    app = create_agency_app(interface, found.keys)
    collect_seldom()
    return app


def _check_database(found: settings.Settings) -> None:
    from hub.migrations import check_current

    engine = make_engine(found.database)
    try:
        check_current(engine, found.data)
    finally:
        engine.dispose()


def _add(args: argparse.Namespace) -> int:
    found, now = settings.load(args.data), datetime.now(UTC)
    prepare_agencies(found.keys, at=now)
    with session_scope(make_sessions(make_engine(found.database))) as session:
        actions.add_client(
            session, agency=args.agency, client_id=args.client, about=args.about, actor=OPERATOR, at=now
        )
    say(
        f"Added: {args.client} of {args.agency}. The agency makes a key and a request of its own, then: partner issue"
    )
    return 0


def _issue(args: argparse.Namespace) -> int:
    found = settings.load(args.data)
    authority = open_agencies(found.keys)
    pem = _read(args.request)
    with session_scope(make_sessions(make_engine(found.database))) as session:
        made = actions.issue(
            session, authority, client_id=args.client, request_pem=pem, actor=OPERATOR, at=datetime.now(UTC)
        )
        _write(args.out, made.pem.removesuffix(authority.pem))
        serial, until = made.serial, made.expires_at
        if args.authority_out is not None:
            _write(args.authority_out, authority.pem)
    say(f"Issued for {args.client}: serial {serial}, until {until:%Y-%m-%d}. It holds no secret.")
    return 0


def _revoke(args: argparse.Namespace) -> int:
    found, now = settings.load(args.data), datetime.now(UTC)
    with session_scope(make_sessions(make_engine(found.database))) as session:
        if args.serial is None:
            actions.cut_off(session, client_id=args.client, reason=args.reason, actor=OPERATOR, at=now)
        else:
            held = the_client(session, args.client).certificates
            if args.serial not in {one.serial for one in held}:
                raise HubError(
                    "no_certificate", "This program has no certificate of that serial. Look: partner list"
                )
            actions.revoke(session, serial=args.serial, reason=args.reason, actor=OPERATOR, at=now)
    say("Ended, with its tokens: the next call with it is refused.")
    return 0


def _list(args: argparse.Namespace) -> int:
    found = settings.load(args.data)
    with session_scope(make_sessions(make_engine(found.database)), writes=False) as session:
        clients = session.scalars(
            select(PartnerClient).order_by(PartnerClient.agency, PartnerClient.client_id)
        ).all()
        for client in clients:
            say(f"{client.client_id}  {client.agency}  {'cut off' if client.ended_at else 'in use'}")
            for one in client.certificates:
                say(f"  {one.serial}  until {one.expires_at:%Y-%m-%d}  {_state(one)}")
    if not clients:
        say("No program of an agency was added yet: pims-hub partner add")
    return 0


def _state(one: PartnerCertificate) -> str:
    return "revoked" if one.revoked_at else "in use"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError("unreadable", f"{path} cannot be read as a certificate request.") from error


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_text(text, encoding="ascii")
        fresh.replace(path)
    except OSError as error:
        raise HubError(
            "unwritable", f"{path} cannot be written: {error.strerror}. Try another --out."
        ) from error
