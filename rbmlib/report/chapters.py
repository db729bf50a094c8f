"""The chapters that explain a check: by name always, as links where the book is."""

from html import escape

BOOK = "The Restricted Boltzmann Machine: phases, dynamics and modes"
CHAPTERS = {
    "2": ("02_rbm", "The Restricted Boltzmann Machine"),
    "3": ("03_training", "Training on handwritten digits"),
    "4": ("04_linear_regime", "The linear regime: how the first features are learned"),
    "5": ("05_phase_diagram", "The phase diagram of a machine of rank K"),
    "6": ("06_mixing_time", "Mixing time and the memory of training"),
    "7": ("07_mode_tracking", "Following the modes"),
    "8": ("08_interactions", "What the machine knows: interactions"),
}
# Sections, as "number, heading", which verdicts and the page cite.
LEARNED = "3, What the machine learned, and in which order"
LIES = "6, Likelihoods that lie"
TIMES = "6, Measuring it, and three ways to be wrong"
MEMORY = "6, The memory of k"
SCORES = "6, How good is a sample?"
SECTIONS = LEARNED, LIES, TIMES, MEMORY, SCORES


def cited(text, book=""):
    """Return the name of a chapter or of one of its sections, as HTML.

    Parameters
    ----------
    text : str
        "6", or "6, The memory of k".
    book : str
        Folder or address of the built book; with it, the name is a link.

    Examples
    --------
    >>> cited("6, The memory of k")
    'chapter 6, “The memory of k”'
    >>> cited("6, The memory of k", "https://host/rbm/")
    '<a href="https://host/rbm/book/06_mixing_time.html#the-memory-of-k">chapter 6, “The memory of k”</a>'
    """  # noqa: E501
    number, _, section = text.partition(", ")
    words = escape(f"chapter {number}" + (f", “{section}”" if section else ""))
    return _link(words, number, section, book)


def listed(book=""):
    """Return what the numbers of chapters mean, as HTML.

    Parameters
    ----------
    book : str
        As in `cited`.
    """
    items = "".join(
        f"<li>{_link(f'chapter {number}', number, '', book)}: {escape(title)}</li>"
        for number, (_, title) in CHAPTERS.items()
    )
    where = (
        ""
        if book
        else " This page does not know where you keep it; <code>rbmlib report run.h5 "
        "--book ADDRESS</code> makes the numbers links."
    )
    return (
        "<h2>The chapters</h2><p>They are those of the book "
        f"<cite>{escape(BOOK)}</cite>, which comes with rbmlib.{where}</p>"
        f"<ul>{items}</ul>"
    )


def anchor(heading):
    """Return the address of a heading within its page, as Sphinx makes it.

    >>> anchor("What the machine learned, and in which order")
    'what-the-machine-learned-and-in-which-order'
    """
    words = "".join(x if x.isalnum() else " " for x in heading.lower()).split()
    return "-".join(words)


def _link(words, number, section, book):
    if not book:
        return words
    place = f"#{anchor(section)}" if section else ""
    address = f"{book.rstrip('/')}/book/{CHAPTERS[number][0]}.html{place}"
    return f'<a href="{escape(address, quote=True)}">{words}</a>'
