"""A cell after a time-out is an expected failure to nbval; here it is a failure."""

import importlib.util

import pytest

# This tool's simulator is no dependency of the library, the book or the tests.
collect_ignore = []
if importlib.util.find_spec("msprime") is None:
    collect_ignore.append("tools/simulate_haplotypes.py")


def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("xfailed"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
