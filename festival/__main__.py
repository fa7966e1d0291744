"""So that `python -m festival` is the same as `festival`."""

import sys

from festival.cli import main

sys.exit(main())
