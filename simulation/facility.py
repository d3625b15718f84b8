"""A small prison: a yard, and four zones that are entered past one terminal each."""

from __future__ import annotations

from dataclasses import dataclass

YARD = "yard"
BLOCKS = ("block-a", "block-b")
CELL_PLACES = 2


@dataclass(frozen=True)
class Zone:
    code: str
    name: str
    kind: str
    capacity: int


@dataclass(frozen=True)
class Gate:
    """A terminal at the checkpoint that leads from the yard, or from `from_zone`, into one zone."""

    terminal: str
    model: str
    to_zone: str
    checkpoint: str
    from_zone: str = YARD


@dataclass(frozen=True)
class Facility:
    """`blocks` are where people live and are counted, two of them."""

    zones: tuple[Zone, ...]
    gates: tuple[Gate, ...]
    blocks: tuple[str, ...] = BLOCKS

    def allowed(self, home: str) -> tuple[str, ...]:
        """Zones that people of a block may enter: their own block and what all share."""
        return (YARD, home, *(zone.code for zone in self.zones if zone.code not in {YARD, *self.blocks}))

    def cells(self, block: str) -> list[str]:
        """Codes of a block's cells: as many as its places need."""
        zone = next(zone for zone in self.zones if zone.code == block)
        letter = block[-1]
        return [f"{letter}-{number:02d}" for number in range(1, zone.capacity // CELL_PLACES + 1)]

    def site_toml(self) -> str:
        """The site file that `pims-hub site import` reads."""
        parts = []
        for zone in self.zones:
            parts.append(
                f'[[zone]]\ncode = "{zone.code}"\nname = "{zone.name}"\n'
                f'kind = "{zone.kind}"\ncapacity = {zone.capacity}\n'
                + ("unit = true\n" if zone.code in self.blocks else "")
            )
        names = {zone.code: zone.name for zone in self.zones}
        for gate in self.gates:
            inward = gate.from_zone == YARD
            name = f"{names[gate.to_zone if inward else gate.from_zone]}, {'entry' if inward else 'way out'}"
            parts.append(
                f'[[checkpoint]]\ncode = "{gate.checkpoint}"\nname = "{name}"\n'
                f'from_zone = "{gate.from_zone}"\nto_zone = "{gate.to_zone}"\n'
            )
        for zone in self.zones:
            parts += self._cells_toml(zone) if zone.code in self.blocks else []
        return "\n".join(parts)

    def _cells_toml(self, zone: Zone) -> list[str]:
        return [
            f'[[cell]]\ncode = "{code}"\nname = "{code.upper()}"\nblock = "{zone.name}"\nzone = "{zone.code}"\n'
            f"certified = {CELL_PLACES}\n"
            for code in self.cells(zone.code)
        ]


SMALL_PRISON = Facility(
    zones=(
        Zone(YARD, "Yard", "MOVEMENT_AREA", 120),
        Zone("gate-hall", "Gate hall", "VISITS", 20),
        Zone("block-a", "Block A", "BLOCK", 24),
        Zone("block-b", "Block B", "BLOCK", 24),
        Zone("workshop", "Workshop", "WORKSHOP", 18),
    ),
    gates=(
        Gate("gate", "gate", "gate-hall", "gate-in"),
        Gate("block-a", "cell_block", "block-a", "block-a-in"),
        Gate("block-b", "cell_block", "block-b", "block-b-in"),
        Gate("workshop", "cell_block", "workshop", "workshop-in"),
    ),
)
