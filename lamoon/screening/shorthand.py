"""The shorthand of nurses and the dialect of some visitors, written out: `8/52` is eight weeks, `#NOF` a fracture of the
neck of the femur, `me knee` is my knee."""

from __future__ import annotations

from typing import Final

from lamoon.screening.text import Chunk

_PARTS_OF_A_YEAR: Final = {"7": "days", "52": "weeks", "12": "months"}
_OF_A_PREGNANCY: Final = "40"
_WEEKS_OF_A_PREGNANCY: Final = range(4, 43)
_OF_A_SCORE: Final = frozenset("scored score got gave rated scoring".split())
_AROUND_TIME: Final = frozenset("ago post since hx history".split())
_SIDES: Final = frozenset("l r lt rt left right bilat bilateral closed open other lower upper".split())
_BONES: Final = frozenset(
    "nof clavicle collarbone humerus radius ulna scaphoid metacarpal metatarsal tibia fibula tib fib femur patella "
    "pelvis rib ribs sternum wrist ankle hip elbow toe finger thumb calcaneus vertebra coccyx jaw skull colles".split()
)
_BODY: Final = _BONES | frozenset(
    "leg legs arm arms shoulder shoulders neck knee knees ankles wrists foot feet hand hands hips shin shins calf calves "
    "thigh thighs heel heels hamstring hammy hammies quad quads groin achilles bicep chest belly stomach face nose ear "
    "ears eye eyes fingers toes elbows skin spine lung lungs heart ticker liver kidney kidneys prostate bowel brain "
    "blood tailbone bum buttock side ligament ligaments tendon muscle stitches plaster sling crutches cast".split()
)


def written_out(parts: list[Chunk], at: int) -> tuple[str, ...] | None:
    """The words, perhaps none, that the piece at `at` stands for as shorthand; None when it stands for itself.

    Args:
        parts: the pieces of a message, as `text.chunks` cut them.
        at: index of one of them.
    """
    norm = parts[at].norm
    if norm == "#":
        return ("fracture",) if _names(parts, at, _BONES) or _is_noun(parts, at) else None
    if norm == "me":
        return ("my",) if _names(parts, at, _BODY) else None
    if norm == "/":
        return () if at + 1 < len(parts) and _time(parts, at + 1) else None
    return _time(parts, at) if parts[at].kind == "number" else None


def _is_noun(parts: list[Chunk], at: int) -> bool:
    """Whether the mark stands behind what is broken: "rib #", "rib #s x3"; "elbow #2" counts."""
    following = parts[at + 1].kind if at + 1 < len(parts) else ""
    return _norm(parts, at - 1) in _BONES and following != "number"


def _names(parts: list[Chunk], at: int, words: frozenset[str]) -> bool:
    """Whether one of the words follows, at most after its side: "me left knee"."""
    following = _norm(parts, at + 1)
    return following in words or (following in _SIDES and _norm(parts, at + 2) in words)


def _time(parts: list[Chunk], at: int) -> tuple[str, ...] | None:
    """The second number of "8/52 ago" or "28/40", which stand for eight weeks and for 28 weeks of a pregnancy."""
    if _norm(parts, at - 1) != "/" or not _norm(parts, at - 2).isdecimal():
        return None
    if parts[at - 2].end != parts[at - 1].start or parts[at - 1].end != parts[at].start:
        return None
    of = parts[at].norm
    if (
        of == _OF_A_PREGNANCY
        and int(_norm(parts, at - 2)) in _WEEKS_OF_A_PREGNANCY
        and _norm(parts, at - 3) not in _OF_A_SCORE
    ):
        return "weeks", "pregnant"
    if of == "52" or _norm(parts, at + 1) in _AROUND_TIME:
        unit = _PARTS_OF_A_YEAR.get(of)
        return (unit,) if unit else None
    return None


def _norm(parts: list[Chunk], at: int) -> str:
    return parts[at].norm if 0 <= at < len(parts) else ""
