"""Expansion of shorthand, contractions and dialect: chat shorthand for the classifier, all of them for the screening.

The classifier needs ordinary sentences, "don't know" for "dunno"; the screening needs words, "do not know". Each word
appears in exactly one of the tables below.
"""

from __future__ import annotations

import re
from typing import Final

from lamoon.text.tokens import Chunk

# Expanded for both. If they differ, the expansion for the screening comes after the bar.
_FOR_BOTH: Final = """
u=you, yous=you, y'all=you, yall=you, ur=your, r=are, n=and, nd=and, b4=before, abt=about, cuz=because, cos=because,
coz=because, bc=because, tho=though, thru=through, ppl=people, atm=at the moment, rn=right now, 2day=today, tmr=tomorrow,
tmrw=tomorrow, hrs=hours, mins=minutes, wk=week, wks=weeks, mth=month, mths=months, yr=year, yrs=years, wd=would,
wld=would, cd=could, shd=should, sth=something, smth=something, nothin=nothing, prob=probably, probs=probably|problems,
pls=please, plz=please, dunno=don't know, gonna=going to, wanna=want to, gotta=have to, gimme=give me, lemme=let me,
im=i'm, ive=i've, youre=you're, theyre=they're, whats=what's, hows=how's, wheres=where's, whos=who's, thats=that's,
theres=there's, nae=no, naw=no, dinnae=don't|do not, dinna=don't|do not, cannae=can't|can not, canna=can't|can not,
didnae=didn't|did not, wisnae=wasn't|was not, wasnae=wasn't|was not, isnae=isn't|is not, havenae=haven't|have not,
doesnae=doesn't|does not, masel=myself, maself=myself, meself=myself, wid=would, aye=yes
"""
_FOR_CLASSIFIER: Final = """
ya=you, w/=with, w/o=without, enuf=enough, asap=as soon as possible, 2moro=tomorrow, 2nite=tonight, nite=night,
tmrrw=tomorrow, hr=hour, hw=how, wen=when, wot=what, wut=what, whr=where, summat=something, sumthing=something,
nuffin=nothing, defo=definitely, obvs=obviously, gud=good, gr8=great, bak=back, bk=back, hrt=hurt, hrts=hurts, fav=favourite, ty=thank you,
tysm=thank you so much, thx=thanks, thnx=thanks, thanx=thanks, tnx=thanks, sry=sorry, soz=sorry, cya=see you, l8r=later,
ttyl=talk to you later, gtg=got to go, g2g=got to go, brb=be right back, idk=i don't know, tbh=to be honest,
imo=in my opinion, btw=by the way, omg=oh my god, m8=mate, luv=love, kk=okay, bf=boyfriend, gf=girlfriend,
hubby=husband, appt=appointment, appts=appointments, appmt=appointment, sesh=session, msg=message, msgs=messages,
mssg=message, kinda=kind of, sorta=sort of, outta=out of
"""
_FOR_SCREENING: Final = """
iam=i am, i'am=i am, i'v=i have, iv'e=i have, its=it is, hes=he is, shes=she is, weve=we have, theyve=they have,
cannot=can not, havnt=have not, havn't=have not, dosnt=does not, dosent=does not, doesent=does not, dident=did not,
didint=did not, let's=let us, lets=let us, hafta=have to, &=and, +=and, w=with, wo=without, bcs=because, hx=history,
mnths=months, pt=patient, bp=bp, bin=been, sb=somebody, yest=yesterday, ov=of, da=the, dat=that, dis=this, wiv=with,
wif=with, mi=my, docs=doctors, anymore=any more, tummies=tummy, bleedin=bleeding, killin=killing, hurtin=hurting,
burnin=burning, dyin=dying
"""
# Verbs before "n't". For the classifier, "dont" becomes "don't" for the verbs of the first row only.
_NOT_FOR_BOTH: Final = "do does did is are was have has could should would ca wo"
_NOT_FOR_SCREENING: Final = "were had can will must need might ai"
_NOT_AS_SPELLED: Final = {"ca": "can", "wo": "will", "ai": "is"}
_PRONOUNS: Final = "i you he she it we they that there who what this"
_BEFORE_IS: Final = "here how when where why everything nothing something one"
_ENDINGS: Final = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}


