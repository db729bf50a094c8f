"""What each command takes."""

import argparse
import sys

from rbmlib.command import learning, showing, using
from rbmlib.datasets.tables.kinds import MISSING

DESCRIPTION = """Train a restricted Boltzmann machine on a table of your own.

  rbmlib train table.csv -o run.h5    columns become units, and each says how
  rbmlib report run.h5                one page, to decide whether to believe the run
  rbmlib sample run.h5 -n 100         new rows, also with some columns given
"""
BAD, STOPPED = 2, 130  # exit codes: an argument or a file that does not fit; Ctrl-C


def main(arguments=None):
    """Carry out one command; return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the command line.

    Returns
    -------
    int
        0; 2 where an argument or a file does not fit, with the reason on the standard
        error; 130 after Ctrl-C, when what was reached is in its file.

    Examples
    --------
    >>> main(["info", "nothing.h5"])
    2
    """
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except KeyboardInterrupt:
        print("rbmlib: stopped", file=sys.stderr)
        return STOPPED
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"rbmlib {options.command}: {error}", file=sys.stderr)
        return BAD


def parser():
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(
        prog="rbmlib",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="The book's page 'Your own data' walks through a case.",
    )
    commands = whole.add_subparsers(required=True, metavar="command", dest="command")
    for add in (
        _train, _resume, _info, _report, _sample, _impute, _couplings, _tree,
    ):  # fmt: skip
        add(commands)
    return whole


def _command(commands, name, run, text, table=True):
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    command.add_argument("file", metavar="run.h5", help="what 'rbmlib train' wrote")
    if table:
        command.add_argument(
            "--table",
            help="where the run's table is now (default: where it was; the contents "
            "must be the same)",
        )
    return command


def _train(commands):
    text = "read a table, say what became of each column, train a machine, keep the run"
    train = commands.add_parser("train", help=text, description=text)
    train.set_defaults(run=learning.train)
    train.add_argument(
        "table", help=".csv, .tsv, .parquet, .npy, .npz, .fasta or .h5 (samples)"
    )
    train.add_argument("-o", "--output", required=True, metavar="run.h5")
    of_table = train.add_argument_group("the table")
    of_table.add_argument("--label", help="column that is kept beside, not learned")
    for name, what in (
        ("drop", "columns to leave out"),
        ("categorical", "columns whose entries are names, whatever they look like"),
    ):
        of_table.add_argument(f"--{name}", nargs="+", default=[], help=what)
    of_table.add_argument(
        "--missing",
        nargs="+",
        default=list(MISSING),
        help="texts that stand for no entry (default: the empty field, NA, NaN, …)",
    )
    of_table.add_argument("--separator", choices=[",", ";", "\t", "|"])
    of_table.add_argument(
        "--max-states", type=int, default=21, help="of a column (default: %(default)s)"
    )
    of_table.add_argument(
        "--test", type=float, default=0.2, help="share of rows (default: %(default)s)"
    )
    of_machine = train.add_argument_group("the machine and its training")
    of_machine.add_argument(
        "--hidden",
        type=int,
        help="hidden units (default: as many as visible, up to 64)",
    )
    of_machine.add_argument("--method", choices=["pcd", "cd", "rdm"], default="pcd")
    of_machine.add_argument(
        "-k", type=int, default=10, help="sweeps an update (default: %(default)s)"
    )
    of_machine.add_argument(
        "--updates", type=int, default=10_000, help="(default: %(default)s)"
    )
    of_machine.add_argument(
        "--batch", type=int, help="rows an update (default: 100, or all if fewer)"
    )
    of_machine.add_argument(
        "--rate", type=float, default=0.03, help="learning rate (default: %(default)s)"
    )
    of_machine.add_argument(
        "--seed",
        type=int,
        default=0,
        help="same seed, same bits (default: %(default)s)",
    )
    of_machine.add_argument(
        "--patience",
        type=int,
        help="stop after that many ages without a better likelihood of the test rows",
    )
    of_machine.add_argument(
        "--unvalidated",
        action="store_true",
        help="do not follow the likelihood of the test rows, which costs some time",
    )
    _add_ages(of_machine)


def _add_ages(command):
    command.add_argument(
        "--ages", type=int, default=20, help="machines to keep (default: %(default)s)"
    )
    command.add_argument("--quiet", action="store_true", help="no bar, no summary")


def _resume(commands):
    resume = _command(
        commands, "resume", learning.resume, "train on, to the bits of one long run"
    )
    resume.add_argument(
        "--updates", type=int, required=True, help="in all, counted from the start"
    )
    _add_ages(resume)


def _info(commands):
    _command(commands, "info", showing.info, "say what a run holds", table=False)


def _report(commands):
    report = _command(
        commands, "report", showing.report, "write a page: whether to believe the run"
    )
    report.add_argument("-o", "--output", help="HTML file (default: beside the run)")
    report.add_argument(
        "--book",
        default="",
        help="address or folder of the built book, for links to its chapters",
    )
    report.add_argument("--seed", type=int, default=0)
    report.add_argument("--age", type=int, help="up to which to judge (default: all)")


def _sample(commands):
    sample = _command(
        commands, "sample", using.sample, "draw rows from the machine", table=False
    )
    sample.add_argument("-n", type=int, default=10, help="rows (default: %(default)s)")
    sample.add_argument(
        "--given", nargs="+", default=[], metavar="COLUMN=ENTRY", help="known columns"
    )
    sample.add_argument(
        "--gif",
        metavar="film.gif",
        help="film of the rows as images, from noise to the last sweep",
    )
    sample.add_argument(
        "--shape",
        nargs=2,
        type=int,
        metavar=("ROWS", "COLUMNS"),
        help="of an image (default: a square)",
    )
    _add_drawing(sample)


def _add_drawing(command):
    command.add_argument("-o", "--output", help="CSV file (default: to the screen)")
    command.add_argument(
        "--sweeps", type=int, default=1000, help="of the chain (default: %(default)s)"
    )
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--age", type=int, help="of the machine (default: the last)")


def _impute(commands):
    impute = _command(
        commands,
        "impute",
        using.impute,
        "fill the missing entries of a table, the most probable ones; all else stays",
        table=False,
    )
    impute.add_argument("table", help="with the run's columns")
    impute.add_argument("--separator", choices=[",", ";", "\t", "|"])
    impute.add_argument(
        "--cells", help="CSV file: row, column, entry and probability of each"
    )
    _add_drawing(impute)


def _couplings(commands):
    couplings = _command(
        commands, "couplings", using.couplings, "list the strongest pairs", table=False
    )
    couplings.add_argument(
        "-n", type=int, default=20, help="pairs (default: %(default)s; 0: all)"
    )
    couplings.add_argument("-o", "--output", help="CSV file (default: to the screen)")
    couplings.add_argument("--age", type=int, help="of the machine (default: the last)")


def _tree(commands):
    tree = _command(
        commands, "tree", showing.tree, "write the tree of modes, and who is in which"
    )
    tree.add_argument("-o", "--output", help="Newick file (default: to the screen)")
    tree.add_argument("--members", help="CSV file: row, label and mode of each sample")
    tree.add_argument("--itol", help="file of colours of the labels, for iTOL")
    tree.add_argument(
        "--order",
        type=int,
        choices=[1, 2, 3],
        help="of mean field (default: 2, or 1 where that finds no modes)",
    )
    tree.add_argument("--age", type=int, help="to which to follow (default: the last)")
