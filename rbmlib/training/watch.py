"""stub."""


class Watch:
    """Stub."""

    def __init__(self, run):
        pass

    def look(self, run):
        """Look."""
