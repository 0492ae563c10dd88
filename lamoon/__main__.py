"""`python -m lamoon VERB`, the same as the command `lamoon`."""

import sys

from lamoon.cli import main

sys.exit(main())
