"""Make the stored Monte Carlo points: ``python -m rbmlib.trained.make_monte_carlo``.

Uses all cores, and continues an interrupted run.  The results must have the recorded
sha256; ``--record`` replaces the record instead.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from rbmlib.phase_diagram import sweep
from rbmlib.phase_diagram.measure import measure_point
from rbmlib.trained import monte_carlo as recorded


def main():
    """Measure every machine, and compare with the record or replace it."""
    parser = argparse.ArgumentParser(
        prog="rbmlib.trained.make_monte_carlo", description=__doc__
    )
    parser.add_argument("--work", default="build/monte_carlo.jsonl")
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument("--record", action="store_true", help="store what comes out")
    options = parser.parse_args()
    settings = recorded.settings()
    results = sweep.run(
        measure_point, settings, store=options.work, n_jobs=options.jobs
    )
    results = np.round(results, 6)
    found = recorded.digest(results)
    if options.record:
        stored = {"sha256": found, "results": results.tolist()}
        lines = json.dumps(stored).replace("], [", "],\n[")
        Path(str(recorded.FILE)).write_text(lines + "\n", encoding="utf-8")
    expected = json.loads(recorded.FILE.read_text(encoding="utf-8"))["sha256"]
    print(f"sha256 {found}, recorded {expected}")
    if found != expected:
        raise SystemExit("the results differ from the record")


if __name__ == "__main__":
    main()
