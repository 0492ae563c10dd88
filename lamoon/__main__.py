"""`python -m lamoon VERB`: what the command `lamoon` does."""

import sys

from lamoon.cli import main

sys.exit(main())
