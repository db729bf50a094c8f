"""A reader's own table: read from a file or a frame, each column with its treatment.

`reading` brings any source into columns of different entries and a number for each row,
`kinds` says what each column is, `making` puts them together, `table` is the result.
"""

from rbmlib.datasets.tables.encoding import encode
from rbmlib.datasets.tables.kinds import Column, decode
from rbmlib.datasets.tables.making import from_table
from rbmlib.datasets.tables.table import Table

__all__ = ["Column", "Table", "decode", "encode", "from_table"]
