"""A sheet as a page that prints: HTML of the little Markdown that the problems use.

Paragraphs, headings, fenced code, code and emphasis: a converter of all of Markdown
would be a dependency of the library for these five.  No script, and no network.
"""

import html
import re

from rbmlib.checks import check_text

STYLE = """
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111;
  font: 12pt/1.5 Georgia, "Times New Roman", serif; }
pre { padding: .6rem; background: #f2f2f2; overflow-x: auto; break-inside: avoid; }
code { font: 10pt/1.4 Consolas, Menlo, "DejaVu Sans Mono", monospace; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 1.6rem; break-after: avoid; }
@media print {
  body { margin: 0; max-width: none; }
  h1 ~ h1 { break-before: page; }
  pre { white-space: pre-wrap; border: 1px solid #999; background: none; }
}
"""


def page_of(text):
    """Return a page of HTML of the Markdown of a sheet.

    Parameters
    ----------
    text : str
        Headings, paragraphs, fenced code, code and emphasis.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        No text.

    Examples
    --------
    >>> "<p><em>a</em> &lt; <code>b*c</code></p>" in page_of("*a* < `b*c`")
    True
    """
    parts = re.split(r"^```\n", check_text(text, "text") + "\n", flags=re.MULTILINE)
    body = []
    for i, part in enumerate(parts):
        if i % 2:  # between two fences
            body.append(f"<pre><code>{html.escape(part.rstrip())}</code></pre>")
        else:
            body += [_block(block) for block in part.split("\n\n") if block.strip()]
    title = html.escape(text.strip().partition("\n")[0].lstrip("# "))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n"
        + "\n".join(body)
        + "\n</html>\n"
    )


def _block(block):
    """Return one heading or paragraph."""
    marks, words = re.fullmatch(r"(#*)\s*(.*)", block.strip(), re.DOTALL).groups()
    tag = f"h{len(marks)}" if marks else "p"
    return f"<{tag}>{_inline(words)}</{tag}>"


def _inline(words):
    """Return text with code and emphasis, and equations that stay in one line."""
    parts = [html.escape(part, quote=False) for part in words.split("`")]
    for i, part in enumerate(parts):
        emphasis = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", part)
        emphasis = emphasis.replace(" = ", "&nbsp;=&nbsp;")
        parts[i] = f"<code>{part}</code>" if i % 2 else emphasis
    return "".join(parts)
