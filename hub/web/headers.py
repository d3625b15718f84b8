"""Headers of every answer: nothing from elsewhere, nothing inline, no frame, nothing kept by the browser."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

SANDBOX: Final = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For a file that somebody handed in: whatever is in it runs nothing and loads nothing."""

_POLICY: Final = "Content-Security-Policy"
_ALWAYS: Final = {
    _POLICY: POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def install(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    stricter = response.headers.get(_POLICY) == SANDBOX
    for name, value in _ALWAYS.items():
        response.headers[name] = SANDBOX if stricter and name == _POLICY else value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
