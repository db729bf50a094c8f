"""Checks of arguments that all rooms share.

Each returns the checked value, or raises TypeError or ValueError with the argument's
name, its value and what was expected.  Nothing is rounded, parsed, clipped or cast to
fewer digits.
"""

from rbmlib.checks.arrays import (
    as_numbers,
    check_array,
    check_integers,
    check_parameter,
    check_samples,
    check_symmetric,
    check_words,
    said,
)
from rbmlib.checks.gaps import check_gaps
from rbmlib.checks.images import check_image_shape
from rbmlib.checks.labels import (
    check_labels,
    check_text_labels,
    check_texts,
    holds_texts,
)
from rbmlib.checks.masks import check_mask
from rbmlib.checks.scalars import (
    check_choice,
    check_flag,
    check_instance,
    check_integer,
    check_number,
    check_path,
    check_positive,
    check_real,
    check_sequence,
    check_shape,
    check_text,
    check_word,
    shown,
)

__all__ = [
    "as_numbers",
    "check_array",
    "check_choice",
    "check_flag",
    "check_gaps",
    "check_image_shape",
    "check_instance",
    "check_integer",
    "check_integers",
    "check_labels",
    "check_mask",
    "check_number",
    "check_parameter",
    "check_path",
    "check_positive",
    "check_real",
    "check_samples",
    "check_sequence",
    "check_shape",
    "check_symmetric",
    "check_text",
    "check_text_labels",
    "check_texts",
    "check_word",
    "check_words",
    "holds_texts",
    "said",
    "shown",
]
