"""The pages behind each permission, read off the site itself: what the table says and what the guard does agree."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from hub.web.routes import required_permission

_READS = {"GET", "HEAD"}


def pages_behind(app: Flask) -> Mapping[str, list[str]]:
    """Permission -> addresses of its routes, in order; those that change something are marked with their method."""
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        permission = required_permission(app.view_functions[rule.endpoint])
        if permission is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            line = rule.rule if method in _READS else f"{rule.rule} ({method})"
            found.setdefault(permission, []).append(line)
    return {permission: sorted(lines) for permission, lines in found.items()}
