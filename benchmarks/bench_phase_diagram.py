"""All solutions of the mode equations in a plane of 200 x 200 points.

`solve_grid` takes the points of one mode in one compiled loop; `solve` takes a point
with any number of modes and in a field.  Both list every solution with its stability,
and tests/test_phase_diagram.py checks that they agree.  The figures are the time of the
plane and of one of its points, either way.

    taskset -c 0 python benchmarks/bench_phase_diagram.py [rounds]
"""

import sys
import time

import numpy as np

from rbmlib.phase_diagram import solve, solve_grid

W, SIGMA = np.linspace(0, 6, 200), np.linspace(0, 5, 200)[:, None]
N_SINGLE = 200


def single_points(kappa):
    """Solve points of the plane one by one."""
    for w, sigma in np.random.default_rng(0).uniform(0, (6, 5), (N_SINGLE, 2)):
        solve(w, sigma, kappa)


def fastest(run, rounds):
    """Return the shortest processor time of a call, in seconds; the first compiles."""
    run()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def main(rounds):
    """Print the table."""
    n_points = W.size * SIGMA.size
    print("kappa   plane of 200 x 200   a point of it   solve, a point")
    for kappa in (0.25, 1.0, 4.0):
        plane = fastest(lambda k=kappa: solve_grid(W, SIGMA, k), rounds)
        one = fastest(lambda k=kappa: single_points(k), rounds) / N_SINGLE
        point = 1e6 * plane / n_points
        print(f"{kappa:5.2f} {plane:18.2f} s {point:12.1f} us {1e6 * one:13.1f} us")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
