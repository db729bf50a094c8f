"""New elements of the document, and those that tell on which page something is."""

from bs4 import BeautifulSoup

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
