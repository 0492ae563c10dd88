"""Short references such as LM-7K3F9 that people can read out on the phone.

The 21 signs leave out what is easily confused (0 O, 1 I L, 2 Z, 5 S, 8 B, U V) and A and E, so that no words appear.
Five of them make four million references; the database keeps each unique.
"""

from __future__ import annotations

import secrets

PREFIX = "LM-"
SIGNS = "34679CDFGHJKMNPQRTWXY"
LENGTH = 5


def new_reference() -> str:
    """A random reference."""
    return PREFIX + "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def read_reference(text: str) -> str:
    """The reference a person typed, in its stored form: "lm 7k3f9" and "7K3F9" are LM-7K3F9."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return PREFIX + signs.removeprefix("LM") if len(signs) > LENGTH else PREFIX + signs
