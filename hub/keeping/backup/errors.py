"""What stands against a backup or a restore, in a sentence that says what to do."""

from __future__ import annotations

from hub.errors import HubError


class BackupError(HubError):
    """A backup cannot be taken, read or restored. `code` names the reason for machines."""
