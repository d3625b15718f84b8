"""Classes of offences: UNODC's International Classification of Crime for Statistical Purposes, version 1.0 (2015).

Sections (two digits) and divisions (four) are whole; groups (five) and classes (six) are those that courts use most.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from hub.sentences import Sentence

ICCS: Final[Mapping[str, Sentence]] = {
    "01": Sentence("Acts leading to death or intending to cause death"),
    "0101": Sentence("Intentional homicide"),
    "0102": Sentence("Attempted intentional homicide"),
    "0103": Sentence("Non-intentional homicide"),
    "01031": Sentence("Non-negligent manslaughter"),
    "01032": Sentence("Negligent manslaughter"),
    "010321": Sentence("Vehicular homicide"),
    "010322": Sentence("Non-vehicular homicide"),
    "0104": Sentence("Assisting or instigating suicide"),
    "0105": Sentence("Euthanasia"),
    "0106": Sentence("Illegal feticide"),
    "0107": Sentence("Unlawful killing associated with armed conflict"),
    "0109": Sentence("Other acts leading to death or intending to cause death"),
    "02": Sentence("Acts causing harm or intending to cause harm to the person"),
    "0201": Sentence("Assaults and threats"),
    "02011": Sentence("Assault"),
    "020111": Sentence("Serious assault"),
    "020112": Sentence("Minor assault"),
    "02012": Sentence("Threat"),
    "020121": Sentence("Serious threat"),
    "020122": Sentence("Minor threat"),
    "0202": Sentence("Acts against liberty"),
    "02021": Sentence("Abduction of a minor"),
    "02022": Sentence("Deprivation of liberty"),
    "020221": Sentence("Kidnapping"),
    "0203": Sentence("Slavery and exploitation"),
    "0204": Sentence("Trafficking in persons"),
    "0205": Sentence("Coercion"),
    "02051": Sentence("Extortion or blackmail"),
    "0206": Sentence("Negligence"),
    "0207": Sentence("Dangerous acts"),
    "02071": Sentence("Acts that endanger health"),
    "02072": Sentence("Operating a vehicle under the influence of psychoactive substances"),
    "0208": Sentence("Acts intended to induce fear or emotional distress"),
    "02081": Sentence("Harassment"),
    "02082": Sentence("Stalking"),
    "0209": Sentence("Defamation or insult"),
    "0210": Sentence("Discrimination"),
    "0211": Sentence("Acts that trespass against the person"),
    "0219": Sentence("Other acts causing harm or intending to cause harm to the person"),
    "03": Sentence("Injurious acts of a sexual nature"),
    "0301": Sentence("Sexual violence"),
    "03011": Sentence("Rape"),
    "030111": Sentence("Rape with force"),
    "030112": Sentence("Rape without force"),
    "030113": Sentence("Statutory rape"),
    "03012": Sentence("Sexual assault"),
    "0302": Sentence("Sexual exploitation"),
    "03021": Sentence("Sexual exploitation of adults"),
    "03022": Sentence("Sexual exploitation of children"),
    "030221": Sentence("Child pornography"),
    "0309": Sentence("Other injurious acts of a sexual nature"),
    "04": Sentence("Acts against property involving violence or threat against a person"),
    "0401": Sentence("Robbery"),
    "04011": Sentence("Robbery from the person"),
    "04012": Sentence("Robbery of valuables or goods in transit"),
    "04013": Sentence("Robbery of an establishment or institution"),
    "0409": Sentence("Other acts against property involving violence or threat against a person"),
    "05": Sentence("Acts against property only"),
    "0501": Sentence("Burglary"),
    "05011": Sentence("Burglary of business premises"),
    "05012": Sentence("Burglary of private residential premises"),
    "05013": Sentence("Burglary of public premises"),
    "0502": Sentence("Theft"),
    "05021": Sentence("Theft of a motorized vehicle or parts thereof"),
    "05022": Sentence("Theft of personal property"),
    "05023": Sentence("Theft of business property"),
    "050231": Sentence("Theft from a shop"),
    "05025": Sentence("Theft of livestock"),
    "0503": Sentence("Intellectual property offences"),
    "0504": Sentence("Property damage"),
    "0509": Sentence("Other acts against property only"),
    "06": Sentence("Acts involving controlled drugs or other psychoactive substances"),
    "0601": Sentence("Unlawful acts involving controlled drugs or precursors"),
    "06011": Sentence("Drugs for personal consumption: possession, purchase, use, cultivation or production"),
    "060111": Sentence("Drug possession, purchase or use for personal consumption"),
    "06012": Sentence("Drug trafficking, cultivation or production not for personal consumption"),
    "060121": Sentence("Drug trafficking not for personal consumption"),
    "0602": Sentence("Unlawful acts involving alcohol, tobacco or other controlled substances"),
    "0609": Sentence("Other acts involving controlled drugs or other psychoactive substances"),
    "07": Sentence("Acts involving fraud, deception or corruption"),
    "0701": Sentence("Fraud"),
    "0702": Sentence("Forgery or counterfeiting"),
    "07021": Sentence("Counterfeiting means of payment"),
    "07023": Sentence("Forgery or counterfeiting of documents"),
    "0703": Sentence("Corruption"),
    "07031": Sentence("Bribery"),
    "07032": Sentence("Embezzlement"),
    "0704": Sentence("Acts involving the proceeds of crime"),
    "07041": Sentence("Money laundering"),
    "0709": Sentence("Other acts involving fraud, deception or corruption"),
    "08": Sentence("Acts against public order, authority and provisions of the State"),
    "0801": Sentence("Acts against public order behavioural standards"),
    "08011": Sentence("Violent public disorder offences"),
    "0802": Sentence("Acts against public order sexual standards"),
    "0803": Sentence("Acts related to freedom or control of expression"),
    "0804": Sentence("Acts contrary to public revenue or regulatory provisions"),
    "0805": Sentence("Acts related to migration"),
    "0806": Sentence("Acts against the justice system"),
    "0807": Sentence("Acts related to democratic elections"),
    "0808": Sentence("Acts contrary to labour law"),
    "0809": Sentence("Other acts against public order, authority and provisions of the State"),
    "09": Sentence("Acts against public safety and State security"),
    "0901": Sentence("Acts involving weapons, explosives and other destructive materials"),
    "09011": Sentence("Possession or use of weapons and explosives"),
    "090111": Sentence("Unlawful possession or use of firearms"),
    "09012": Sentence("Trafficking of weapons and explosives"),
    "0902": Sentence("Acts against health and safety"),
    "0903": Sentence("Acts against computer systems"),
    "0904": Sentence("Acts against State security"),
    "0905": Sentence("Acts related to an organized criminal group"),
    "0906": Sentence("Terrorism"),
    "0907": Sentence("Non-injurious traffic violations"),
    "0909": Sentence("Other acts against public safety and State security"),
    "10": Sentence("Acts against the natural environment"),
    "1001": Sentence("Acts that cause environmental pollution or degradation"),
    "1002": Sentence("Acts involving the movement or dumping of waste"),
    "1003": Sentence("Trade or possession of protected or prohibited species of fauna and flora"),
    "1004": Sentence("Acts that result in the depletion or degradation of natural resources"),
    "1009": Sentence("Other acts against the natural environment"),
    "11": Sentence("Other criminal acts not elsewhere classified"),
    "1101": Sentence("Acts under universal jurisdiction"),
    "11011": Sentence("Torture"),
    "1102": Sentence("Acts contrary to youth justice regulations and acts involving minors"),
    "1109": Sentence("Other criminal acts not elsewhere classified, of another kind"),
}
"""Words by code."""

_LONGEST: Final = 6


def words_of(code: str) -> Sentence:
    """The class in words; of a finer code the nearest class above it, and the code itself where there is none."""
    for length in range(len(code), 1, -1):
        if code[:length] in ICCS:
            return ICCS[code[:length]]
    return Sentence("Class %(code)s", {"code": code})


def is_code(text: str) -> bool:
    """Whether `text` is a code of the classification, or could be a finer class of one in the list."""
    return text.isascii() and text.isdigit() and 2 <= len(text) <= _LONGEST and text[:2] in ICCS


def code_in(text: str, words: Mapping[str, str]) -> str | None:
    """The code that somebody typed: "0401", "0401 Robbery", or words that fit one class; None where it is unclear.

    `words` are the classes in the language of whoever types.
    """
    first = text.strip().split(" ", 1)[0]
    if is_code(first):
        return first
    wanted = _folded(text)
    if not wanted:
        return None
    exact = [code for code, said in words.items() if _folded(said) == wanted]
    found = exact or [code for code, said in words.items() if wanted in _folded(said)]
    return found[0] if len(found) == 1 else None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
