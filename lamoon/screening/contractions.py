"""Contractions and chat spellings, written out so that the patterns of the catalogue need only one form."""

from __future__ import annotations

from typing import Final

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
