"""Why the broker does not take this terminal in, in words that say what to do. Pure.

What TLS and MQTT libraries say are codes: the side that refuses a certificate names its reason in an alert, which
OpenSSL words as below, and MQTT 5 names refusals by reason codes.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from cryptography import x509

_ALERT = re.compile(r"\[SSL: (\w+)\]")
_ASK_AGAIN = "Provision it again: pims-edge provision."

# Looked for in this order in what the library said, lower case, with underscores as spaces.
_REASONS = (
    (
        ("certificate has expired", "certificate is not yet valid"),
        "The broker's certificate is not valid at this terminal's time. Look at the terminal's clock first; if it is "
        "right, the hub must renew its certificates: start its broker again.",
    ),
    (
        (
            "self-signed certificate",
            "self signed certificate",
            "unable to get local issuer",
            "certificate verify failed",
            "ip address mismatch",
            "hostname mismatch",
        ),
        "The broker is not of the hub that took this terminal in, or its certificate names another address. Check the "
        "network; if the hub was made anew, provision the terminal again: pims-edge provision.",
    ),
    (
        ("unknown ca", "bad certificate", "decrypt error"),
        "The broker belongs to another hub than this terminal's certificate. Check the address of the broker. "
        + _ASK_AGAIN,
    ),
    (
        ("alert certificate expired",),
        "This terminal's certificate has expired. " + _ASK_AGAIN,
    ),
    (
        ("alert certificate revoked", "certificate revoked"),
        "This terminal's certificate was revoked: the hub cut it off. If that was a mistake, take the device in under "
        "a new name, in a new data folder: pims-edge provision.",
    ),
    (
        ("certificate required", "certificate unknown", "handshake failure"),
        "The broker does not accept this terminal's certificate. " + _ASK_AGAIN,
    ),
    (
        ("not authorized", "not authorised", "bad user name or password", "banned"),
        "The hub has cut this terminal off: nothing that it says is taken. If that was a mistake, take the device in "
        "under a new name, in a new data folder: pims-edge provision.",
    ),
    (
        ("client identifier not valid", "session taken over"),
        "Another device speaks under this terminal's name: a card may have been copied. Find the other device, and "
        "provision one of the two under a name of its own.",
    ),
    (
        ("wrong version number", "unexpected eof", "unsupported protocol", "protocol version"),
        "What answers at the broker's address does not speak TLS 1.3 as the broker does. Check address and port.",
    ),
)


def tls_alert(line: str) -> str | None:
    """OpenSSL's word for what the other side refused, as UNKNOWN_CA, in a line of a library's log; None without one."""
    found = _ALERT.search(line)
    return None if found is None else found[1]


def why_not(said: str) -> str | None:
    """The sentence for what a TLS or MQTT library said when the broker refused; None when there is none better."""
    heard = said.lower().replace("_", " ")
    for marks, sentence in _REASONS:
        if any(mark in heard for mark in marks):
            return sentence
    return None


def certificate_trouble(certificate: Path, now: datetime) -> str | None:
    """What is wrong with this terminal's own certificate at `now`, None when nothing is. OSError when it is missing.

    A clock that is wrong makes a good certificate look expired, so the sentence names both.
    """
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError:
        return f"This terminal's certificate cannot be read. {_ASK_AGAIN}"
    return validity_trouble(found, now)


def validity_trouble(certificate: x509.Certificate, now: datetime) -> str | None:
    """As `certificate_trouble`, of a certificate in memory."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    clock = f"by this terminal's clock it is {now:%d %b %Y, %H:%M} UTC"
    if now > ends:
        return f"The certificate ended on {ends:%d %b %Y}; {clock}. If the clock is right: {_ASK_AGAIN}"
    if now < begins:
        return f"The certificate begins on {begins:%d %b %Y}; {clock}. Set the clock right."
    return None
