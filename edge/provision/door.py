"""The hub's door for terminals that it does not know yet, over HTTPS.

The hub's certificate is of an authority that this terminal has never seen, so it is taken unchecked for this exchange;
what is said here is bound by the claim code, and the grant by the hub's signature.
"""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Protocol
from urllib.parse import urlsplit

from edge.errors import ProvisioningError
from wire.claims import MOST_BYTES
from wire.provisioning import is_loopback

PORT = 8443
TIMEOUT_S = 15.0
_NO_ADDRESS = "«{}» is no address of a hub. Give it as https://10.0.0.5:8443."


class DoorError(ProvisioningError):
    """The hub could not be asked now; asking again later may help."""

    code = "edge.provisioning.hub_away"


class ClaimGone(ProvisioningError):  # noqa: N818 - it says what became of the claim
    """The hub knows no such claim any more."""

    code = "edge.provisioning.claim_gone"


class Door(Protocol):
    """One question, one answer. DoorError when the hub is away, ProvisioningError with the hub's own sentence."""

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes: ...


class HubDoor:
    """`address` is https://host[:port]; http:// only for this machine. ProvisioningError for anything else."""

    def __init__(self, address: str, timeout_s: float = TIMEOUT_S) -> None:
        try:
            parts = urlsplit(address if "//" in address else f"https://{address}")
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ProvisioningError(_NO_ADDRESS.format(address)) from error
        if parts.scheme not in ("https", "http") or not host:
            raise ProvisioningError(_NO_ADDRESS.format(address))
        if parts.scheme == "http" and not is_loopback(host):
            raise ProvisioningError(
                f"«{address}» is not encrypted. That is only allowed on this machine: begin it with https://."
            )
        self._secure = parts.scheme == "https"
        self._host, self._port = host, port or PORT
        self._timeout_s = timeout_s
        self.address = f"{parts.scheme}://{parts.netloc}"

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        connection = self._connection()
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read(MOST_BYTES + 1)
        except ssl.SSLError as error:
            raise DoorError(
                f"{self.address} does not speak TLS as a hub does ({error.reason}). Check address and port."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise DoorError(
                f"The hub at {self.address} cannot be reached ({_reason(error)}). Check the cable, the address and "
                "that the hub's pages listen there, then run this again."
            ) from error
        finally:
            connection.close()
        return self._judged(answer, raw)

    def _connection(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # see the module: the claim code binds, and the grant is signed
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=context)

    def _judged(self, answer: http.client.HTTPResponse, raw: bytes) -> bytes:
        kind = answer.headers.get_content_type()
        if answer.status == http.client.OK and kind == "application/json" and len(raw) <= MOST_BYTES:
            return raw
        told = _told(raw) if kind == "application/problem+json" else None
        if told is None:
            raise ProvisioningError(
                f"What answers at {self.address} is not a PIMS hub (status {answer.status}). Check the address."
            )
        if answer.status == http.client.NOT_FOUND:
            raise ClaimGone("The hub knows nothing of this claim any more. Run this again to make a new one.")
        if answer.status in (http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE):
            raise DoorError(f"The hub is busy. {told}")
        raise ProvisioningError(f"The hub does not take this terminal in: {told}")


def _told(raw: bytes) -> str | None:
    """The sentence of RFC 9457 problem details."""
    try:
        document = json.loads(raw)
        return str(document["detail"])[:400]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
