"""The fast form of a template, kept: cylinders as bytes, for whoever starts often and has many fingers.

A template that is exchanged or stored for years is a record of ISO/IEC 19794-2:2005; cylinders derive from it and
are only as good as the engine that made them. So their bytes carry its version, and another engine refuses them: it
derives them anew.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import fields
from typing import Any, Final

import numpy as np

from matching.comparison import parameters
from matching.comparison.cylinders import Cylinders
from matching.errors import TemplateError

MAGIC: Final = b"MCC\0"

_HEADER: Final = struct.Struct(">4sHI")


def freeze(cylinders: Cylinders) -> bytes:
    """Cylinders as bytes; `thaw` gives equal ones back. As confidential as the template itself."""
    body = io.BytesIO()
    for field in fields(cylinders):
        np.lib.format.write_array(body, np.asarray(getattr(cylinders, field.name)), allow_pickle=False)
    content = body.getvalue()
    return _HEADER.pack(MAGIC, parameters.VERSION, zlib.crc32(content)) + content


def thaw(frozen: bytes) -> Cylinders:
    """Reverse of `freeze`; TemplateError when the bytes are damaged or another version of the engine made them."""
    if len(frozen) < _HEADER.size or not frozen.startswith(MAGIC):
        raise TemplateError("These are no frozen cylinders; derive them from the record again.")
    _, version, check = _HEADER.unpack_from(frozen)
    if version != parameters.VERSION:
        raise TemplateError(
            "Another version of the engine froze these cylinders; derive them from the record again."
        )
    content = frozen[_HEADER.size :]
    if zlib.crc32(content) != check:
        raise TemplateError("These frozen cylinders are damaged; derive them from the record again.")
    body = io.BytesIO(content)
    return Cylinders(*(_value(body) for _ in fields(Cylinders)))


def _value(body: io.BytesIO) -> Any:
    values = np.lib.format.read_array(body, allow_pickle=False)
    values.setflags(write=False)
    return values if values.ndim else values.item()
