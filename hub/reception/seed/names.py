"""Names of Belize's communities, put together by chance: nobody in particular is meant."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from hub.custody.rules import Sex


@dataclass(frozen=True)
class Community:
    """`share` of the people inside; `country` is the nationality most have; `languages` spoken, ISO 639."""

    code: str
    share: float
    country: str
    languages: tuple[str, ...]
    surnames: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]
    two_surnames: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_CREOLE = Community(
    "creole",
    0.34,
    "BZ",
    ("en", "bzj"),
    _words(
        "Gillett Flowers Young Tillett Usher Arnold Bowen Myvett Lamb Staine Wade Robateau Cadle Anthony Bennett "
        "Crawford Hyde Jones Neal Sutherland Westby Gabourel Meighan Belisle Burgess Swift Grant Lord Pitts Reneau "
        "Tucker Rhaburn Faber Cattouse Dawson Herbert Middleton Pollard Smith Thurton"
    ),
    _words(
        "Kareem Tyrone Brandon Akeem Jermaine Shawn Leroy Devon Raheem Dwayne Kendis Orlando Winston Delroy Travis "
        "Jahmal Elton Kevin Michael Andrew Mark Steven Egbert Calbert Rudolph Clinton"
    ),
    _words("Sharon Kimberly Shakira Latoya Althea Tamara Denise Marva Keisha Lorna"),
)
_MESTIZO = Community(
    "mestizo",
    0.33,
    "BZ",
    ("es", "en"),
    _words(
        "Novelo Castillo Marin Pérez Gómez Vásquez Magaña Guerra Alamilla Urbina Cowo Perdomo Torres Sosa Romero "
        "Badillo Carballo Requena Rosado Espat Trapp Zetina Cruz Gongora Ayuso Bautista Moreno Quiroz Tzul Montejo "
        "Riverol Aldana Chávez Verde Acosta Medina Villanueva Osorio Manzanero Cáceres"
    ),
    _words(
        "José Luis Juan Carlos Jorge Miguel Ángel Emilio Eduardo Rubén Abel Ismael Marvin Wilber Gilberto Omar Erwin "
        "Rigoberto Santiago Amir Nestor Israel Hector Julián"
    ),
    _words("María Rosa Elvira Carmen Yesenia Delmi Zoila Marisol Guadalupe Irma"),
)
_MAYA = Community(
    "maya",
    0.11,
    "BZ",
    ("kek", "mop", "en"),
    _words(
        "Coc Cal Choc Pop Sho Tush Ical Teul Chub Caal Bo Mes Cucul Tut Assi Coh Ack Bolon Chun Xol Tzib Che Canti"
    ),
    _words(
        "Domingo Santos Mateo Sebastián Pablo Marcos Crisanto Manuel Ignacio Alfonso Basilio Silverio Martín"
    ),
    _words("Juana Petrona Dominga Rosa Candelaria Victoria Apolonia"),
)
_GARIFUNA = Community(
    "garifuna",
    0.09,
    "BZ",
    ("cab", "en"),
    _words(
        "Martinez Palacio Cayetano Flores Castillo Arana Nunez Zuniga Lambey Ramirez Casimiro Augustine Valentine "
        "Lino Avila Petillo Guerrero Mejia Velasquez Noralez"
    ),
    _words("Egbert Sylvester Dean Elvis Roy Godwin Felix Lucian Darren Marlon Justin Ernest Camillo"),
    _words("Bernadine Felicia Olivia Gwendolyn Isabel Phyllis Judith"),
)
_MENNONITE = Community(
    "mennonite",
    0.01,
    "BZ",
    ("pdt", "en"),
    _words("Penner Reimer Friesen Dueck Plett Thiessen Wiebe Loewen Klassen"),
    _words("Abram Cornelius Isaak Jakob Peter Heinrich Johan"),
    _words("Anna Katharina Susanna"),
)
_CHINESE = Community(
    "chinese",
    0.01,
    "CN",
    ("zh", "en"),
    _words("Chen Li Huang Wu Zhou Lin Liang Feng Guan"),
    _words("Jian Wei Hao Jun Ming Zhiqiang Guo"),
    _words("Mei Xiu Yan Fang"),
)
_EAST_INDIAN = Community(
    "east_indian",
    0.03,
    "BZ",
    ("en", "bzj"),
    _words("Williams Supaul Parham Ramclam Bardalez Mahung Jacobs Edwards Salam Sanker"),
    _words("Deon Ravi Floyd Kenrick Dennis Ajay Rohan"),
    _words("Anjali Nadia Sunita Karen"),
)
_GUATEMALAN = Community(
    "guatemalan",
    0.045,
    "GT",
    ("es",),
    _words(
        "López Ramírez Morales Hernández García Ajú Choc Xitumul Pineda Barrientos Orellana Chiquín Caal Tiul"
    ),
    _words("Selvin Elmer Edvin Oscar Wilmer Byron Mynor Rolando Estuardo Fredy"),
    _words("Ingrid Glendy Marleny Sandra"),
    two_surnames=True,
)
_HONDURAN = Community(
    "honduran",
    0.02,
    "HN",
    ("es",),
    _words("Zelaya Murillo Reyes Bonilla Lara Pineda Maldonado Banegas Funes"),
    _words("Denis Josué Darwin Nahún Kevin Santos Olvin"),
    _words("Karla Lesly Suyapa"),
    two_surnames=True,
)
_SALVADORAN = Community(
    "salvadoran",
    0.01,
    "SV",
    ("es",),
    _words("Portillo Menjívar Alvarenga Guardado Cartagena Rivas"),
    _words("Mauricio Nelson Salvador Ernesto Walter"),
    _words("Morena Blanca Evelyn"),
    two_surnames=True,
)
_ELSEWHERE = Community(
    "elsewhere",
    0.005,
    "MX",
    ("es",),
    _words("Salazar Peniche Canché Uc Balam Ríos"),
    _words("Ricardo Arturo Gerardo Raúl"),
    _words("Leticia Norma"),
    two_surnames=True,
)

COMMUNITIES: Final = (
    _CREOLE,
    _MESTIZO,
    _MAYA,
    _GARIFUNA,
    _MENNONITE,
    _CHINESE,
    _EAST_INDIAN,
    _GUATEMALAN,
    _HONDURAN,
    _SALVADORAN,
    _ELSEWHERE,
)
_SHARES: Final = [community.share for community in COMMUNITIES]
_ABROAD: Final = [community for community in COMMUNITIES if community.country != "BZ"]
_STREETS: Final = _words(
    "Albert Regent Cemetery Iguana Mahogany Ebony Sibun Banak Curassow Antelope Neal Fabers Racoon"
)
TOWNS: Final = {
    "Belize City": "Belize",
    "Ladyville": "Belize",
    "Orange Walk": "Orange Walk",
    "Corozal": "Corozal",
    "San Ignacio": "Cayo",
    "Belmopan": "Cayo",
    "Benque Viejo": "Cayo",
    "Dangriga": "Stann Creek",
    "Hopkins": "Stann Creek",
    "Punta Gorda": "Toledo",
    "San Antonio": "Toledo",
}


_HOMES: Final = (50, 8, 9, 7, 8, 6, 3, 5, 1, 2, 1)
"""Of a hundred people how many come from each town."""


def community(rng: Random, *, abroad: bool = False) -> Community:
    """One by its share; `abroad` one of people who are citizens elsewhere."""
    if abroad:
        return rng.choices(_ABROAD, [one.share for one in _ABROAD])[0]
    return rng.choices(COMMUNITIES, _SHARES)[0]


def town(rng: Random) -> str:
    """Where somebody's home is."""
    return rng.choices(list(TOWNS), _HOMES)[0]


def surname(rng: Random, of: Community) -> str:
    """A surname of a community; some join two."""
    first = rng.choice(of.surnames)
    if of.two_surnames and rng.random() < 0.6:
        return f"{first} {rng.choice(of.surnames)}"
    return f"{first}-{rng.choice(of.surnames)}" if rng.random() < 0.01 else first


def given(rng: Random, of: Community, sex: Sex) -> str:
    """One or two given names."""
    pool = of.women if sex is Sex.FEMALE else of.men
    first = rng.choice(pool)
    if rng.random() < 0.55:
        second = rng.choice([name for name in pool if name != first])
        return f"{first} {second}"
    return first


def street(rng: Random) -> str:
    """A house in a street."""
    return f"{rng.randint(1, 240)} {rng.choice(_STREETS)} Street"
