"""What a spreadsheet would run goes out as text and comes back as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.spreadsheet import harmless, restored


@given(st.text(alphabet="'=+-@\t\r\na ", max_size=6))
def test_every_text_comes_back_as_it_was_and_none_is_a_formula(text: str) -> None:
    assert restored(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_an_apostrophe_of_the_language_stays_as_it_is() -> None:
    assert harmless("'til dawn") == restored("'til dawn") == "'til dawn"
    assert (harmless("'=5 cups"), restored("''=5 cups")) == ("''=5 cups", "'=5 cups")
