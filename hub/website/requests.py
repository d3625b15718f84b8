"""Requests of the hub as Flask reads them."""

from __future__ import annotations

import io
from typing import IO

from flask import Request


class HubRequest(Request):
    """Handed-in files stay in memory: a finger is never in a temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()
