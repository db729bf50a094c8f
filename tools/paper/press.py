"""Print a document in a browser, with page numbers in its contents; finish the PDF."""

import io
import logging

from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

READY = """async () => {
  await MathJax.startup.promise;
  await document.fonts.ready;
  await Promise.all([...document.images].map(image => image.decode()));
  document.body.classList.add("typeset");
}"""
FILL = """numbers => {
  for (const place of document.querySelectorAll("[data-page-of]")) {
    place.textContent = numbers[place.dataset.pageOf];
  }
}"""
# All that ends right of the paper's text.
WIDE = """() => {
  const right = document.body.getBoundingClientRect().right + 1;
  const found = [];
  const seen = "body *:not(mjx-math *, mjx-assistive-mml, mjx-assistive-mml *)";
  for (const element of document.querySelectorAll(seen)) {
    const cut = element.clientWidth && element.scrollWidth > element.clientWidth + 1;
    if (cut || element.getBoundingClientRect().right > right) {
      found.push(`${element.tagName} ${element.id}: ${element.textContent.trim()}`);
    }
  }
  return found;
}"""
MOST_TRIES = 4
OLDEST = 131  # the first Chromium that prints heads and page numbers of a style sheet

# It warns that a copy has more objects than the print said; the copy is whole.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def open_document(browser, path):
    """Return a window with the document, when its formulas are set."""
    if int(browser.version.partition(".")[0]) < OLDEST:
        raise SystemExit(f"Chromium {browser.version} is older than {OLDEST}")
    window = browser.new_page(color_scheme="light")
    window.emulate_media(media="print")
    window.goto(path.as_uri())
    window.evaluate(READY)
    return window


def too_wide(window):
    """Return what does not fit between the margins, in words."""
    return [text[:80] for text in window.evaluate(WIDE)]


def print_with_numbers(window):
    """Print until the page numbers in the document are those of the print.

    A browser cannot say in a contents on which page a chapter begins.  A print tells
    it, and for that one without tags is enough, which takes half the time.
    """
    numbers = page_numbers(print_once(window, tagged=False))
    for _ in range(MOST_TRIES):
        window.evaluate(FILL, numbers)
        pdf = print_once(window)
        found = page_numbers(pdf)
        if found == numbers:
            return pdf
        numbers = found
    raise SystemExit(f"the page numbers still move after {MOST_TRIES} prints")


def print_once(window, tagged=True):
    pdf = window.pdf(prefer_css_page_size=True, print_background=True, tagged=tagged)
    return PdfReader(io.BytesIO(pdf))


def page_numbers(pdf):
    """Return the number of the page on which each id stands that a link leads to."""
    return {
        name.lstrip("/"): pdf.get_destination_page_number(place) + 1
        for name, place in pdf.named_destinations.items()
    }


def finish(pdf, book):
    """Return the PDF with the outline, and with what the book says of itself."""
    writer = PdfWriter(clone_from=pdf)
    above = {}
    places = pdf.named_destinations
    for level, title, name in book.bookmarks:
        place = places[f"/{name}"]
        above[level] = writer.add_outline_item(
            title=title,
            page_number=pdf.get_destination_page_number(place),
            parent=above.get(level - 1),
            fit=Fit.xyz(left=place.left, top=place.top),
        )
    writer.pdf_header = pdf.pdf_header
    writer.page_mode = "/UseOutlines"
    date = book.facts["date-released"].replace("-", "")
    writer.add_metadata(
        {
            "/Title": book.facts["title"],
            "/Author": book.facts["authors"],
            "/Subject": book.facts["abstract"],
            "/Keywords": ", ".join(book.facts["keywords"]),
            "/Creator": "make pdf",
            "/CreationDate": f"D:{date}000000Z",
            "/ModDate": f"D:{date}000000Z",
        }
    )
    return writer
