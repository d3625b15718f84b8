"""Certificates as an agency is sent them, and fingerprints as people read them to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from hub.terminals.certificates import certificate_pem

PROGRAM, AUTHORITY, CHAIN = "client.pem", "agencies-ca.pem", "client-chain.pem"
_GROUP: Final = 4


def downloads(pem: str) -> Mapping[str, str]:
    """Files by name out of a certificate that was kept with its authority's; none for those that were not kept."""
    if not pem:
        return {}
    own, authority = x509.load_pem_x509_certificates(pem.encode())
    return {PROGRAM: certificate_pem(own), AUTHORITY: certificate_pem(authority), CHAIN: pem}


def fingerprint_of_authority(pem: str) -> str:
    """SHA-256 of the authority's certificate as `openssl x509 -fingerprint -sha256` writes it."""
    return x509.load_pem_x509_certificates(pem.encode())[1].fingerprint(SHA256()).hex(":").upper()


def read_out(fingerprint: str) -> str:
    """In groups that can be read aloud over the telephone."""
    groups = [fingerprint[at : at + _GROUP] for at in range(0, len(fingerprint), _GROUP)]
    return " ".join(groups)
