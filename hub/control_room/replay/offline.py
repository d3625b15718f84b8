"""The player as one page that needs neither network nor hub: what the site's own page shows, with everything in it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from hub.control_room.replay.reel import Reel
from hub.control_room.replay.words import player_words
from hub.control_room.site_map import SiteMap
from hub.web.assets import FOLDER
from hub.web.formats import SITE_ZONE

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_STYLES: Final = ("css/base.css", "css/parts.css", "css/map.css", "css/replay.css")
_MODULES: Final = ("js/replay/player.js", "js/replay/map.js", "js/replay/screen.js")
_IMPORT: Final = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ", re.MULTILINE)
_START: Final = (
    "new ReplayScreen(JSON.parse(document.getElementById('reel').textContent), "
    "JSON.parse(document.getElementById('replay-words').textContent), {zone});"
)


def player_page(reel: Reel, maps: Sequence[SiteMap], number: int, language: str = "en") -> str:
    """HTML that plays the reel on these maps. It loads nothing, and runs and looks as nothing but what it holds."""
    style = "\n".join((FOLDER / name).read_text() for name in _STYLES)
    script = _script()
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Marks stand in the page itself: an address of one is its name alone.
    environment.globals.update(_=_said, asset=lambda _name: "")
    page = environment.get_template("replay_offline.html")
    return page.render(
        number=number,
        maps=maps,
        marks=_own((FOLDER / "img/mark.svg").read_text().replace("<svg ", "<svg hidden ", 1)),
        language=language,
        policy=f"default-src 'none'; script-src '{_allowed(script)}'; style-src '{_allowed(style)}'",
        style=_own(style),
        script=_own(script),
        words=_inline(player_words(language)),
        reel=_inline(reel),
        from_at=reel.from_at.astimezone(SITE_ZONE),
        to_at=reel.to_at.astimezone(SITE_ZONE),
    )


def _script() -> str:
    """The player's modules as one script, in the order in which they need each other."""
    modules = ((FOLDER / name).read_text() for name in _MODULES)
    whole = "".join(_EXPORT.sub("", _IMPORT.sub("", module)) for module in modules)
    return f"{{\n{whole}{_START.format(zone=msgspec.json.encode(str(SITE_ZONE)).decode())}\n}}\n"


def _allowed(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _inline(document: object) -> Markup:
    """JSON that can stand inside a script element: no end of it, no comment can begin in a name."""
    raw = msgspec.json.encode(document).decode()
    return _own(raw.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _own(text: str) -> Markup:
    """What is written into the page as it is: the site's own files, and JSON that holds no markup."""
    return Markup(text)  # noqa: S704


def _said(text: str, **values: object) -> str:
    return text % values if values else text
