"""The words of the glossary: what they say, and where the pages link to them."""

import functools
import re

import pytest
import terms
from bs4 import BeautifulSoup, SoupStrainer

from browser import ROOT, SITE, built_pages

GLOSSARY = ROOT / "book/glossary.md"
FINDER = terms.finder(GLOSSARY)
WORDS = {term.name: term for term in FINDER.terms}
LONGEST = 260  # characters, which a tip shows in five lines
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
CODE = re.compile(r"<pre.*?</pre>", re.DOTALL)
CLOSED = "a h1 h2 h3 code figcaption table .math .term-tips dl.glossary".split()
PAGES = [name for name in built_pages() if name.startswith("book/")]


def found(text, page=""):
    return [term.name for term, *_ in FINDER.find(text, page)]


@functools.cache
def parsed(name):
    """Return the article of a page, without the code in it."""
    page = SCRIPT.sub("", (SITE / name).read_text("utf-8"))
    assert not any("glossary-term" in block for block in CODE.findall(page))
    page = CODE.sub("", page)
    return BeautifulSoup(page, "html.parser", parse_only=SoupStrainer("article"))


def test_every_word_has_one_meaning():
    names = [name.casefold() for term in FINDER.terms for name in term.names]
    assert len(names) == len(set(names))
    assert 80 <= len(WORDS) <= 160
    assert list(WORDS) == sorted(WORDS, key=str.casefold)


@pytest.mark.parametrize("name", WORDS)
def test_a_meaning_is_one_or_two_plain_sentences(name):
    meaning = WORDS[name].meaning
    assert meaning.endswith(".") and len(meaning) <= LONGEST
    assert not re.search(r"[$\\{}\[\]`]", meaning)
    assert len(re.findall(r"\. [A-Z]", meaning)) <= 1


def test_every_word_says_where_it_is_defined():
    blocks = re.split(r"\n\n(?=\S)", terms.FENCE.search(GLOSSARY.read_text("utf-8"))[1])
    assert len(blocks) == len(WORDS)
    for block in blocks:
        assert re.search(r"\]\(\d?\d?[\w./]+(#[^)]+)?\)", block), block


def test_plurals_hyphens_and_broken_lines_are_found():
    text = "Free-energy landscapes, two replicas,\npartition\nfunctions; energies"
    expected = ["free-energy landscape", "replica", "partition function", "energy"]
    assert found(text) == expected


def test_the_longest_word_wins():
    assert found("a spin glass of spins") == ["spin glass", "spin"]
    assert found("reverse AIS and AIS") == [
        "reverse AIS",
        "annealed importance sampling",
    ]


@pytest.mark.parametrize("text", ["stages", "tap", "cd", "spinning", "mode_tracking"])
def test_parts_of_other_words_are_not_found(text):
    assert found(text) == []


def test_a_word_with_another_meaning_on_a_page_is_not_found_there():
    assert found("neighbours that overlap", "book/06_mixing_time") == []
    assert found("the overlap of replicas", "book/05_phase_diagram")[0] == "overlap"


def test_settings_of_an_unknown_word_are_refused(tmp_path):
    (tmp_path / "terms.toml").write_text("[spinn]\nlinked = false\n", "utf-8")
    with pytest.raises(ValueError, match="spinn"):
        terms.read(GLOSSARY.read_text("utf-8"), tmp_path / "terms.toml")


@pytest.fixture(scope="module")
def entries():
    return {dt["id"] for dt in parsed("book/glossary.html").select("dl.glossary dt")}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_the_glossary_and_are_described(name, entries):
    page = parsed(name)
    links = page.select("a.glossary-term")
    places = [link["href"].partition("#")[2] for link in links]
    assert len(places) == len(set(places)), "a word is linked once a page"
    assert set(places) <= entries
    tips = {tip["id"]: tip.get_text() for tip in page.select(".term-tips [id]")}
    assert {link["aria-describedby"] for link in links} == set(tips)
    assert not page.select(", ".join(f"{place} a.glossary-term" for place in CLOSED))


def test_chapters_have_links():
    for name in PAGES:
        if re.match(r"book/\d\d_", name):
            assert len(parsed(name).select("a.glossary-term")) >= 15


def test_the_index_has_every_word_and_its_sections():
    page = parsed("book/term_index.html")
    assert len(page.select("dl.term-index dt")) == len(WORDS)
    sections = page.select("dl.term-index dd a")
    ids = {name: {e["id"] for e in parsed(name).select("[id]")} for name in PAGES}
    for link in sections:
        file, _, anchor = link["href"].partition("#")
        known = ids["index.html" if file.startswith("..") else f"book/{file}"]
        assert not anchor or anchor in known
    letters = [link["href"][1:] for link in page.select("p.letters a")]
    assert letters == [e["id"] for e in page.select("p.rubric[id]")] == sorted(letters)
