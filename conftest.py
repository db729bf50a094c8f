"""What holds for all tests: of the library, of the notebooks and of the pages."""

import importlib.util
import signal

import pytest
from xdist.scheduler import LoadScopeScheduling

# This tool's simulator is no dependency of the library, the book or the tests.
collect_ignore = []
if importlib.util.find_spec("msprime") is None:
    collect_ignore.append("tools/simulate_haplotypes.py")


def pytest_configure():
    """Let Ctrl-C be heard: a shell starts what is in the background without it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class ByPage(LoadScopeScheduling):
    """Send all tests of one page of the book to one process, which opens it once.

    A page is the parameter of its tests; xdist's own groups, by marks, are lost from
    pytest 9.2 on.
    """

    def _split_scope(self, nodeid):
        module, page = nodeid.partition("::")[0], nodeid.partition("[")[2]
        return module + page if page else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByPage(config, log) if config.getvalue("dist") == "loadgroup" else None


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
