"""``python -m rbmlib`` is the command ``rbmlib``."""

import sys

from rbmlib.command import main

if __name__ == "__main__":
    sys.exit(main())
