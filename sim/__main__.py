"""`python -m sim`, the same as `sim`."""

import sys

from sim.cli import main

sys.exit(main())
