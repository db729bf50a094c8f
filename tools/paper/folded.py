"""What a page folds away: opened where it stands, or moved to the end of the book.

Solutions go to a chapter of their own, so that nobody reads one by accident, and so
does the code of imports and drawings.  Where each stood, a line says on which page it
is; it says from which page it comes.  Proofs and boxes of symbols open in their place.
"""

from paper.elements import leading_to, pointer, tag
from paper.links import one_id
from paper.site import plain

SOLUTIONS = "Try an exercise before you read its solution."
CODE = (
    "The HTML book folds this code away: what each chapter imports, and how its "
    "figures are drawn. Each piece runs after the code before it in the chapter."
)


def solutions(pages):
    """Return the chapter of the solutions, which leave their pages."""
    return chapter("solutions", "Solutions", SOLUTIONS, pages, take_solutions)


def code(pages):
    """Return the chapter of the folded code, which leaves its pages."""
    return chapter("code", "Folded code", CODE, pages, take_code)


def chapter(key, title, preface, pages, take):
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
    """Move the folded code of a page out of it."""
    for number, fold in enumerate(page.article.select("details"), start=1):
        name, cell = what_it_shows(fold), fold.parent
        here = one_id(page.key, f"fold-{number}")
        there = f"{one_id('code', page.key)}-{number}"
        line = pointer(there, name)
        line["id"] = here
        cell.append(line)
        yield entry(there, name, here, fold.extract().select(".cell_input"))


def what_it_shows(fold):
    """Return a title for folded code, from its button, its figure or its section."""
    if "imports" in fold.summary.get_text():
        return "Imports"
    caption = fold.parent.select_one(".caption-number")
    if caption:
        return f"Code of {caption.get_text(strip=True)}"
    return f"Code of “{plain(fold.find_parent('section').find(['h1', 'h2', 'h3']))}”"


def unfold(page):
    """Open in their place proofs, boxes of symbols, outputs, and code of solutions."""
    for box in page.article.select(".dropdown"):
        box["class"].remove("dropdown")
    for fold in page.article.select("details:not(.above-input), .solution details"):
        fold.summary.decompose()
        fold.unwrap()


def place_notes(page):
    """Put each note under the paragraph that calls it, not on another sheet."""
    for call in page.article.select("a.footnote-reference"):
        note = page.article.find(id=call["href"].removeprefix("#"))
        call.find_parent(["p", "ul", "ol", "dl", "table"]).insert_after(note)
