"""`python -m web.shifted`: a gateway whose wall clock is off by the seconds in the file SHIFT_FILE, read at each look.

Its looks at what is old come every few milliseconds; SHIFT_GRACE sets how long something must have been old. Time that
nobody can set (`time.monotonic`) stays as it is.
"""

from __future__ import annotations

import datetime
import os
import sys
import time
from pathlib import Path

_OFFSET = Path(os.environ["SHIFT_FILE"])
_real = time.time


def _shifted() -> float:
    return _real() + float(_OFFSET.read_text(encoding="ascii"))


class _Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> _Shifted:
        return cls.fromtimestamp(_shifted(), tz)


def shift_clock() -> None:
    """From now on this process reads the shifted clock. To be called before the gateway is imported."""
    time.time = _shifted
    datetime.datetime = _Shifted  # type: ignore[misc]


def _main() -> int:
    shift_clock()
    from lamoon.chat import handover, retention
    from lamoon.web.__main__ import main

    retention.PAUSE_SECONDS = handover.LOOK_SECONDS = 0.02
    retention.GRACE_SECONDS = float(os.environ.get("SHIFT_GRACE", retention.GRACE_SECONDS))
    return main()


if __name__ == "__main__":
    sys.exit(_main())