def _table(rows: str) -> dict[str, str]:
    pairs = (" ".join(pair.split()).partition("=") for pair in rows.split(","))
    return {short: full for short, _, full in pairs}


def _negations() -> dict[str, str]:
    words: dict[str, str] = {}
    for verb in f"{_NOT_FOR_BOTH} {_NOT_FOR_SCREENING}".split():
        stem = "ca" if verb == "can" else verb
        for form in (f"{verb}n't", f"{verb}nt", f"{stem}n't", f"{verb}'nt"):
            words[form] = f"{_NOT_AS_SPELLED.get(verb, verb)} not"
    return words


def _verbs_after_pronouns() -> dict[str, str]:
    words = {
        f"{pronoun}{ending}": f"{pronoun} {full}" for pronoun in _PRONOUNS.split() for ending, full in _ENDINGS.items()
    }
    return words | {f"{word}'s": f"{word} is" for word in f"{_PRONOUNS} {_BEFORE_IS}".split()}


def _for_screening() -> dict[str, str]:
    """Expand the contractions in the classifier's expansions: "im" is "i'm" there and "i am" here."""
    words = _negations() | _verbs_after_pronouns()
    for short, full in (_table(_FOR_BOTH) | _table(_FOR_SCREENING)).items():
        words[short] = " ".join(words.get(word, word) for word in full.rpartition("|")[2].split())
    return words


CHAT_SHORTHAND: Final[dict[str, str]] = {
    **{short: full.partition("|")[0] for short, full in _table(_FOR_BOTH).items()},
    **_table(_FOR_CLASSIFIER),
    **{f"{verb}nt": f"{verb}n't" for verb in _NOT_FOR_BOTH.split()},
}
"""Expansions for the classifier."""
CONTRACTIONS: Final[dict[str, str]] = _for_screening()
"""Expansions for the screening, in lower case."""

_CHAT_SHORTHAND: Final = re.compile(
    rf"(?<![\w'/])(?:{'|'.join(map(re.escape, sorted(CHAT_SHORTHAND, key=len, reverse=True)))})(?![\w'/])",
    re.IGNORECASE,
)


def expand_chat(text: str) -> str:
    """Return `text` with its chat shorthand expanded."""
    return _CHAT_SHORTHAND.sub(lambda match: CHAT_SHORTHAND[match.group().lower()], text)


def expand_contraction(norm: str) -> str:
    """Return `norm` with its contraction expanded, without a possessive or a left-over apostrophe."""
    found = CONTRACTIONS.get(norm)
    if found is not None:
        return found
    if "'" not in norm:
        return norm
    for ending, full in (("n't", " not"), ("'ve", " have"), ("'ll", " will"), ("'re", " are")):
        if norm.endswith(ending):
            return norm.removesuffix(ending) + full
    head, _, tail = norm.partition("'")
    return head if tail in ("s", "", "d") else head + tail


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


def expand_clinical(parts: list[Chunk], at: int) -> tuple[str, ...] | None:
    """Return the words, possibly none, that the piece at `at` abbreviates; None if it is not shorthand.

    Args:
        parts: the pieces of a message, as returned by `text.chunks`.
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
    """Return whether the fracture mark follows a noun: "rib #", "rib #s x3"; in "elbow #2" it is a number."""
    following = parts[at + 1].kind if at + 1 < len(parts) else ""
    return _norm(parts, at - 1) in _BONES and following != "number"


def _names(parts: list[Chunk], at: int, words: frozenset[str]) -> bool:
    """Return whether one of the words follows, optionally after "left" or "right": "me left knee"."""
    following = _norm(parts, at + 1)
    return following in words or (following in _SIDES and _norm(parts, at + 2) in words)


def _time(parts: list[Chunk], at: int) -> tuple[str, ...] | None:
    """Expand clinical durations: "8/52 ago" means eight weeks, "28/40" 28 weeks of a pregnancy."""
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
