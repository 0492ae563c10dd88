"""Python reads this first where it lies on PYTHONPATH: gateways then read the clock of `web.shifted`."""

import sys

if "lamoon.web" in sys.orig_argv:
    from web.shifted import shift_clock

    shift_clock()
