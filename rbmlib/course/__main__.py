"""Sheets of problems, and their grading: ``python -m rbmlib.course --help``."""

import argparse
import sys

from rbmlib.course.bank import CHAPTERS, PROBLEMS
from rbmlib.course.grade import grade
from rbmlib.course.sheets import FORMATS, write_sheets
from rbmlib.course.students import read_names, seed_mark


def main(arguments=None):
    """Write sheets or grade answers; stop with one message if something is wrong."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, TypeError, OSError) as error:
        raise SystemExit(f"rbmlib.course: {error}") from error


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m rbmlib.course", description=__doc__
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    sheets = commands.add_parser(
        "sheet", help="write a sheet for each student, and the key"
    )
    what = sheets.add_mutually_exclusive_group(required=True)
    what.add_argument("--chapter", type=int, choices=CHAPTERS)
    what.add_argument(
        "--only", nargs="+", metavar="LABEL", help="for example P5.1 P5.3"
    )
    sheets.add_argument("--seed", type=int, required=True, help="yours; keep it")
    sheets.add_argument("--students", required=True, help="text file, one name a line")
    sheets.add_argument("--title", help="default: Problems of chapter …")
    sheets.add_argument("--format", choices=FORMATS, default=FORMATS[0])
    sheets.add_argument("-o", "--output", required=True, help="folder")
    sheets.set_defaults(run=_sheets)
    grading = commands.add_parser(
        "grade", help="grade a table of answers, and print it"
    )
    grading.add_argument("answers", help="CSV file with columns student, label, answer")
    grading.add_argument("--seed", type=int, required=True, help="that of the sheets")
    grading.add_argument("--students", help="names, to find misprints")
    grading.add_argument("-o", "--output", help="CSV file for the graded table")
    grading.set_defaults(run=_grade)
    return parser


def _sheets(options):
    labels = options.only or [
        problem.label for problem in PROBLEMS if problem.chapter == options.chapter
    ]
    title = "Problems" if options.only else f"Problems of chapter {options.chapter}"
    names = read_names(options.students)
    paths = write_sheets(
        options.output,
        names,
        labels,
        options.seed,
        form=options.format,
        title=options.title or title,
    )
    print(
        f"{len(names)} sheets of {len(labels)} problems are in {options.output}; the "
        f"key is beside it, {paths[-1]}. Fingerprint: {seed_mark(options.seed)}"
    )


def _grade(options):
    names = read_names(options.students) if options.students else None
    table = grade(options.answers, seed=options.seed, students=names)
    print(table)
    for student, (right, n) in table.points().items():
        print(f"{student}: {right} of {n} right")
    mark = seed_mark(options.seed)
    print(f"Fingerprint of the seed, as on the sheets: {mark}")
    if not any(one.right for one in table):
        print(
            f"Nobody is right: is --seed the seed of the sheets? Is {mark} on them?",
            file=sys.stderr,
        )
    if options.output:
        table.save(options.output)


if __name__ == "__main__":
    sys.exit(main())
