"""The misconceptions of the instructor's page, each by what students say."""

import re

SECTION = re.compile(r"^## Misconceptions\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r'^\*\*"(.+?)"\*\*\s+(.+?)(?=\n\n|\Z)', re.MULTILINE | re.DOTALL)


def misconceptions(page):
    """Return what corrects each misconception, by the words in quotation marks.

    >>> page = '## Misconceptions\\n\\n### A\\n\\n**"Two is\\none."** It is\\ntwo.\\n'
    >>> misconceptions(page)
    {'Two is one.': 'It is two.'}
    """
    (section,) = SECTION.findall(page)
    return {
        " ".join(quote.split()): " ".join(fact.split())
        for quote, fact in ENTRY.findall(section)
    }
