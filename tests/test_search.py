"""The search of the built book: what it finds, what it shows, and from a file."""

import gzip
import json
import re

import pytest
from py_mini_racer import MiniRacer

from browser import SITE, Visit, built_pages

STATIC = SITE / "_static"
PROGRAMS = ("minisearch/index.js", "search_index.js", "search_words.js")
MOST = 400_000  # bytes, compressed, that the page of the search loads for it
# What a reader types; a title among the first six; a word that is marked in a sample.
QUESTIONS = {
    "mixing time": ("Mixing time and the memory of training", "mixing"),
    "AT line": ("AT line", "AT"),
    "spin glass": ("Two numbers, three phases", "glass"),
    "Tc": ("Two dimensions, sampled", "T_c"),
    "partition function": ("partition function", "partition"),
    "overlap": ("overlap", "overlap"),
    "PCD": ("persistent contrastive divergence, PCD", "PCD"),
    "kappa": ("The diagram", "κ"),
    "critical_w": ("phase_diagram.critical_w", "critical_w"),
    "bereux": ("Remedies", "Béreux"),
}
ASK = """(question => {
  const { how, hits } = bookSearch.find(prepared, question);
  const shown = hits.map(hit => {
    const { title, url, text, code } = hit.place;
    return { title, url, text, code, ...bookSearch.sample(hit) };
  });
  return JSON.stringify({ how, hits: shown });
})"""


@pytest.fixture(scope="module")
def ask():
    engine = MiniRacer()
    for name in PROGRAMS:
        engine.eval((STATIC / name).read_text("utf-8"))
    engine.eval("const prepared = bookSearch.build(BOOK_INDEX); 0")
    return lambda question: json.loads(engine.eval(f"{ASK}({json.dumps(question)})"))


def marked(hit):
    return {word for word, is_marked in hit["parts"] if is_marked}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_reader_finds_the_section_and_its_sentence(ask, question):
    title, word = QUESTIONS[question]
    found = ask(question)
    assert found["how"] == "all"
    assert title in [hit["title"] for hit in found["hits"][:6]]
    assert any(word in marked(hit) for hit in found["hits"][:6])


def test_all_words_must_occur(ask):
    hits = ask("kurtosis laplace")["hits"]
    assert hits
    for hit in hits:
        said = " ".join((hit["title"], hit["text"], hit["code"])).lower()
        assert "kurtosis" in said and "laplace" in said


def test_the_meaning_of_a_word_comes_first(ask):
    assert ask("free energy")["hits"][0]["url"].endswith("#term-free-energy")


@pytest.mark.parametrize(
    ("question", "same"),
    [("κ", "kappa"), ("replicas", "replica"), ("Spin-Glass", "spin glass")],
)
def test_spellings_of_one_question_find_the_same(ask, question, same):
    titles = [[hit["title"] for hit in ask(q)["hits"]] for q in (question, same)]
    assert titles[0] == titles[1] != []


def test_the_start_of_a_word_and_a_slip_are_enough(ask):
    assert ask("paramag")["hits"][0]["title"] == "paramagnet"
    slip = ask("paramagnnet")
    assert slip["how"] == "similar" and slip["hits"][0]["title"] == "paramagnet"


def test_what_is_not_there_is_not_found(ask):
    assert ask("zebra")["hits"] == ask("?!")["hits"] == []
    assert ask("zebra overlap")["how"] == "some"


def test_long_sentences_are_cut_around_the_word(ask):
    for hit in ask("chains")["hits"]:
        assert sum(len(piece) for piece, _ in hit["parts"]) < 300


def test_every_place_is_on_its_page():
    text = (STATIC / "search_index.js").read_text("utf-8")
    index = json.loads(text.partition("=")[2].rstrip(";\n"))
    ids = [
        set(re.findall(r'\bid="([^"]+)"', (SITE / address).read_text("utf-8")))
        for _, _, address in index["pages"]
    ]
    lost = [place[1:3] for place in index["places"] if place[2] not in ids[place[0]]]
    assert [place for place in lost if place[1]] == []


def test_the_index_is_light_and_on_its_page_only():
    files = [STATIC / name for name in (*PROGRAMS, "search.js")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= MOST
    for name in built_pages():
        loads = "search_index.js" in (SITE / name).read_text("utf-8")
        assert loads == (name == "search.html"), name


def test_results_on_the_page_from_a_file(browser):
    page = browser.new_page()
    window = Visit(page, SITE.as_uri())
    page.goto(f"{window.base}/search.html?q=order+parameter")
    first = page.locator("#search-results > li").first
    assert first.locator("a").inner_text() == "order parameter"
    page.fill(".bd-search-container input", "overlap")
    page.wait_for_selector("#search-results > li:first-child > a >> text=/^overlap$/")
    assert page.locator("#search-results mark").first.inner_text() == "overlap"
    assert page.locator("#search-status").inner_text().endswith("places have this.")
    known = page.locator("#search-results > li > a").count()
    page.get_by_role("button", name="Show all").click()
    assert page.locator("#search-results > li > a").count() > known
    page.locator("#search-results > li > a", has_text="Two numbers").first.click()
    page.wait_for_selector("#two-numbers-three-phases")
    assert page.url.endswith("05_phase_diagram.html#two-numbers-three-phases")
    assert window.faults == []
    page.close()


def test_a_name_of_the_library_leads_to_its_reference(ask):
    hit = ask("critical_w")["hits"][0]
    assert hit["url"].endswith("phase_diagram.html#rbmlib.phase_diagram.critical_w")
