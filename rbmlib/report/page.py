"""The page: one HTML file with its figures inside, for any screen and either theme."""

from html import escape

import numpy as np

from rbmlib.checks import check_instance, check_text
from rbmlib.report import figures
from rbmlib.report.chapters import LIES, MEMORY, SCORES, cited, listed
from rbmlib.report.measuring import Measured, n_whole
from rbmlib.report.pairs import named, strongest_pairs
from rbmlib.report.verdicts import judge

MOST_PAIRS = 20
OF_PAIRS = "column", "column", "coupling", "state", "state"
MOST_UNITS = 500  # of which all pairs are asked
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --ground: #fff; --soft: #f1f1ee;
  --line: #c9c9c4; --good: #1a6b3c; --doubtful: #8a5a00; --bad: #a8201a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e6; --ground: #16181a;
  --soft: #23262a; --line: #4a4e54; --good: #7ed3a0; --doubtful: #f0bd62;
  --bad: #ff9d94; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--ground); max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
pre, table { background: var(--soft); border-radius: 4px; }
pre { padding: .7rem; font-size: .85rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
.good { color: var(--good); } .doubtful { color: var(--doubtful); }
.bad { color: var(--bad); } .word { font-size: 1.3rem; font-weight: 700; }
caption { text-align: left; padding: .3rem 0; }
"""
COMPARED = """
Chains start from noise. After some sweeps as many samples as test rows are compared
with these: by the mean squared difference of their covariances, and by the share of
samples whose nearest neighbour is another sample. The last line compares data with
data, of which that share is near one half. More, and samples keep to themselves; less,
and they are copies of rows, or more scattered than these. A run that is right only
after about k sweeps remembers how it was trained.
"""
WORDS = {
    "trusted": ("good", "Trusted: no check speaks against this run."),
    "with care": (
        "doubtful",
        "With care: no check refutes this run, but some doubt it.",
    ),
    "distrusted": ("bad", "Distrusted: at least one check speaks against this run."),
}


def page(measured, title="A run", book=""):
    """Return the page of a run as HTML; it asks for no other file.

    Parameters
    ----------
    measured : Measured
    title : str
    book : str
        Folder or address of the built book, in which the chapters are the pages
        ``book/…html``; with it, their names are links.

    Returns
    -------
    str

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
    >>> page(measure(run, table), "Three bits").count("<h2>")
    9
    """
    check_instance(measured, "measured", Measured)
    check_text(title, "title")
    check_text(book, "book")
    parts = [
        _verdicts(measured, book),
        _data(measured),
        _likelihoods(measured, book),
        _sampling(measured, book),
        _spectrum(measured, book),
        _couplings(measured, book),
        _modes(measured, book),
        _settings(measured),
        listed(book),
    ]
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta '
        f'name="viewport" content="width=device-width, initial-scale=1"><title>'
        f"{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )


def _table(header, rows, caption=""):
    """Return a table; cells are texts, or numbers, which stand right."""
    head = "".join(f'<th scope="col">{escape(x)}</th>' for x in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    caption = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="wide" tabindex="0"><table>{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(x):
    if isinstance(x, str):
        return f"<td>{escape(x)}</td>"
    return f'<td class="n">{x if isinstance(x, int) else format(x, ".4g")}</td>'


def _figure(address, alt):
    return f'<p><img src="{address}" alt="{escape(alt, quote=True)}"></p>'


def _verdicts(measured, book):
    word, verdicts = judge(measured)
    grade, sentence = WORDS[word]
    rows = "".join(
        f'<tr><th scope="row">{escape(v.subject)}</th><td class="{v.grade}">{v.grade}'
        f"</td><td>{escape(v.text)} {escape(v.remedy)}"
        + (f" See {cited(v.chapter, book)}." if v.chapter else "")
        + "</td></tr>"
        for v in verdicts
    )
    return (
        f'<h2>Verdict</h2><p class="word {grade}">{escape(sentence)}</p>'
        f'<div class="wide" tabindex="0"><table><tbody>{rows}</tbody></table></div>'
    )


def _data(measured):
    gaps = (
        f"<p>{measured.n_gaps} rows that miss an entry are left out of what follows, "
        f"which rests on {n_whole(measured.table.train)} training rows and "
        f"{n_whole(measured.table.test)} test rows; training used all of its own.</p>"
        if measured.n_gaps
        else ""
    )
    return f"<h2>The data</h2><pre>{escape(measured.table.summary)}</pre>{gaps}"


def _likelihoods(measured, book):
    names = "age", "log Z", "±", "at least", "train", "test", "test at most", "verdict"
    rows = [
        (x.age, x.log_z, x.error, max(x.bound, x.along), x.train, x.test,
         x.test_at_most, x.verdict.partition(":")[0])
        for x in measured.rows
    ]  # fmt: skip
    alt = "Log-likelihood of training and test rows by age; the table has the numbers"
    return (
        f"<h2>Likelihood</h2><p>In nats a row, by annealing; “at least” "
        "is the largest bound of log Z, “at most” the likelihood with that bound where "
        "it is above annealing. Hollow marks are ages that are not trusted. See "
        f"{cited(LIES, book)}.</p>"
        + _figure(figures.likelihoods(measured), alt)
        + _table(names, rows)
    )


def _sampling(measured, book):
    m = measured.mixing
    times = (
        f"The integrated time of the last machine {_integrated(m)}, its exponential "
        f"time {_exponential(m)}; known: {'yes' if m.known else 'no'}."
    )
    rows = [(x.sweeps, x.second, x.nearest) for x in measured.sampled]
    rows.append(("data", measured.baseline, measured.baseline_nearest))
    names = "sweeps from noise", "squared error of covariances", "nearest is a sample"
    alt = "Error of the covariances of samples against sweeps from noise, beside data"
    return (
        f"<h2>Sampling</h2><p>{escape(times)} {COMPARED} See {cited(MEMORY, book)} and "
        f"{cited(SCORES, book)}.</p>{_figure(figures.memory(measured), alt)}"
        + _table(names, rows)
    )


def _integrated(mixing):
    if np.isnan(mixing.tau_int):
        return "cannot be told"
    return f"is {mixing.tau_int:.3g} ± {mixing.tau_int_error:.2g} sweeps"


def _exponential(mixing):
    if np.isnan(mixing.tau_exp):
        return "is shorter than a sweep" if mixing.known else "cannot be told"
    return f"is {mixing.tau_exp:.3g} ± {mixing.tau_exp_error:.2g}"


def _spectrum(measured, book):
    found = measured.spectrum
    strengths = ", ".join(f"{x:.3g}" for x in found.w[-1])
    text = (
        f"<h2>Modes of the weights</h2><p>Singular values at age {found.ages[-1]}: "
        f"{strengths}. See {cited('4', book)}.</p>"
        + _figure(figures.spectrum(measured), "Singular values of the weights by age")
    )
    if measured.no_place:
        return (
            f"{text}<p>No place in the phase diagram: {escape(measured.no_place)}.</p>"
        )
    rows = [
        (age, p.sigma, p.w[0] if len(p.w) else "none outside the noise", p.kappa)
        for age, p in measured.places
    ]
    text += _table(("age", "σ", "w of the strongest mode", "κ"), rows)
    if any(len(p.w) for _, p in measured.places):
        alt = "The strongest mode against the noise of the weights, age by age"
        text += _figure(figures.path(measured), alt)
    return f"{text}<p>See {cited('5', book)}.</p>"


def _couplings(measured, book):
    columns = [column.name for column in measured.table.units]
    head = "<h2>Couplings</h2>"
    if len(columns) > MOST_UNITS:
        return (
            f"{head}<p>{len(columns)} columns have too many pairs to ask each of; "
            "<code>rbmlib couplings</code> does.</p>"
        )
    machine = measured.run[-1]
    every = strongest_pairs(machine)
    pairs = [pair for pair in every[:MOST_PAIRS] if pair[2]]
    if not pairs:
        return f"{head}<p>No two columns are coupled.</p>"
    _, rows = named(machine, measured.table.units, pairs)
    typical = float(np.median([abs(J) for *_, J in every]))
    alt = "Columns on a circle, joined by their couplings; the table has the numbers"
    sign = (
        "Full lines favour equal states, broken ones different states."
        if machine.visible.bits
        else "Of categories, the norm over all pairs of states, which has no sign, and "
        "the two states that favour each other most."
    )
    return (
        f"{head}<p>The strongest pairs, the hidden units summed out. {sign} Half of "
        f"all pairs are below {typical:.2g}: what is not well above may be noise. See "
        f"{cited('8', book)}.</p>{_figure(figures.graph(columns, pairs), alt)}"
        + _table(OF_PAIRS[: len(rows[0])], rows)
    )


def _modes(measured, book):
    head, tree = "<h2>Groups of rows</h2>", measured.tree
    if tree is None:
        return f"{head}<p>No tree of modes: {escape(measured.no_tree)}.</p>"
    sizes = np.bincount(tree.leaf_of[tree.leaf_of >= 0], minlength=tree.n_leaves)
    largest = ", ".join(map(str, np.sort(sizes)[::-1][:8].tolist()))
    text = (
        f"{head}<p>Modes at the last age: {tree.n_leaves}, with {largest}"
        f"{', …' if tree.n_leaves > 8 else ''} rows; mean field of order {tree.order}."
    )
    if measured.no_tree:
        text += (
            f" Mean field of {escape(measured.no_tree)}, and the lowest order neglects "
            "that units follow one another: take these groups as a hint."
        )
    if measured.purity is not None:
        text += (
            f" A row has the most frequent label of its mode with probability "
            f"{measured.purity:.2f}, by chance {measured.chance:.2f}."
        )
        # Two standard errors of a share, or less.
        if measured.purity - measured.chance < 1 / np.sqrt(sizes.sum()):
            text += " So the groups say nothing about the label."
    text += f" See {cited('7', book)}.</p>"
    if tree.n_leaves == 1:
        return text
    alt = f"Tree of {tree.n_leaves} modes, the oldest machine outside"
    return text + _figure(figures.tree(measured), alt)


def _settings(measured):
    run = measured.run
    rows = [
        (name, str(value))
        for name, value in run.settings.items()
        if name != "table" and not name.endswith("_sha256")
    ]
    rows.append(("machine", repr(run[-1])))
    rows.append(("ages", ", ".join(map(str, run.ages.tolist()))))
    return "<h2>The run</h2>" + _table(("setting", "value"), rows)
