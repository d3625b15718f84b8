"""Classes of offences: found by code or words, in any language, and never guessed."""

from __future__ import annotations

import pytest

from hub.custody.iccs import ICCS, code_in, is_code, words_of
from hub.web.language import messages

ENGLISH = {code: str(words) for code, words in ICCS.items()}
SPANISH = {code: str(messages("es")[words.text]) for code, words in ICCS.items()}


@pytest.mark.parametrize("text", ["", "  ", "12", "99", "0", "04x1", "other acts", "no such thing", "٠٤"])
def test_what_names_no_class_or_several_is_not_guessed(text: str) -> None:
    assert code_in(text, ENGLISH) is None


def test_a_class_is_found_by_its_code_its_words_or_a_part_that_fits_one() -> None:
    assert (
        code_in("0401", ENGLISH) == code_in("0401 Robbery", ENGLISH) == code_in("robbery", ENGLISH) == "0401"
    )
    assert code_in("  statutory ", ENGLISH) == "030113"
    assert code_in("violacion con uso", SPANISH) == "030111"
    assert code_in("050299", ENGLISH) == "050299", "a finer class of one in the list"


def test_the_list_is_whole_at_its_first_two_levels_and_each_class_has_its_section() -> None:
    assert [code for code in ICCS if len(code) == 2] == [f"{number:02}" for number in range(1, 12)]
    assert all(is_code(code) and code[:2] in ICCS for code in ICCS)
    assert all(code[:length] in ICCS for code in ICCS for length in (2, 4) if length < len(code))
    assert len(set(ENGLISH.values())) == len(ENGLISH), "words alone tell the classes apart"
    assert str(words_of("050299")) == "Theft"
    assert str(words_of("99")) == "Class 99"
