"""Sources below a table: what several of them cite is said once."""

from snnhw.report.sources import said_once

TOOL = "Somebody et al., A Tool, CONF 2014, table of the tool"
SCALED = "scaled from one node to another one (Others 2017; their table 2)"


def test_what_is_cited_more_than_once_gets_a_letter():
    alone = "Nobody, alone in CONF 2020: 3 pJ"
    short, letters = said_once([f"{TOOL}: ADD; for 6 bits; {SCALED}", f"{TOOL}: BIT; for 6 bits", f"{alone}; {SCALED}"])
    assert short == ["(a) ADD; for 6 bits; (b)", "(a) BIT; for 6 bits", f"{alone}; (b)"]
    assert letters == [f"(a) {TOOL}", f"(b) {SCALED}"]


def test_what_is_cited_once_stays_as_it_is():
    assert said_once([f"{TOOL}: ADD; {SCALED}", "an ERT of the user"]) == ([f"{TOOL}: ADD; {SCALED}", "an ERT of the user"], [])


def test_there_are_letters_for_many():
    short, letters = said_once([f"a source that stands twice in the list, number {i}" for i in range(30)] * 2)
    assert (letters[25][:4], letters[26][:5], len(set(letters))) == ("(z) ", "(aa) ", 30)
    assert short[:30] == short[30:]
