"""Leaving a gate's lock in its safe state when no agent runs any more."""

from __future__ import annotations

import msgspec

from edge.barrier.pins import open_wiring
from edge.configuration.starting import with_content
from edge.configuration.stored import read_stored
from edge.errors import SettingsError
from edge.provisioning import Folder
from edge.settings import load
from wire.settings import GateSettings


def gates(folder: Folder) -> list[GateSettings]:
    """Every gate that the last agent may have worked: by its provisioning, the hub's configuration, or one on trial."""
    base = load(folder.settings)
    found = [base.gate]
    try:
        stored = read_stored(folder.configuration)
        found += [with_content(base, held).gate for held in (stored.kept, stored.trial) if held is not None]
    except (msgspec.DecodeError, OSError, SettingsError):
        pass  # the agent cannot have run by what cannot be read
    return [gate for place, gate in enumerate(found) if gate not in found[:place]]


def leave_safe(folder: Folder) -> str:
    """Switches the lock to its safe state and lets go of it; HardwareError when the pins cannot be had."""
    worked = [gate for gate in gates(folder) if gate.relay_enabled]
    for gate in worked:
        open_wiring(gate).close()
    if not worked:
        return "No lock is worked by this terminal."
    return f"The lock is {'locked' if worked[-1].fail == 'secure' else 'released'}."
