"""What a bundle says to whoever opens it first, in plain words; a court's clerk reads it without any program."""

from __future__ import annotations

from typing import Final

from hub.control_room.replay.records import ReplayBundle
from hub.ingest.bundles.packing import Contents
from hub.web.formats import SITE_ZONE

_ENGLISH: Final = """\
AN HOUR FROM A PRISON'S RECORDS, TO BE VERIFIED WITHOUT THAT PRISON

Bundle {number}, from {begin} to {end} (time at the site).
Asked for by {by}, for: {recipient}
Reason: {reason}

What is in it
  replay.html      Open it in a browser: it plays the time back on the map. It needs no network.
  events.json      What happened, line by line, each with the entry that says so.
  entries/         {entries} entries as {journals} journals of terminals hold them, byte for byte, {inside} of them of
                   this time. The others stand before and after: they show that nothing was left out, and reach
                   as far as the terminal's next signature.
  terminals.json   The public key of every terminal, certified by the hub.
  gaps.json        What is not known: entries that never arrived, terminals that were not heard.
  replay.json      The map, names, and where people were as it begins: the hub's own word, signed by the hub alone.
  verifier.py      The program that verifies all this. Read it: it is one file.
  manifest.json    Every file with its SHA-256, signed by the hub in manifest.sig.

How to verify it
  1. Python 3.11 or newer is all that is needed: no package, no network.
  2. Take verifier.py out of the bundle, or better get it from somebody who is not the hub.
  3. Run:  python -I verifier.py BUNDLE.zip --hub KEY
     KEY is the hub's public key. It is on the hub's papers; ask for them on a way that does not lead through
     this bundle. A terminal's own key can be read from the device and given with --terminal NAME=KEY.
  4. It says what the bundle proves and what it does not, or names the first thing that is wrong.

What it proves, and what it does not
  An entry was written by the terminal that signed it, at its place in that terminal's journal, and was not changed
  since. The time is that of the terminal's clock, or, where that clock was not sure, what the hub reckoned; each
  says which. A scan says that a finger was held to a sensor and what the terminal made of it; how sure it was
  stands in the entry. It does not say where a person was between two scans. Nobody who was not seen is absent.
"""

_SPANISH: Final = """\

UNA HORA DE LOS REGISTROS DE UNA PRISIÓN, PARA VERIFICAR SIN ESA PRISIÓN

Paquete {number}, de {begin} a {end} (hora del lugar).

Abra replay.html en un navegador: reproduce ese tiempo sobre el plano, sin red. Para verificarlo basta Python 3.11 o
más nuevo, sin ningún paquete ni red: saque verifier.py del paquete y ejecute:
  python -I verifier.py PAQUETE.zip --hub CLAVE
CLAVE es la clave pública del centro; está en sus papeles. Pídala por un camino que no pase por este paquete. El
programa dice qué prueba el paquete y qué no, o nombra lo primero que está mal.

Un registro fue escrito por el terminal que lo firmó, en su lugar del diario de ese terminal, y no fue cambiado desde
entonces. No dice dónde estaba una persona entre dos lecturas. Quien no fue visto no por eso está ausente. Los nombres,
el plano y dónde estaba cada uno al principio son solo palabra del centro.
"""


def guide(row: ReplayBundle, contents: Contents) -> str:
    """The text of readme.txt."""
    values = {
        "number": row.id,
        "begin": f"{row.from_at.astimezone(SITE_ZONE):%Y-%m-%d %H:%M:%S %Z}",
        "end": f"{row.to_at.astimezone(SITE_ZONE):%Y-%m-%d %H:%M:%S %Z}",
        "by": row.asked_by,
        "recipient": row.recipient,
        "reason": row.reason,
        "entries": contents.entries,
        "inside": contents.in_time,
        "journals": len(contents.journals),
    }
    return _ENGLISH.format(**values) + _SPANISH.format(**values)
