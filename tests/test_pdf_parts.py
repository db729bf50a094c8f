"""Parts of the book on paper, each with a page or a document of a few lines."""

import pytest
from bs4 import BeautifulSoup

from paper import demos, folded, links, press, site


def small_page(html, address=None):
    html = BeautifulSoup(f"<article>{html}</article>", "html.parser")
    return site.Page("book/a", None, html.article, address)


def test_a_broken_link_and_a_second_id_are_found():
    broken = '<p id="a"></p><p id="a"></p><a href="#b">B</a><i data-page-of="c"></i>'
    found = links.faults(BeautifulSoup(broken, "html.parser"))
    assert [fault.split()[0] for fault in found] == ["a", "'B'", "''"]


def test_a_link_to_a_page_that_is_not_there_is_refused(tmp_path):
    page = small_page('<a href="lost.html">here</a>')
    with pytest.raises(SystemExit, match="book/a links to lost.html"):
        links.make_own(page, {}, tmp_path)


@pytest.mark.parametrize("address", [None, "https://x.org/book/a.html"])
def test_a_link_beside_the_pages_leads_to_the_site(tmp_path, address):
    (tmp_path / "book").mkdir()
    (tmp_path / "deck.html").touch()
    page = small_page('<a href="../deck.html">deck</a>', address)
    links.make_own(page, {}, tmp_path)
    hrefs = [link["href"] for link in page.article.select("a")]
    assert hrefs == (["https://x.org/deck.html"] if address else [])
    assert page.article.get_text() == "deck"


@pytest.mark.parametrize(
    "address, said",
    [
        (None, "on the page book/a.html#b of the HTML book, in the section “B”."),
        ("https://x.org/a.html", "on the page https://x.org/a.html#b, in the section"),
    ],
)
def test_a_demo_leads_to_its_place_on_the_site(address, said):
    page = small_page('<section id="a--b"><h2>B</h2></section>', address)
    told = demos.caption(page, page.article.section)
    assert said in told.get_text()
    assert [a["href"] for a in told.select("a")] == (
        [f"{address}#b"] if address else []
    )


def test_code_of_solutions_and_outputs_open_in_their_place():
    fold = '<details class="{}"><summary>Show</summary><pre>{}</pre></details>'
    page = small_page(
        f'<div class="solution">{fold.format("hide above-input", "one")}</div>'
        + fold.format("hide below-input", "two")
    )
    folded.unfold(page)
    assert list(folded.take_code(page)) == page.article.select("summary") == []
    assert [code.get_text() for code in page.article.select("pre")] == ["one", "two"]


def test_page_numbers_that_never_settle_are_refused(monkeypatch):
    numbers = iter(range(100))
    monkeypatch.setattr(press, "print_once", lambda window, tagged=True: None)
    monkeypatch.setattr(press, "page_numbers", lambda pdf: {"a": next(numbers)})

    class Window:
        evaluate = staticmethod(lambda script, numbers: None)

    with pytest.raises(SystemExit, match="still move"):
        press.print_with_numbers(Window())
