"""What the numbers of a run mean for whoever wants to use it."""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_instance
from rbmlib.report.chapters import LEARNED, LIES, MEMORY, SCORES, TIMES
from rbmlib.report.measuring import Measured, most_gaps, n_compared, n_whole

GRADES = "good", "doubtful", "bad"
LEVELS = {"good": "trusted", "doubtful": "with care", "bad": "distrusted"}
FAR = 10.0  # times too small is far too small
LIKE_DATA, UNLIKE_DATA = 2.0, 4.0  # times the baseline of the second moments
NEAR, SURE = 0.2, 4.0  # shares of neighbours that differ, and standard errors of one
SIGMAS = 2.0
FEW_ROWS = 30  # without gaps, beside others


class Verdict(NamedTuple):
    """One judgement: on what, how good, why, what to do, and where it is explained."""

    subject: str
    grade: str  # "good", "doubtful" or "bad"
    text: str
    remedy: str
    chapter: str  # "" where none does


def judge(measured):
    """Return the verdicts on a run, and the word for all of them together.

    Parameters
    ----------
    measured : Measured

    Returns
    -------
    word : "trusted", "with care" or "distrusted"
        By the worst verdict.
    verdicts : list of Verdict

    Raises
    ------
    TypeError
        Something else.

    Examples
    --------
    >>> from rbmlib import datasets, training
    >>> from rbmlib.report import measure
    >>> x = np.tile([[1, 1, 0], [0, 0, 1]], (30, 1))
    >>> table = datasets.from_table(x, show=False)
    >>> start = training.initial_machine(table.train, 2, seed=0)
    >>> run = training.train(start, table.train, k=5, batch_size=20, n_updates=50,
    ...     learning_rate=0.1, seed=0, progress=False, checkpoints=2)
    >>> word, verdicts = judge(measure(run, table))
    >>> [verdict.subject for verdict in verdicts]
    ['likelihood', 'learned', 'best age', 'mixing', 'k', 'samples']
    """
    check_instance(measured, "measured", Measured)
    verdicts = [
        _likelihood(measured.rows[-1]),
        _learned(measured),
        _best_age(measured),
        _mixing(measured.mixing),
        k_is_enough(measured.run.settings, int(measured.run.ages[-1]), measured.mixing),
        _samples(measured),
    ]
    if (rows := _rows(measured.table)) is not None:
        verdicts.append(rows)
    worst = max(verdicts, key=lambda verdict: GRADES.index(verdict.grade))
    return LEVELS[worst.grade], verdicts


def _likelihood(row):
    trusted, refuted = row.verdict == "trusted", row.verdict.startswith("refuted")
    text = f"At age {row.age} the test log-likelihood is {row.test:.2f} nats a row"
    if not trusted:
        text += f" by annealing, and at most {row.test_at_most:.2f}"
    return Verdict(
        "likelihood",
        "good" if trusted else "bad" if refuted else "doubtful",
        f"{text}: {row.verdict}.",
        "" if trusted else "Use an earlier age, a smaller rate, or a larger k.",
        LIES,
    )


def _learned(measured):
    gain, error = measured.learned, measured.learned_error
    good = gain > SIGMAS * error
    text = f"On the test rows it is {abs(gain):.2f} ± {error:.2f} nats a row "
    return Verdict(
        "learned",
        "good" if good else "doubtful",
        text + f"{'better' if gain >= 0 else 'worse'} than columns on their own.",
        "" if good else "Train longer; or the columns have nothing to do with another.",
        LEARNED,
    )


def _best_age(measured):
    last, trusted = measured.rows[-1].age, measured.rows[-1].verdict == "trusted"
    if measured.best is None:
        return Verdict(
            "best age",
            "bad",
            "No age has a likelihood that can be trusted.",
            "Train with a smaller rate and a larger k.",
            LIES,
        )
    if measured.gain > SIGMAS * measured.gain_error and measured.best != last:
        return Verdict(
            "best age",
            "doubtful",
            f"The test likelihood was best at age {measured.best}: over age {last} by "
            f"{measured.gain:.2f} ± {measured.gain_error:.2f} nats a row.",
            f"Judge and use that one, with --age {measured.best}, or train with fewer "
            "hidden units.",
            LEARNED,
        )
    if not trusted:
        return Verdict(
            "best age",
            "doubtful",
            f"Of the ages that can be trusted {measured.best} is the best on the test "
            f"rows, and {last} is none of them.",
            f"Judge and use that one, with --age {measured.best}.",
            LEARNED,
        )
    return Verdict(
        "best age",
        "good",
        f"The last age, {last}, is as good on the test rows as any before, within the "
        f"errors.{_course(measured.rows)}",
        "",
        LEARNED,
    )


