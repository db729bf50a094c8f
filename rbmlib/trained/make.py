"""Make what is stored again: ``python -m rbmlib.trained.make [names]``.

Unfinished work is kept in the work folder, and an interrupted command continues there.
What comes out must have the recorded sha256; --record replaces the record instead.
A run that is not stored is left in the work folder: there is nothing to compare with.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rbmlib import datasets
from rbmlib.trained import (
    gallery,
    interactions,
    knowledge,
    live,
    make_gallery,
    make_interactions,
    make_knowledge,
    make_live,
    make_mixing,
    make_monte_carlo,
    make_runs,
    make_trees,
    make_ways,
    mixing,
    monte_carlo,
    ways,
)
from rbmlib.trained.recipes import RECIPES
from rbmlib.trained.record import Stored, one_of
from rbmlib.trained.runs import RUNS, UNSTORED
from rbmlib.trained.trees import TREES


@dataclass(frozen=True)
class Item:
    """How one stored thing is made.

    Attributes
    ----------
    stored : Stored or None
        None: the run is not stored.
    make : callable
        Given the work folder or None, returns the content.
    data : tuple of str
        Names of the data sets that it needs.
    parallel : bool
        Whether `make` takes the number of processes, ``n_jobs``.
    """

    stored: Stored | None
    make: Callable
    data: tuple[str, ...] = ()
    parallel: bool = False


def _make_tree(name, work):
    return make_trees.make(name)  # takes a minute or two: no unfinished work


# In an order in which each finds what it is made from.
ITEMS = {
    item.stored.name: item
    for item in (
        *(
            Item(stored, partial(make_runs.make, name), (RECIPES[name].dataset,))
            for name, stored in RUNS.items()
        ),
        *(
            Item(stored, partial(_make_tree, name), (name,))
            for name, stored in TREES.items()
        ),
        Item(mixing.STORED, make_mixing.make, ("mnist",)),
        Item(live.STORED, make_live.make, ("mnist",)),
        Item(gallery.STORED, make_gallery.make, ("faces",)),
        Item(monte_carlo.STORED, make_monte_carlo.make, parallel=True),
        Item(interactions.STORED, make_interactions.make, parallel=True),
        Item(ways.STORED, make_ways.make, ("mnist",), parallel=True),
        Item(knowledge.STORED, make_knowledge.make, parallel=True),
    )
}
NOT_STORED = {name: Item(None, partial(make_runs.make, name)) for name in UNSTORED}


def make(name, work=None, **options):
    """Return the content of a stored thing, made again, or a run that is not stored.

    Parameters
    ----------
    name : str
        A key of `ITEMS`, for instance "digits", "mnist tree", "mixing", "monte_carlo";
        or of `NOT_STORED`.
    work : str or path, optional
        Folder for unfinished work, which is continued if it is there.
    **options
        Of the maker, for instance ``until`` and ``progress`` of `make_runs.make`.

    Returns
    -------
    Trained, or dict of str to ndarray, or ndarray
        What its loader returns; of a tree, the arrays it is kept as.

    Raises
    ------
    ValueError
        Unknown name, or unfinished work that was begun in another way.
    ConnectionError
        The data are neither here nor to be downloaded.
    """
    item = one_of(ITEMS | NOT_STORED, name)
    return item.make(None if work is None else Path(work), **options)


def main():
    """Make the named things, or all, and compare them with the record."""
    parser = argparse.ArgumentParser(prog="rbmlib.trained.make", description=__doc__)
    known = ITEMS | NOT_STORED
    others = f"default: {', '.join(ITEMS)}; besides: {', '.join(NOT_STORED)}"
    parser.add_argument("names", nargs="*", help=others)
    parser.add_argument("--work", default="build/trajectories", help="unfinished work")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; -1: all cores")
    parser.add_argument("--record", action="store_true", help="store what comes out")
    options = parser.parse_args()
    names = options.names or list(ITEMS)
    if unknown := [name for name in names if name not in known]:
        parser.error(f"names must be of {', '.join(known)}; got {', '.join(unknown)}")
    _check_data(names)
    for name in names:
        item = known[name]
        if item.stored is None:
            run = make(name, options.work)
            print(f"{name}: {run.ages[-1]} updates, in {options.work}/{name}.h5")
            continue
        jobs = {"n_jobs": options.jobs} if item.parallel else {}
        content = make(name, options.work, **jobs)
        if options.record:
            item.stored.record(content)
        _verify(item.stored, content)
        print(f"{name}: as recorded, sha256 {item.stored.sha256(content)}", flush=True)


def _check_data(names):
    """Stop before hours of work, not after them, if data are missing."""
    stored = [name for name in names if name in ITEMS]
    needed = {data: name for name in reversed(stored) for data in ITEMS[name].data}
    for data, name in needed.items():
        try:
            datasets.load(data)
        except OSError as error:
            raise SystemExit(f"{name}: {error}") from error


def _verify(stored, content):
    """Stop if a content is not the recorded one, and say in what it differs."""
    try:
        stored.verify(content)
    except ValueError as error:
        parts = ", ".join(stored.differences(content))
        raise SystemExit(
            f"{stored.name}, made again, is not the stored one: {error}; "
            f"parts that differ: {parts}"
        ) from error


if __name__ == "__main__":
    main()
