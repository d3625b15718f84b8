"""`python -m tests.integration.agencies_unpaced DATA PORT`: the agencies' listener with a pace that nobody exceeds.

A stranger who tries everything calls more often than a program may; the listener is the real one otherwise.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from hub import settings
from hub.database import make_engine, make_sessions
from hub.sharing.api.buckets import Buckets
from hub.sharing.api.door import Interface
from hub.sharing.partners.authority import CA, SERVER, prepare_agencies
from hub.terminals.key_files import certificate_path, key_path
from hub.website.agency_app import certificate_of_connection, create_agency_app
from hub.website.agency_server import AgencyServer
from hub.website.server import Address


def main(data: Path, port: int) -> None:
    found = settings.load(data)
    prepare_agencies(found.keys, at=datetime.now(UTC))

    def make() -> Flask:
        sessions = make_sessions(make_engine(found.database))
        buckets = Buckets(calls=10**9)
        interface = Interface(sessions, lambda: datetime.now(UTC), certificate_of_connection, buckets)
        return create_agency_app(interface, found.keys)

    address = Address("127.0.0.1", port, certificate_path(found.keys, SERVER), key_path(found.keys, SERVER))
    AgencyServer(make, address, certificate_path(found.keys, CA), lambda: print("ready", flush=True)).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
