"""One document's ids and links out of those of many pages."""

import posixpath
import re
from collections import Counter
from urllib.parse import urljoin

OUTSIDE = re.compile(r"[a-z]+:")
# sphinx-exercise gives these to all exercises and solutions of a page.
SHARED_IDS = ("exercise-content", "solution-content")


def one_id(key, fragment=""):
    """Return the id in the document of a page, or of an id on a page.

    >>> one_id("03_training", "ex-train-bias"), one_id("notation")
    ('03_training--ex-train-bias', 'notation')
    >>> one_id("03_training", "book/03_training-solution-1")
    '03_training--book-03_training-solution-1'
    """
    return re.sub(r"[^\w.-]", "-", f"{key}--{fragment}" if fragment else key)


def fragment_of(name):
    """Return what an id of the document is on its page.

    >>> fragment_of("03_training--ex-train-bias")
    'ex-train-bias'
    """
    return name.partition("--")[2]


def make_own(page, keys, built):
    """Give a page's ids the page's name, and lead its links to the others' new ids.

    `keys` has the key of each page of the document by its name.  A link to what else is
    below `built`, such as slides, leads to where that is published, or is plain text.
    """
    for link in page.article.select("a.headerlink, a.image-reference"):
        link.unwrap() if link.img else link.decompose()
    for element in page.article.find_all(id=True):
        if element["id"] in SHARED_IDS:
            del element["id"]
        else:
            element["id"] = one_id(page.key, element["id"])
    page.article["id"] = one_id(page.key)
    for link in page.article.select("a[href]"):
        href = link["href"]
        if where := target(href, page.name, keys):
            link["href"] = where
        elif not ((built / page.name).parent / href.partition("#")[0]).is_file():
            raise SystemExit(f"{page.name} links to {href}, which is not there")
        elif page.address:
            link["href"] = urljoin(page.address, href)
        else:
            link.unwrap()


def target(href, name, keys):
    """Return where a link of the page `name` leads in the document, None if nowhere.

    >>> keys = {"book/03_training": "03_training", "book/notation": "notation"}
    >>> target("notation.html#symbols", "book/03_training", keys)
    '#notation--symbols'
    >>> target("03_training.html", "book/notation", keys)
    '#03_training'
    >>> target("#id1", "book/notation", keys)
    '#notation--id1'
    >>> target("03_training.html#training-f97c5f=%7B%22k%22%3A1%7D", "book/x", keys)
    '#03_training--training-f97c5f'
    >>> target("https://arxiv.org/abs/1", "book/notation", keys)
    'https://arxiv.org/abs/1'
    """
    if OUTSIDE.match(href):
        return href
    path, _, fragment = href.partition("#")
    fragment = fragment.partition("=")[0]  # a demo's settings follow
    if path:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        name = path.removesuffix(".html")
    return "#" + one_id(keys[name], fragment) if name in keys else None


def faults(document):
    """Return what is wrong with a document's ids and internal links, in words."""
    count = Counter(element["id"] for element in document.find_all(id=True))
    wrong = [f"{name} is the id of {n} elements" for name, n in count.items() if n > 1]
    for link in document.select('a[href^="#"], [data-page-of]'):
        name = link.get("data-page-of") or link["href"][1:]
        if name not in count:
            wrong.append(f"{link.get_text(strip=True)!r} leads to {name}: nowhere")
    return wrong
