"""Read the built pages in the order of the book, and their demos' first frames."""

import json
import re
from dataclasses import dataclass

import yaml
from bs4 import BeautifulSoup, SoupStrainer

SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
MATHJAX = re.compile(
    r'(<script>window\.MathJax = .*?</script>).*?(mathjax/[^"?]+)', re.S
)
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')
ARTICLE = SoupStrainer("article")
LEFT_OUT = {"book/checked"}  # unfolded, it repeats code and outputs of the chapters
REFERENCE = "book/reference/"  # of the library: it is looked up, not read


@dataclass
class Page:
    """A page of the book: its name as in _toc.yml, the part it begins, its article.

    `address` is where it is published, or None.
    """

    name: str
    part: str | None
    article: object
    address: str | None = None

    @property
    def key(self):
        """What the page is called inside the document.

        >>> Page("book/03_training", None, None).key
        '03_training'
        >>> Page("book/reference/course", None, None).key
        'reference-course'
        """
        return self.name.removeprefix("book/").replace("/", "-")

    @property
    def title(self):
        return plain(self.article.find("h1"))


def page_names(toc):
    """Yield (name, caption of the part that it begins or None) of every page.

    >>> toc = {"root": "a", "parts": [{"caption": "Part", "chapters": [
    ...     {"file": "b", "sections": [{"file": "c"}]}, {"file": "d"}]}]}
    >>> list(page_names(toc))
    [('a', None), ('b', 'Part'), ('c', None), ('d', None)]
    """
    yield toc["root"], None
    for part in toc.get("parts", [toc]):
        caption = part.get("caption")
        for entry in part.get("chapters", []):
            for name in with_sections(entry):
                if name in LEFT_OUT or name.startswith(REFERENCE):
                    continue
                yield name, caption
                caption = None


def with_sections(entry):
    if "file" in entry:
        yield entry["file"]
    for below in entry.get("sections", []):
        yield from with_sections(below)


def read_pages(root, built):
    """Return the pages of the book in order, as they were built below `built`."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return [
        Page(name, part, read_article(path), read_address(path))
        for name, part in page_names(toc)
        for path in [built / f"{name}.html"]
    ]


def read_article(path):
    """Return the article of a built page, without scripts."""
    html = SCRIPT.sub("", path.read_text(encoding="utf-8"))
    return BeautifulSoup(html, "html.parser", parse_only=ARTICLE).article


def read_mathjax(path):
    """Return the script by which a page sets up its formulas, and MathJax's path."""
    return MATHJAX.search(path.read_text(encoding="utf-8")).groups()


def read_address(path):
    """Return where a built page is published, from its canonical link, or None."""
    found = CANONICAL.search(path.read_text(encoding="utf-8"))
    return found and found.group(1)


def first_frames(notebook):
    """Return (PNG in base64, alternative text) of each demo of a notebook, in order."""
    if not notebook.exists():
        return []
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        (output["data"]["image/png"].strip(), image_alt(cell))
        for cell in cells
        for output in cell.get("outputs", ())
        if {"image/png", "text/html"} <= output.get("data", {}).keys()
    ]


def image_alt(cell):
    return cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")


def plain(heading):
    r"""Return the text of a heading, its formulas without their marks.

    >>> plain(BeautifulSoup(r"<h2>Memory of <span>\(k\)</span></h2>", "html.parser"))
    'Memory of k'
    """
    return " ".join(re.sub(r"\\[()]", "", heading.get_text()).split())
