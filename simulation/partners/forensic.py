"""The forensic service: asks for somebody's fingers, reads file and records, compares them, sends the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulation.partners.an2 import minutiae_of_iso, read
from simulation.partners.work import Work

ABOUT = "about.txt"
"""The case file: under which number the prison holds whose fingers are asked for."""
_WAITS = frozenset({"waiting", "second"})
_OVER = "taken"


class Forensic(Work):
    """One examination from request to receipt."""

    def script(self) -> Iterator[None]:
        case = self.folder / ABOUT
        yield from self.until(case.exists)
        if not case.exists():
            return
        self.must_refuse("/v1/lists/census", "a laboratory gets no list of people")
        answer = self.send("/v1/fingerprint-requests", self.envelope(**{
            "pims:LaboratoryCaseID": "NFSS 77/2026", "pims:RequestingAuthorityName": "Dr. M. Tillett",
            "pims:LegalBasisText": "Evidence Act, request of the court", "pims:WantedCode": "images",
            "j:SubjectIdentification": case.read_text().strip(), "pims:FingerPositionCode": [2, 7],
        }))  # fmt: skip
        address = f"/v1/fingerprint-requests/{answer.document['number']}"
        if self._state(address) in _WAITS:
            self.must_refuse(f"{address}/set", "no officer has approved it yet")
        yield from self.until(lambda: self._state(address) not in _WAITS, every_s=3.0)
        if self._state(address) == "ready":
            self._examine(address)
        number, state = address.rpartition("/")[2], self._state(address)
        self.once("closed", number, number=number, state=state)
        if state == _OVER:
            self.must_refuse(f"{address}/set", "the set was destroyed with the receipt")

    def _state(self, address: str) -> str:
        return str(self.fetch(address).document["state"])

    def _examine(self, address: str) -> None:
        number = address.rpartition("/")[2]
        contents = read(self.fetch(f"{address}/set").body)
        for finger, count in contents.minutiae.items():
            told = minutiae_of_iso(self.fetch(f"{address}/minutiae/{finger}").body)
            if told != (finger, count):
                raise RuntimeError(
                    f"finger {finger} has {count} minutiae in the file and {told[1]} in its record"
                )
        self.once(
            "set",
            number,
            number=number,
            records=contents.records,
            images=len(contents.images),
            minutiae=sum(contents.minutiae.values()),
        )
        taken: dict[str, Any] = {"receipt": f"NFSS-{number}"}
        self.prison.post(f"{address}/receipt", taken, key=f"receipt-{number}")
