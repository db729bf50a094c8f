"""Ctrl-C and SIGTERM while a run is under way.

A signal stops an update at once, for an update that is not done leaves no trace.  While
a run is stored, saved or finished the signal waits.
"""

import signal
import threading


class Terminated(BaseException):
    """SIGTERM came, and what the run reached is to be saved first."""


class Signals:
    """The handlers of a run; used as a context around what a signal may stop.

    In other threads than the main one there are no handlers, and this does nothing.

    Parameters
    ----------
    terminate : bool
        Handle SIGTERM too.
    """

    def __init__(self, terminate):
        self._numbers = signal.SIGINT, *([signal.SIGTERM] if terminate else [])
        self._before, self._waiting, self._heard = {}, [], False

    def install(self):
        """Put the handlers in the place of those before."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in self._numbers:
            before = signal.getsignal(number)
            if callable(before) or (number, before) == (signal.SIGTERM, signal.SIG_DFL):
                self._before[number] = before
                signal.signal(number, self._handle)

    def restore(self):
        """Put the handlers before back; a SIGTERM that waits, or stopped, is sent."""
        self._heard = False
        for number, before in self._before.items():
            signal.signal(number, before)
        waiting, self._waiting = self._waiting, []
        for number in set(waiting):
            if not self._ends_in_python(number):
                signal.raise_signal(number)

    def __enter__(self):
        self._heard = True
        for number in tuple(self._waiting):
            if not self._stops(number):
                self._waiting.remove(number)
            self._deliver(number, None)

    def __exit__(self, *_):
        self._heard = False

    def _handle(self, number, frame):
        # One that stops also waits: code that cannot raise, such as the end of an
        # object, may swallow what is raised in it.
        if not self._heard or self._stops(number):
            self._waiting.append(number)
        if self._heard:
            self._deliver(number, frame)

    def _deliver(self, number, frame):
        if self._stops(number):
            self._heard = False  # what follows is not stopped again
        if self._before[number] == signal.SIG_DFL:
            raise Terminated
        self._before[number](number, frame)

    def _stops(self, number):
        return self._ends_in_python(number) or self._before[number] == signal.SIG_DFL

    def _ends_in_python(self, number):
        return self._before[number] is signal.default_int_handler
