"""What agencies hand in to have a key certified, as their systems write it, and what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from hub.sentences import RefusedError
from hub.sharing.partners.asking import BurntKeyError, read_asked

from .certificates_world import changed, csr, key_of, private


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (lambda: csr("rsa 1024"), "weak_key"),
        (lambda: csr("secp256k1"), "bad_key"),
        (lambda: csr("ed25519"), "bad_key"),
        (lambda: changed(csr()), "not_proven"),
        (lambda: csr() + csr("secp384r1"), "several"),
    ],
)
def test_keys_that_are_not_certified(raw, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RefusedError) as caught:
        read_asked(raw())
    assert caught.value.code == code


def test_a_request_is_read_as_windows_and_java_write_it() -> None:
    plain = read_asked(csr())
    pem = csr().decode()
    for raw in (
        csr(encoding=Encoding.DER),
        pem.encode("utf-16"),
        b"\xef\xbb\xbf" + pem.replace("\n", "\r\n").encode(),
        pem.replace("BEGIN CERT", "BEGIN NEW CERT").replace("END CERT", "END NEW CERT").encode(),
        b"Bag Attributes: none\n" + pem.encode() + b"\nSent from my desk\n",
    ):
        assert read_asked(raw).fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    ("raw", "opened"),
    [
        (lambda: private("secp256r1"), True),
        (lambda: private("secp256r1", form=PrivateFormat.TraditionalOpenSSL), True),
        (lambda: private("secp256r1") + csr(), True),
        (lambda: private("secp256r1", b"secret"), False),
        (
            lambda: serialize_key_and_certificates(b"k", key_of("secp256r1"), None, None, NoEncryption()),
            False,
        ),
        (
            lambda: serialize_key_and_certificates(
                b"k", key_of("secp256r1"), None, None, BestAvailableEncryption(b"x")
            ),
            False,
        ),
        (lambda: key_of("secp256r1").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), True),
    ],
)
def test_every_form_of_a_private_key_is_known(raw, opened: bool) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BurntKeyError) as caught:
        read_asked(raw())
    assert caught.value.fingerprint == (read_asked(csr()).fingerprint if opened else "")
