"""Who this terminal is: keys, certificate, and what time it believes it is."""

from __future__ import annotations

from cryptography import x509

from edge.clock import is_plausible
from edge.connection_words import validity_trouble
from edge.ports import Clock
from edge.provisioning import Folder, load_keys
from edge.selftest.check import Check
from wire.journal import Clock as Confidence


def keys(folder: Folder) -> Check:
    load_keys(folder)
    return Check("keys", True, "whole, and readable by this terminal alone")


def certificate(folder: Folder, clock: Clock) -> Check:
    """Valid by this machine's own clock; the hub renews it long before it ends."""
    if not folder.certificate.exists():
        return Check(
            "certificate",
            None,
            "the hub has not taken this terminal in yet",
            "Take it in: pims-edge provision, then approve its code on the hub's page.",
        )
    try:
        held = x509.load_pem_x509_certificate(folder.certificate.read_bytes())
    except ValueError:
        return Check("certificate", False, "cannot be read", "Provision the terminal again.")
    trouble = validity_trouble(held, clock.read().wall_time)
    if trouble is not None:
        return Check(
            "certificate", False, trouble, "Set the clock right, or have the hub grant a new certificate."
        )
    return Check("certificate", True, f"valid until {held.not_valid_after_utc:%d %b %Y}")


def clock(clock: Clock) -> Check:
    now = clock.read()
    shown = f"{now.wall_time:%d %b %Y %H:%M} UTC"
    if not is_plausible(now.wall_time):
        return Check(
            "clock",
            False,
            f"{shown}, which cannot be",
            "Connect the network so that the hub sets the clock; look at the battery of its clock.",
        )
    if now.confidence is not Confidence.SYNCHRONISED:
        return Check(
            "clock", None, f"{shown}, set by nobody now", "Connect the network; chrony then sets it."
        )
    return Check("clock", True, f"{shown}, synchronised")
