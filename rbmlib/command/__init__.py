"""The command line: a table of one's own, from a file to a run, and what it says.

``rbmlib --help`` and ``python -m rbmlib --help`` list the commands.  `main` reads their
arguments; each command stands in a file with those beside it.
"""

from rbmlib.command.parser import main

__all__ = ["main"]
