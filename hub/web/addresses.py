"""Where a form may send the browser afterwards: only to a page of this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def safe_path(target: str | None, otherwise: str = "/") -> str:
    """`target` when it is the path of one of our GET pages, `otherwise` when it is anything else."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if any(ord(letter) < 33 for letter in target):
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return otherwise
    try:
        endpoint, _ = current_app.url_map.bind(request.host).match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return otherwise
    if endpoint.startswith("assets."):
        return otherwise
    return parts.path + (f"?{parts.query}" if parts.query else "")
