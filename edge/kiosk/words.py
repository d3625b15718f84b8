"""The page's words: English in the code, other languages as one file each that a translator can work with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import Flask, request

FOLDER = Path(__file__).parent / "words"
DEFAULT = "en"
COOKIE = "pims-language"


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """English sentence -> that language's; empty for English."""
    if language == DEFAULT or language not in languages():
        return {}
    words: dict[str, str] = tomllib.loads((FOLDER / f"{language}.toml").read_text())["words"]
    return words


@lru_cache
def languages() -> Mapping[str, str]:
    """Code -> the language's own name."""
    found = {DEFAULT: "English"}
    for path in sorted(FOLDER.glob("*.toml")):
        found[path.stem] = tomllib.loads(path.read_text())["name"]
    return found


def language() -> str:
    """The language of this request."""
    chosen = request.cookies.get(COOKIE, DEFAULT)
    return chosen if chosen in languages() else DEFAULT


def say(sentence: str, **values: object) -> str:
    """The sentence in the language of this request; a sentence that nobody translated yet stays English."""
    return catalogue(language()).get(sentence, sentence).format(**values)


def install(app: Flask) -> None:
    """Gives templates `_`, `language` and `languages`."""
    app.jinja_env.globals.update({"_": say, "language": language, "languages": languages})
