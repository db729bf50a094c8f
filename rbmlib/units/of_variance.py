"""What continuous units share: an own energy s²/2σ², and a file that must say σ²."""

from rbmlib.checks import check_real


class OfVariance:
    """The part of a unit that knows its ``variance_at_rest``, σ²."""

    def __post_init__(self):
        s2 = check_real(self.variance_at_rest, "variance_at_rest", 0, open_low=True)
        object.__setattr__(self, "variance_at_rest", s2)

    @property
    def own_variance(self):
        """σ² of the own energy s²/2σ²."""
        return self.variance_at_rest

    def parameters(self):
        """Return what a file must say of the unit beside its letter: σ²."""
        return {"variance": float(self.variance_at_rest)}

    @classmethod
    def from_file(cls, parameters, shape):
        """Return the unit of a file's `parameters`; weights tell nothing of it.

        Raises
        ------
        ValueError
            No variance, or no positive one.
        """
        if "variance" not in parameters:
            raise ValueError(
                f"the file does not say the variance of its {cls.__name__} units"
            )
        return cls(float(parameters["variance"]))
