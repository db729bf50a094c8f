"""Traits of the demos: each takes what it names and nothing else.

Python, the page of a notebook and the address of a page set the same traits.  `limits`
says in JSON what a trait takes, and `settings.js` holds an address to it.
"""

import numbers
import sys

import numpy as np
import traitlets


class _Strict(traitlets.TraitType):
    """Base of the traits: an error names trait, value and what was expected."""

    def __init__(self, default):
        super().__init__(default)
        self.tag(sync=True)

    def error(self, obj, value, error=None, info=None):
        raise traitlets.TraitError(
            f"{self.name} must be {self.expected(obj)}, got {value!r}"
        )

    def limits(self, demo):
        """Return what a page needs to know to check a value."""
        raise NotImplementedError


class _Ranged(_Strict):
    whole, most = False, sys.float_info.max

    def __init__(self, default=0, min=None, max=None):
        self.min = -self.most if min is None else min
        self.max = self.most if max is None else max
        super().__init__(default)

    def expected(self, obj):
        kind = "a whole number" if self.whole else "a finite number"
        return f"{kind} from {self.min} to {self.max}"

    def limits(self, demo):
        bounds = {"min": self.min, "max": self.max}
        return {"kind": "number", "whole": self.whole, **bounds}

    def validate(self, obj, value):
        kind = numbers.Integral if self.whole else numbers.Real
        known = isinstance(value, kind) and not isinstance(value, bool)
        if not (known and self.min <= value <= self.max):
            self.error(obj, value)
        return int(value) if self.whole else float(value)


class Number(_Ranged):
    """A finite real number in [min, max], kept as a float."""


class Whole(_Ranged):
    """An integer in [min, max], which JavaScript counts exactly."""

    whole, most = True, 2**53 - 1


class Choice(_Strict):
    """One of a few values; what equals one of them is kept as that one."""

    def __init__(self, options, default):
        self.options = list(options)
        super().__init__(default)

    def options_of(self, demo):
        """Return the values, which may depend on the demo."""
        return self.options

    def expected(self, obj):
        return f"one of {', '.join(map(repr, self.options_of(obj)))}"

    def limits(self, demo):
        return {"kind": "choice", "options": self.options_of(demo)}

    def validate(self, obj, value):
        if isinstance(value, str | numbers.Real) and not isinstance(value, bool):
            for option in self.options_of(obj):
                if value == option:
                    return option
        self.error(obj, value)


class Flag(_Strict):
    """True or False."""

    def __init__(self, default=False):
        super().__init__(default)

    def expected(self, obj):
        return "True or False"

    def limits(self, demo):
        return {"kind": "flag"}

    def validate(self, obj, value):
        if not isinstance(value, bool | np.bool_):
            self.error(obj, value)
        return bool(value)


class Digits(_Strict):
    """A text of so many digits 0 or 1."""

    def __init__(self, size):
        self.size = size
        super().__init__("0" * size)

    def expected(self, obj):
        return f"{self.size} digits 0 or 1"

    def limits(self, demo):
        return {"kind": "digits", "size": self.size}

    def validate(self, obj, value):
        is_text = isinstance(value, str) and len(value) == self.size
        if not (is_text and set(value) <= {"0", "1"}):
            self.error(obj, value)
        return value


class Numbers(_Strict):
    """Numbers in [min, max] as a list, or as a list of lists.

    The demo says of which shape: it has a method ``shape_of``.
    """

    def __init__(self, min, max, whole=False):
        self.min, self.max, self.whole = min, max, whole
        super().__init__([])

    def expected(self, obj):
        kind = "whole numbers" if self.whole else "numbers"
        shape = obj.shape_of(self.name)
        return f"{kind} from {self.min} to {self.max} of shape {shape}"

    def limits(self, demo):
        bounds = {"min": self.min, "max": self.max, "whole": self.whole}
        return {"kind": "numbers", "shape": list(demo.shape_of(self.name)), **bounds}

    def validate(self, obj, value):
        try:
            array = np.array(value)
        except ValueError:  # lists of several lengths
            self.error(obj, value)
        known = array.dtype.kind in ("iu" if self.whole else "iuf")
        if not (known and array.shape == obj.shape_of(self.name)):
            self.error(obj, value)
        if not ((array >= self.min) & (array <= self.max)).all():
            self.error(obj, value)
        return (array if self.whole else array.astype(np.float64)).tolist()


def given(kind=traitlets.List):
    """Return a trait that the demo alone fills, for the page to read."""
    return kind(read_only=True).tag(sync=True)
