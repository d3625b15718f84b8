"""Letters that were written in one encoding and read in another: José that would come in as JosÃ© or Jos‚."""

from __future__ import annotations

import re
from typing import Final

from hub.sentences import RefusedError, Sentence

_TWICE: Final = re.compile(
    "[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
)
"""UTF-8 that somebody took for Windows-1252 and saved again."""
_OF_ANOTHER: Final = re.compile("[A-Za-z][¡¢£¤¥‚„‡Ž]")
"""ñ, ó, ú, Ñ, é of DOS, and á, é of old Macs, read as Windows-1252: signs that follow no letter in a name."""


def refuse_garbled(text: str) -> None:
    """RefusedError naming the first word whose letters cannot be right."""
    found = _TWICE.search(text) or _OF_ANOTHER.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    start = max(text.rfind(sign, 0, found.start()) for sign in '\n\r,;\t|" ') + 1
    word = re.split(r"[\s,;|\"]", text[start:], maxsplit=1)[0]
    raise RefusedError(
        "garbled",
        Sentence(
            "Letters came out wrong in line %(line)s: '%(word)s'. The file was saved in another encoding. "
            "Open it where it was made and save it as CSV UTF-8 or XLSX.",
            {"line": line, "word": word[:40]},
        ),
    )
