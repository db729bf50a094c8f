"""What a page folds away: opened where it stands, or moved to the end of the book.

Solutions go to a chapter of their own, so that nobody reads one by accident, and so
does the code of imports and drawings.  Where each stood, a line says on which page it
is; it says from which page it comes.  Proofs and boxes of symbols open in their place.
"""

from bs4 import BeautifulSoup

from paper.links import one_id
from paper.site import plain

HTML = BeautifulSoup("", "html.parser")  # makes elements


def tag(name, text="", **attributes):
    """Return a new element; `class_` is its class.

    >>> str(tag("p", "words", class_="note", id="n"))
    '<p class="note" id="n">words</p>'
    """
    element = HTML.new_tag(
        name, attrs={k.rstrip("_"): v for k, v in attributes.items()}
    )
    element.string = text
    return element


def page_number_of(where):
    """Return an element that gets the number of the page on which an id stands."""
    number = tag("span", "000", class_="page-number")
    number["data-page-of"] = where
    return number


def leading_to(where, before):
    """Return a link such as "Solution: page 201"."""
    link = tag("a", before, href=f"#{where}")
    link.append(page_number_of(where))
    return link


def pointer(where, before):
    line = tag("p", class_="pointer")
    line.append(leading_to(where, f"{before}: page "))
    return line


def chapter_at_the_end(key, title, preface, pages, take):
    """Return an article with a section for each page that `take` moves parts of."""
    article = tag("article", id=key)
    article.append(tag("h1", title))
    article.append(tag("p", preface))
    for page in pages:
        entries = list(take(page))
        if entries:
            section = tag("section", id=one_id(key, page.key))
            section.append(tag("h2", page.title))
            section.extend(entries)
            article.append(section)
    return article


def entry(where, title, back, contents):
    """Return a section with what was moved, under a title that leads back."""
    section = tag("section", id=where, class_="moved")
    head = tag("div", class_="moved-head")
    head.append(tag("h3", title))
    head.append(leading_to(back, "from page "))
    section.extend([head, *contents])
    return section


def take_solutions(page):
    """Move the solutions of a page out of it, each with the title of its exercise."""
    for exercise in page.article.select("div.exercise"):
        solution = exercise.find_next_sibling()
        number = exercise.select_one(".caption-number").get_text(strip=True)
        if solution is None or "solution" not in solution.get("class", ()):
            raise SystemExit(f"{number} has no solution after it")
        solution.extract()
        solution.select_one(".admonition-title").decompose()
        exercise.append(pointer(solution["id"], "Solution"))
        yield entry(
            solution["id"],
            f"Solution of {number}",
            exercise["id"],
            solution.contents[:],
        )


def take_code(page):
    """Move the folded code of a page out of it; a folded output is opened there."""
    for number, fold in enumerate(page.article.select("details.hide"), start=1):
        cell = fold.parent
        code = fold.select(".cell_input, .cell_output")
        if "above-input" not in fold["class"]:  # an output
            fold.replace_with(*(part.extract() for part in code))
            continue
        name = what_it_shows(fold)
        here, there = one_id(page.key, f"fold-{number}"), one_id("code", page.key)
        there = f"{there}-{number}"
        fold.extract()
        line = pointer(there, name)
        line["id"] = here
        cell.append(line)
        yield entry(there, name, here, code)


def what_it_shows(fold):
    """Return a title for folded code, from its button, its figure or its section."""
    if "imports" in fold.summary.get_text():
        return "Imports"
    caption = fold.parent.select_one(".caption-number")
    if caption:
        return f"Code of {caption.get_text(strip=True)}"
    return f"Code of “{plain(fold.find_parent('section').find(['h1', 'h2', 'h3']))}”"


def unfold(page):
    """Open in their place what is left: proofs, boxes of symbols."""
    for box in page.article.select(".dropdown"):
        box["class"].remove("dropdown")


def place_notes(page):
    """Put each note under the paragraph that calls it, not on another sheet."""
    for call in page.article.select("a.footnote-reference"):
        note = page.article.find(id=call["href"].removeprefix("#"))
        call.find_parent(["p", "ul", "ol", "dl", "table"]).insert_after(note)
