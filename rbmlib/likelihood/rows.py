"""What `assess` returns: a row for each age, a table, and what it cost."""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_choice


class Row(NamedTuple):
    """One age of an `Assessment`; likelihoods are in nats per sample."""

    age: int
    log_z: float  # annealing from independent units with the means of the data
    error: float
    ess: float
    bound: float  # mean field: log Z is at least this
    along: float  # annealing along the stored ages: at least this, at level 1/3000
    train: float  # log-likelihood by `log_z`
    train_at_most: float  # by the largest lower bound, `log_z` if that is larger
    test: float  # NaN without test data
    test_at_most: float
    verdict: str  # "trusted", or why not
    modes: float  # annealing inside each mode of mean field
    modes_error: float
    at_least: float  # the largest lower bound; but for `bound`, at level 1/1000
    at_most: float  # the largest upper one, if chains are in equilibrium
    reverse_data: float  # reverse annealing from chains that began at data,
    reverse_noise: float  # at noise,
    reverse_particles: float  # at the weighted ends of annealing,
    reverse_modes: float  # and in each region of a mode
    reverse_error: float  # the largest standard error of these four
    train_error: float  # of the mean over the samples; that of log Z is `error`
    test_error: float
    tau: float  # time of autocorrelation in sweeps
    known: bool  # whether the chains were long enough to know it

    @property
    def trusted(self):
        """Whether no route refutes the estimate."""
        return self.verdict == "trusted"

    @property
    def proved(self):
        """Whether the estimate is refuted without doubt: by mean field."""
        return self.verdict.endswith("by mean field")


class Spent(NamedTuple):
    """What a route cost, over all ages."""

    seconds: float
    chain_sweeps: int  # sweeps times chains; 0 for mean field, which has no chains


class Assessment(tuple):
    """The rows of all ages, oldest last; printed as a table.

    A row has the fields, and `column` an array of each:

    ``age``; ``log_z``, ``error``, ``ess`` by annealing from the means of the data;
    ``bound`` by mean field; ``along``, at least this by annealing along the ages;
    ``modes``, ``modes_error`` by annealing inside each mode; ``at_least``, ``at_most``;
    ``reverse_data``, ``reverse_noise``, ``reverse_particles``, ``reverse_modes`` and
    the largest of their errors, ``reverse_error``; ``train``, ``test``, log-likelihoods
    in nats per sample by ``log_z``, with ``train_error``, ``test_error`` of the mean
    over samples; ``train_at_most``, ``test_at_most`` by the largest lower bound, or by
    ``log_z`` if that is larger and its weights do not contradict it;
    ``tau``, the time of autocorrelation in sweeps, NaN unless it is ``known``;
    ``verdict``, and the properties ``trusted`` and ``proved`` (refuted by mean field).

    Attributes
    ----------
    spent : dict of str to (seconds, chain_sweeps)
        Of each route, over all ages.  No computer changes the second.

    Examples
    --------
    >>> Assessment([]).best is None
    True
    """

    def __new__(cls, rows, spent=None):
        """Return the rows as a table."""
        table = super().__new__(cls, rows)
        table.spent = dict(spent or {})
        return table

    def __getnewargs__(self):
        """Return what a copy, or another process, makes it from."""
        return tuple(self), self.spent

    def column(self, name):
        """Return one field of all rows, as an array, for plots.

        Parameters
        ----------
        name : str
            A field of a row.

        Raises
        ------
        TypeError, ValueError
            No such field.

        Examples
        --------
        >>> Assessment([]).column("train").shape
        (0,)
        """
        check_choice(name, "name", Row._fields)
        return np.array([getattr(row, name) for row in self])

    @property
    def best(self):
        """The age of the largest likelihood that survives all lower bounds of log Z.

        By annealing or by the largest lower bound, whichever is less; of the test data
        if there are any.  None if there is no row.
        """
        if not self:
            return None
        name = "train" if np.isnan(self[0].test) else "test"
        columns = self.column(name), self.column(f"{name}_at_most")
        return self[int(np.argmax(np.minimum(*columns)))].age

    def __str__(self):
        lines = [
            f"{'log Z':>22} {'in the':>8} {'log Z is':>17} {'':>5} "
            f"{'log-likelihood per sample':>33}",
            f"{'age':>6} {'from the data':>15} {'modes':>8} {'at least':>8} "
            f"{'at most':>8} {'τ':>5} {'train':>8} {'test':>15} {'at most':>8}"
            "  verdict",
        ]
        return "\n".join(lines + [_line(row) for row in self] + self._remarks())

    __repr__ = __str__

    def _remarks(self):
        """Return the reasons of the verdicts, the best age, and the work."""
        remarks = [f"{row.age:6d} {row.verdict}" for row in self if not row.trusted]
        if self:
            remarks.append(f"best age {self.best}")
        if self and self.spent:
            work = sum(route.chain_sweeps for route in self.spent.values()) / len(self)
            remarks[-1] += f"; {work / 1e6:.2g} million chain sweeps an age"
        return remarks


def _line(row):
    test, at_most = f"{row.test:8.2f} ± {row.test_error:4.2f}", row.test_at_most
    if np.isnan(row.test):
        test, at_most = "", row.train_at_most
    tau = f"{row.tau:.1f}" if row.known else "?"
    return (
        f"{row.age:6d} {row.log_z:8.2f} ± {row.error:4.2f} {row.modes:8.2f} "
        f"{row.at_least:8.2f} {row.at_most:8.2f} {tau:>5} {row.train:8.2f} {test:>15} "
        f"{at_most:8.2f}  {row.verdict.partition(':')[0]}"
    )
