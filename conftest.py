"""What holds for all tests: of the library, of the notebooks and of the pages."""

import importlib.util
import signal

import pytest

# This tool's simulator is no dependency of the library, the book or the tests.
collect_ignore = []
if importlib.util.find_spec("msprime") is None:
    collect_ignore.append("tools/simulate_haplotypes.py")


def pytest_configure():
    """Let Ctrl-C be heard: a shell starts what is in the background without it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def browser():
    """A running browser, which the tests of one module share."""
    from browser import launched  # only here: the other tests need none

    with launched() as running:
        yield running


def pytest_sessionfinish(session):
    """Fail where a cell came after a time-out: to nbval an expected failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("xfailed"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
