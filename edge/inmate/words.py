"""The inmate's lines, one file for each language: data that a speaker can correct without reading code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from edge.errors import StartError
from edge.inmate.moments import Moment, Sign
from wire.codec import Strict

FOLDER = Path(__file__).resolve().parent / "lines"
OTHER_FINGER = "other_finger"

Line = Annotated[str, Meta(min_length=1, max_length=40)]


class Language(Strict, frozen=True):
    """One file. `reviewed_by` is the speaker who read it; `to_confirm` that no speaker wrote it."""

    language: Annotated[str, Meta(min_length=2, max_length=8)]
    name: str
    reviewed_by: str
    to_confirm: bool
    signs: dict[Sign, Line]
    advice: dict[str, Line]

    def line(self, moment: Moment) -> str:
        """What to read at this moment; advice that the file does not know becomes the plain request."""
        if moment.sign is not Sign.AGAIN:
            return self.signs[moment.sign]
        wanted = OTHER_FINGER if moment.other_finger else moment.advice
        return self.advice.get(wanted, self.signs[Sign.AGAIN])


def load_languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Every language by its code; StartError names the file that is not one, or misses a sign."""
    return {language.language: language for language in map(_read, sorted(folder.glob("*.toml")))}


def _read(path: Path) -> Language:
    try:
        language = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Language)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StartError(f"The lines in {path} cannot be read: {error}. Put the file right.") from error
    missing = [sign.value for sign in Sign if sign not in language.signs]
    if missing or language.language != path.stem:
        what = f"lack {', '.join(missing)}" if missing else f"say they are «{language.language}»"
        raise StartError(f"The lines in {path} {what}. Put the file right.")
    return language
