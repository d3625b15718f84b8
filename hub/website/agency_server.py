"""The agencies' listener: TLS with a client certificate of the agencies' own authority, or no connection at all."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from hub.website.agency_worker import THREADS, AgencyWorker
from hub.website.server import Address, Server


class AgencyServer(Server):
    """Serves programs only: whoever shows no certificate of `authority` does not get as far as a request."""

    def __init__(
        self, make: Callable[[], Flask], address: Address, authority: Path, ready: Callable[[], None]
    ) -> None:
        self._authority = authority
        super().__init__(make, address, ready, lambda: None)

    def _options(self) -> dict[str, Any]:
        return super()._options() | {
            "threads": THREADS,
            "worker_class": AgencyWorker,
            "limit_request_line": 8190,
            "proc_name": "pims-hub agencies",
            # No proxy stands before it: the certificate is of the connection itself, and so is everything else.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "ca_certs": str(self._authority),
            "cert_reqs": ssl.CERT_REQUIRED,
            "ssl_context": self._strict,
        }

    def _strict(self, _config: Any, default: Callable[[], Any]) -> Any:
        context = default()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        # A session taken up again would not show its certificate anew.
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
        return context
