"""The drawn faces of the invented prison, as files for the enrolment desk."""

from __future__ import annotations

from pathlib import Path

from hub.reception.seed.faces import SIZE, face

__all__ = ["SIZE", "draw_face"]


def draw_face(seed: int, path: Path) -> None:
    """Writes a JPEG of `SIZE` pixels; the same seed gives the same face."""
    face(seed).save(path, "JPEG", quality=85)
