"""What goes wrong in the hub in a way that somebody can act on."""

from __future__ import annotations


class HubError(Exception):
    """Base of the hub's own errors: `code` is for machines, `sentence` tells a person what to do.

    Neither holds a name, a template or an image. Commands print the sentence and end with status 2.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
