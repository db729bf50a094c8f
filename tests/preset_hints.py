"""Presets with a check of what their hint says, and the engines that checks run in."""

import functools

from engine import Engine


class Hints:
    """The checks of all presets of some demos, each registered by the decorator."""

    def __init__(self, *demos):
        self.checks, self.engines = {}, []
        self.presets = [
            (demo, one["label"]) for demo in demos for one in demo().presets
        ]
        self.names = [f"{demo.__name__}, {label}" for demo, label in self.presets]
        self.engine = functools.cache(self._engine)

    def __call__(self, demo, label):
        return lambda check: self.checks.setdefault((demo, label), check)

    def _engine(self, demo):
        self.engines.append(Engine(demo))
        return self.engines[-1]

    def close(self):
        self.engine.cache_clear()
        while self.engines:
            self.engines.pop().v8.close()

    def check(self, demo, label):
        """Run a preset with its own seed, and hold it to its hint."""
        own = state(demo, label)
        assert "seed" in own  # what is seen is always the same
        self.checks[demo, label](demo(**own))


def state(demo, label):
    """Return the settings of a preset."""
    return next(one["state"] for one in demo().presets if one["label"] == label)
