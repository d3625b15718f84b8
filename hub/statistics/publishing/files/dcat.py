"""The publication as an entry of a data catalogue (W3C DCAT 3, as JSON-LD)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hub.statistics.publishing.files.about import CSV, CSVW, DCAT, JSON_STAT, About, written

_CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "adms": "http://www.w3.org/ns/adms#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_OFTEN: Final = "http://publications.europa.eu/resource/authority/frequency/"
_CONFORMS: Final = {
    CSV: "http://www.w3.org/ns/csvw",
    CSVW: "http://www.w3.org/ns/csvw",
    JSON_STAT: "https://json-stat.org/full/",
}


def dcat_of(about: About, files: Sequence[tuple[str, str, str, int]]) -> str:
    """The entry; `files`: name, media type, SHA-256 and bytes of each. Addresses are relative to this file."""
    dataset = {
        "@type": "dcat:Dataset",
        "@id": f"urn:pims:figures:{about.period.code}:{about.revision}",
        "dct:title": {"@value": about.title, "@language": "en"},
        "dct:description": {"@value": _said(about), "@language": "en"},
        "dct:identifier": f"figures-{about.period.code}-{about.revision}",
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": about.publisher},
        "dct:issued": _typed(about.made_at.isoformat(), "dateTime"),
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/ENG"},
        "dct:spatial": {"@id": "http://publications.europa.eu/resource/authority/country/BLZ"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(about.period.first_on.isoformat(), "date"),
            "dcat:endDate": _typed(about.period.last_on.isoformat(), "date"),
        },
        "dct:accrualPeriodicity": {"@id": _OFTEN + "ANNUAL"},
        "dcat:version": str(about.revision),
        "adms:versionNotes": {"@value": about.why, "@language": "en"},
        "dcat:keyword": ["prison", "custody", "remand", "SDG 16.3.2"],
        "dcat:distribution": [_distribution(*one) for one in files],
    }
    if about.period.days < 32:
        dataset["dct:accrualPeriodicity"] = {"@id": _OFTEN + "MONTHLY"}
    if about.revision > 1:
        before = f"urn:pims:figures:{about.period.code}:{about.revision - 1}"
        dataset["dcat:previousVersion"] = {"@id": before}
    document = {
        "@context": _CONTEXT,
        "@type": "dcat:Catalog",
        "@id": DCAT,
        "dct:title": {"@value": "Figures of the prison", "@language": "en"},
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": about.publisher},
        "dcat:dataset": [dataset],
    }
    return written(document)


def _said(about: About) -> str:
    return (
        f"Figures of the prison for {about.period.code}, as known at {about.known_at.isoformat()}. "
        f"No number of people from 1 to {about.k - 1} is given, nor any that would show one."
    )


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _distribution(name: str, media_type: str, digest: str, size: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        "dcat:mediaType": {"@id": _TYPES + media_type},
        "dcat:byteSize": _typed(str(size), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(digest, "hexBinary"),
        },
    }
    if name in _CONFORMS:
        found["dct:conformsTo"] = {"@id": _CONFORMS[name]}
    return found
