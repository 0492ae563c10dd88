"""Shorthand and contractions written out: of chats, and of nurses and dialects."""

from __future__ import annotations

import re
from typing import Final

from lamoon.text.tokens import Chunk

_TABLE: Final = """
u=you, ya=you, yous=you, y'all=you, yall=you, ur=your, r=are, n=and, nd=and, w/=with, w/o=without, b4=before, abt=about,
cuz=because, cos=because, coz=because, bc=because, tho=though, thru=through, ppl=people, enuf=enough, atm=at the moment,
rn=right now, asap=as soon as possible, 2day=today, 2moro=tomorrow, 2nite=tonight, nite=night, tmr=tomorrow, tmrw=tomorrow,
tmrrw=tomorrow, hr=hour, hrs=hours, mins=minutes, wk=week, wks=weeks, mth=month, mths=months, yr=year, yrs=years,
hw=how, wen=when, wot=what, wut=what, whr=where, wd=would, wld=would, cd=could, shd=should, sth=something, smth=something,
summat=something, sumthing=something, nuffin=nothing, nothin=nothing, probs=probably, prob=probably, defo=definitely,
obvs=obviously, gud=good, gr8=great, bak=back, bk=back, fav=favourite, pls=please, plz=please, ty=thank you,
tysm=thank you so much, thx=thanks, thnx=thanks, thanx=thanks, tnx=thanks, sry=sorry, soz=sorry, cya=see you, l8r=later,
ttyl=talk to you later, gtg=got to go, g2g=got to go, brb=be right back, idk=i don't know, dunno=don't know,
tbh=to be honest, imo=in my opinion, btw=by the way, omg=oh my god, m8=mate, luv=love, kk=okay, bf=boyfriend,
gf=girlfriend, hubby=husband, appt=appointment, appts=appointments, appmt=appointment, sesh=session, msg=message,
msgs=messages, mssg=message, gonna=going to, wanna=want to, gotta=have to, gimme=give me, lemme=let me,
kinda=kind of, sorta=sort of, outta=out of, im=i'm, ive=i've, youre=you're, theyre=they're, whats=what's, hows=how's,
wheres=where's, whos=who's, thats=that's, theres=there's, cant=can't, wont=won't, dont=don't, doesnt=doesn't,
didnt=didn't, isnt=isn't, arent=aren't, wasnt=wasn't, couldnt=couldn't, shouldnt=shouldn't, wouldnt=wouldn't,
havent=haven't, hasnt=hasn't
"""
SHORTHAND: Final[dict[str, str]] = {
    short.strip(): full for short, _, full in (" ".join(pair.split()).partition("=") for pair in _TABLE.split(","))
}
_SHORT: Final = re.compile(
    rf"(?<![\w'/])(?:{'|'.join(map(re.escape, sorted(SHORTHAND, key=len, reverse=True)))})(?![\w'/])", re.IGNORECASE
)


def expand_chat(text: str) -> str:
    """`text` with its shorthand written out in full words."""
    return _SHORT.sub(lambda match: SHORTHAND[match.group().lower()], text)


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


_PRONOUNS: Final = "i you he she it we they that there who what this"
_NOT: Final = (
    "do does did is are was were has have had can could would should will must need might ca wo ai"  # ca n't, wo n't
)


def _built() -> dict[str, str]:
    words: dict[str, str] = {}
    for verb in _NOT.split():
        full = {"ca": "can", "wo": "will", "ai": "is"}.get(verb, verb)
        stem = verb.removesuffix("n") if verb == "can" else verb
        for form in (f"{verb}n't", f"{verb}nt", f"{stem}n't", f"{verb}'nt"):
            words[form] = f"{full} not"
    endings = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
    for pronoun in _PRONOUNS.split():
        words |= {f"{pronoun}{ending}": f"{pronoun} {full}" for ending, full in endings.items()}
    for word in (
        *_PRONOUNS.split(),
        "here",
        "how",
        "when",
        "where",
        "why",
        "everything",
        "nothing",
        "something",
        "one",
    ):
        words[f"{word}'s"] = f"{word} is"
    return words


_CHAT: Final = """
im=i am, iam=i am, i'am=i am, ive=i have, i'v=i have, iv'e=i have, its=it is, thats=that is, theres=there is, hes=he
is, shes=she is, theyre=they are, youre=you are, weve=we have, theyve=they have, whats=what is, hows=how is,
wheres=where is, whos=who is, cannot=can not, havnt=have not, havn't=have not, dosnt=does not, dosent=does not,
doesent=does not, dident=did not, didint=did not, let's=let us, lets=let us, gonna=going to, wanna=want to,
gotta=have to, hafta=have to, dunno=do not know, gimme=give me, lemme=let me, u=you, ur=your, r=are, n=and, nd=and,
yous=you, y'all=you, yall=you, &=and, +=and, w=with, wo=without, cuz=because, cos=because, coz=because, bc=because,
bcs=because, hx=history, yr=year, yrs=years, wk=week, wks=weeks, mth=month, mths=months, mnths=months, hrs=hours,
mins=minutes, pls=please, plz=please, pt=patient, bp=bp, tho=though, thru=through, b4=before, abt=about,
smth=something, bin=been, sb=somebody, 2day=today, tmrw=tomorrow, tmr=tomorrow, yest=yesterday, rn=right now, atm=at
the moment, ppl=people, prob=probably, probs=problems, wd=would, wld=would, cd=could, shd=should, ov=of, da=the,
dat=that, dis=this, wiv=with, wif=with, mi=my, docs=doctors, anymore=any more, tummies=tummy, nothin=nothing,
sth=something, bleedin=bleeding, killin=killing, hurtin=hurting, burnin=burning, dyin=dying
"""

CONTRACTIONS: Final[dict[str, str]] = _built() | {
    word.strip(): full for word, _, full in (" ".join(pair.split()).partition("=") for pair in _CHAT.split(","))
}


def spelled_out(norm: str) -> str:
    """`norm` with its contraction written out, and without a possessive or a left-over apostrophe."""
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
