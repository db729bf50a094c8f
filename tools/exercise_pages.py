"""Pages of exercises without solutions, cut out of the built pages of the chapters.

A chapter's page has everything: numbers, formulas, the reader's tools around the text.
A page of exercises keeps these and, of the text, the section "Exercises".  Nothing of
the solutions is left in its HTML.
"""

from pathlib import Path

from bs4 import BeautifulSoup
from bs4.formatter import HTMLFormatter

import editions

FILES = "course"  # below the site: what the pages offer for download
DOWNLOADS = {  # folder or file below FILES: what it is called
    "student": "student's notebook",
    "instructor": "notebook with solutions",
    "sheets/exercises": "sheet to print",
    "sheets/solutions": "sheet with solutions",
}
N_LINES = 10  # ruled, below each question on paper


class AsItCame(HTMLFormatter):
    """Leaves attributes in their order."""

    def attributes(self, tag):
        return tag.attrs.items()


AS_IT_CAME = AsItCame()


def cut(page, name, title, asked=None, offer=()):
    """Return the HTML of a chapter's page with nothing but its exercises.

    Parameters
    ----------
    page : str
        HTML of the chapter's page.
    name : str
        Its file name, to which links into the chapter lead.
    title : str
        Of the new page.
    asked : dict, optional
        {label: [(name, what it is to be), ...]}: take the solutions out, and say after
        each question what to define.  Default: keep the solutions, open them, and take
        out the self-checks.
    offer : sequence of (text, address)
        Links on top.
    """
    soup = BeautifulSoup(page, "html.parser")
    article = soup.select_one("article.bd-article")
    exercises = article.select_one("section#exercises").extract()
    exercises.h2.decompose()
    chapter = article.find("section")
    chapter.clear()
    chapter.append(element(soup, "h1", title))
    if offer:
        chapter.append(element(soup, "p", *links(soup, offer), css="d-print-none"))
    if asked is not None:
        chapter.append(element(soup, "p", "Name:", css="name-line"))
    chapter.append(exercises)
    if asked is None:
        for solution in exercises.select(".solution.dropdown"):
            solution["class"].remove("dropdown")
        for check in exercises.select(".tag_self-check"):
            check.decompose()
    else:
        take_out_solutions(soup, exercises, asked)
    lead_back(article, name)
    tidy(soup, title, "with" if asked is None else "without")
    return soup.decode(formatter=AS_IT_CAME)


def take_out_solutions(soup, exercises, asked):
    for solution in exercises.select(".solution"):
        solution.decompose()
    for exercise in exercises.select(".exercise"):
        names = [
            element(soup, "li", element(soup, "code", name), f": {wanted}")
            for name, wanted in asked[exercise["id"]]
        ]
        if names:
            intro = "The self-check asks for:"
            exercise.append(element(soup, "p", intro, css="asked"))
            exercise.append(element(soup, "ul", *names))
        lines = [element(soup, "div") for _ in range(N_LINES)]
        exercise.insert_after(element(soup, "div", *lines, css="room-to-write"))


def element(soup, kind, *inside, **attributes):
    """Return a new element; `css` names its classes."""
    if css := attributes.pop("css", None):
        attributes["class"] = css
    made = soup.new_tag(kind, attrs=attributes)
    made.extend(inside)
    return made


def links(soup, offer):
    """Return links with something between them."""
    found = []
    for text, address in offer:
        found += [" · ", element(soup, "a", text, href=address)]
    return found[1:]


def lead_back(article, name):
    """Let links into the chapter lead there, but those to what is on this page."""
    here = {part["id"] for part in article.select("[id]")}
    for link in article.select("a[href^='#']"):
        if link["href"][1:] not in here:
            link["href"] = name + link["href"]


def tidy(soup, title, how):
    """Let what stands around the text speak of this page."""
    for meta in soup.select("meta[name=description], meta[property='og:description']"):
        meta["content"] = f"{title}, {how} solutions."
    for meta in soup.select("meta[property='og:title']"):
        meta["content"] = title
    for part in soup.select("meta[property='og:url'], link[rel=canonical]"):
        part.decompose()  # the chapter's address
    site = soup.title.string.rpartition("—")[2].strip()
    soup.title.string = f"{title} — {site}"
    soup.select_one("#jb-print-docs-body h1").string = title
    for part in soup.select("#print-main-content, .btn-download-source-button"):
        part.decompose()
    described = {link["aria-describedby"] for link in soup.select("a.glossary-term")}
    for tip in soup.select(".term-tips [id]"):
        if tip["id"] not in described:
            tip.decompose()
    contents = soup.select_one("nav.page-toc ul")
    contents.clear()
    for exercise in soup.select(".exercise"):
        name = exercise.select_one(".caption-number").get_text().strip()
        link = element(soup, "a", name, href=f"#{exercise['id']}", css="nav-link")
        contents.append(element(soup, "li", link, css="toc-h2 nav-item toc-entry"))


def downloads(site, number, path):
    """Return [(text, address from a page of the book)] of the files that are there."""
    names = {
        "student": path.name,
        "instructor": path.name,
        "sheets/exercises": f"{number}.pdf",
        "sheets/solutions": f"{number}.pdf",
    }
    files = {text: f"{FILES}/{kind}/{names[kind]}" for kind, text in DOWNLOADS.items()}
    return [(text, f"../{f}") for text, f in files.items() if (site / f).exists()]


def title_of(number):
    return f"Exercises of chapter {number}"


def write(site, book):
    """Write the pages of exercises, and what the page for courses offers.

    A link appears where the site has the file.  Writing again replaces the pages.
    """
    site, rows = Path(site), []
    for number, path, notebook in editions.chapters(Path(book)):
        page = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
        asked = {one.label: one.asked for one in editions.exercises(notebook)}
        files = downloads(site, number, path)
        to_student = [link for link in files if "solutions" not in link[0]]
        chapter = (f"chapter {number}", f"{path.stem}.html")
        name = f"exercises_{number}.html"
        text = cut(page, chapter[1], title_of(number), asked, [chapter, *to_student])
        (site / "book" / name).write_text(text, encoding="utf-8")
        rows.append((number, len(asked), [("on a page", name), *files]))
    fill(site, rows)


def fill(site, rows):
    """Write the table of downloads into the page for courses."""
    path = site / "book" / "course.html"
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    place = soup.select_one("#downloads")
    place.clear()
    lines = [
        element(
            soup, "li", f"Chapter {number}, {count} exercises: ", *links(soup, offer)
        )
        for number, count, offer in rows
    ]
    place.append(element(soup, "ul", *lines))
    zips = sorted((site / FILES).glob("*.zip"))
    offer = [(file.name, f"../{FILES}/{file.name}") for file in zips]
    if offer:
        place.append(element(soup, "p", "All in one file: ", *links(soup, offer)))
    path.write_text(soup.decode(formatter=AS_IT_CAME), encoding="utf-8")
