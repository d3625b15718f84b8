"""The models' files as the hub reads them: a first configuration, and what each key means."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from wire.settings import ModelSettings
from wire.settings_keys import comments_of, read_settings, read_toml

MODELS = Path(__file__).resolve().parents[3] / "firmware_configs" / "terminals"


def model_names() -> list[str]:
    """Names of the models that come with the software."""
    return sorted(path.stem for path in MODELS.glob("*.toml"))


@lru_cache
def model_settings(name: str) -> ModelSettings | None:
    """What the model's file says, None for a model of somebody's own."""
    if name not in model_names():
        return None
    return read_settings(read_toml((MODELS / f"{name}.toml").read_text()))


@lru_cache
def meanings() -> dict[str, str]:
    """What the models' files say of each key, by `section.key`."""
    found: dict[str, str] = {}
    for name in model_names():
        found.update(comments_of((MODELS / f"{name}.toml").read_text()))
    return found