def _course(rows):
    """Return in words what the last updates gained, and what was learned by heart."""
    if len(rows) < 2:
        return ""
    before, last = rows[-2:]
    return (
        f" Since age {before.age} the test rows gained {last.test - before.test:+.2f} "
        f"nats, the training rows {last.train - before.train:+.2f}."
    )


def _mixing(mixing):
    if not mixing.known:
        return Verdict(
            "mixing",
            "bad",
            f"Chains of {2 * mixing.n_sweeps} sweeps are too short to tell the mixing "
            "time: samples are not yet those of the machine.",
            "Sample longer, temper, or use an earlier age.",
            TIMES,
        )
    return Verdict(
        "mixing",
        "good",
        f"Samples forget their start in {_time(mixing):.3g} sweeps (the mixing time).",
        "",
        TIMES,
    )


def _time(mixing):
    """Return the longest time that was measured, at least one sweep."""
    return float(np.nanmax([mixing.tau_int, mixing.tau_exp, 1.0]))


def k_is_enough(settings, age, mixing):
    """Return the `Verdict` on k: whether training's chains could follow the machine.

    Chains that start anew at each update must forget their start in k sweeps.
    Persistent ones have k sweeps an update, and the machine changes over many updates:
    they must forget within half of the run.

    Parameters
    ----------
    settings : dict
        Of the run: method and k.
    age : int
        Updates made.
    mixing : Mixing
        Of the last machine.

    Examples
    --------
    >>> from rbmlib.mixing_time import Mixing
    >>> slow = Mixing(250.0, 9.0, 300.0, 9.0, np.ones(3), 10_000, True)
    >>> print(k_is_enough({"method": "cd", "k": 1}, 5000, slow).text)
    k = 1 is far too small: each chain has 1 sweep, and the machine mixes in 300.
    """
    k, method = settings.get("k"), settings.get("method")
    chapter, remedy = MEMORY, "Train with a larger k, or with method pcd."
    if k is None:
        return Verdict("k", "good", "Training summed over all states.", "", chapter)
    sweeps = k if method in ("cd", "rdm") else k * max(1, age // 2)
    what = "each chain has" if method in ("cd", "rdm") else "half of the run has"
    tail = f"{what} {sweeps} sweep{'s' * (sweeps != 1)}, and the machine mixes in"
    if not mixing.known:
        time, grade, word = 2 * mixing.n_sweeps, "doubtful", "may be too small"
        tail += f" {time} or more."
        if FAR * sweeps < time:
            grade, word = "bad", "is far too small"
    else:
        time = _time(mixing)
        tail += f" {time:.3g}."
        grade, word = "good", "is enough"
        if sweeps < time:
            grade, word = "doubtful", "is too small"
        if FAR * sweeps < time:
            grade, word = "bad", "is far too small"
    text = f"k = {k} {word}: {tail}"
    return Verdict("k", grade, text, "" if grade == "good" else remedy, chapter)


def _samples(measured):
    last = measured.sampled[-1]
    ratio = last.second / measured.baseline if measured.baseline else np.inf
    grade = "good" if ratio <= LIKE_DATA else "doubtful"
    grade = "bad" if ratio > UNLIKE_DATA else grade
    text = (
        f"After {last.sweeps} sweeps from noise, covariances of samples and of data "
        f"differ by {ratio:.2f} times what those of two sets of data do."
    )
    if _neighbours_differ(measured):
        grade = "doubtful" if grade == "good" else grade
        text += (
            f" The nearest neighbour of a sample is another sample in "
            f"{100 * last.nearest:.0f} % of cases, that of a row is of its own set in "
            f"{100 * measured.baseline_nearest:.0f} %: samples can be told from rows."
        )
    return Verdict(
        "samples",
        grade,
        text,
        "" if grade == "good" else "Train longer, with more hidden units, or larger k.",
        SCORES,
    )


def _neighbours_differ(measured):
    """Return whether the share of neighbours is another than that of data, surely."""
    difference = measured.sampled[-1].nearest - measured.baseline_nearest
    n = n_compared(measured.table)
    return abs(difference) > max(NEAR, SURE * np.sqrt(0.25 / n))


def _rows(table):
    """Return the verdict on test rows of which most have gaps, else None."""
    n, whole = len(table.test), n_whole(table.test)
    if whole == n or (whole >= FEW_ROWS and 2 * whole >= n):
        return None
    return Verdict(
        "rows",
        "doubtful",
        f"Only {whole} of {n} test rows miss no entry. All checks rest on such rows, "
        "and others may differ.",
        f"Train without the columns that miss most, {most_gaps(table)}.",
        "",
    )
