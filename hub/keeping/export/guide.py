"""The words that go out with the register, for whoever reads it without this program."""

from __future__ import annotations

from typing import Final

GUIDE: Final = """# The register, whole

Made {made_at} UTC. Times are UTC in ISO 8601; dates are year-month-day; tables are UTF-8 with commas.
A cell that a spreadsheet could take for a formula begins with an apostrophe, which is not part of it.

- `people.csv`: a row for each person, with the permanent number. `stays.csv`: a row for each stay.
- `movements.csv`: who was seen to go from where to where; `reversed_at` is when one entered from paper was taken back.
- `facts.jsonl`: every fact ever recorded, a line of JSON each, oldest first, as the register holds it.
- `facts/KIND.csv`: the same for one kind, its fields in columns of their own; `schema/KIND.schema.json` says what each
  field is (JSON Schema).
- `tables/NAME.csv`: everything else that is about custody: merges, findings of the docket, visitors, incidents, cells,
  reckoned dates, releases, and so on. `schema/tables.json` says what each table and column is. `person_id` and
  `booking_id` are the column `id` of `people.csv` and `stays.csv`.
- `documents/`: scans, named by person and number; a fact names its scan under `document`.
- `photos/`: by person, number and angle.
{fingers}
- `damaged.csv`: scans, photos and fingers that the register holds and that could not be opened any more.
- `manifest.json`: every file with its size and SHA-256, and how many rows it has.

A fact *states* that something holds from `effective_at`, *ends* it, or *withdraws* the fact under `corrects`. A fact
with `corrects` takes the place of that one. Facts with the same `item` tell of the same thing. What holds at a time is
the latest statement in effect then that no later fact corrects or withdraws.

Not here: accounts of officers with what opens them, the trail (it has an export of its own that proves itself), and
what machines say to each other.
"""
FINGERS: Final = (
    "- `fingers/`: minutiae by person, finger (1 to 10, from the right thumb to the left little finger) and\n"
    "  impression, as ISO/IEC 19794-2 records. Images of fingers stay in the vault."
)
NO_FINGERS: Final = "- Fingerprints are not here: they stay in the vault."
