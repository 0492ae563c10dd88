"""Words that add nothing to an answer: interjections, forms of address, courtesy, approval and emphasis.

They are shared by every reader of a yes, a no or a denial, so that one and the same answer is clear everywhere. No word here
names an illness, a time, a person or a doubt.
"""

from __future__ import annotations

import re
from typing import Final

_INTERJECTIONS: Final = """
ah aha ahh argh aw aww eh er erm ey gee gosh ha haha hah heh hehe hey hm hmm huh jeez lol lmao mhm mm mmm oh ooh oof oops ooo
phew pfft rofl uh uhh ugh um umm well whew whoa wow yay yikes x xx xxx
"""
_ADDRESS: Final = """
babe bestie boss bro bruh buddy captain chap chief comrade darling dear dearie doll dude fam fella folks friend friends gent gents
girl girls guy guys hun ladies lad lads lady love ma'am maam madam man mate mates miss missus mister pal people petal sir sis
team
"""
_COURTESY: Final = """
appreciated bless cheers fortunately god goodness grateful heavens kindly lord luckily pardon please pls plz sorry ta thank
thankfully thanks thankyou thanx thnx thx ty tysm welcome
"""
_APPROVAL: Final = """
ace alright amazing awesome beautiful brilliant cool dandy dope excellent fab fantastic fine good grand great groovy happy jolly
lovely marvellous nice ok okay okey okie perfect perfectly smashing splendid super superb sweet swell terrific top wicked
wonderful
"""
_EMPHASIS: Final = """
actually anyway bit darn damn definitely entirely frankly freaking fully honestly indeed just literally naturally
obviously pretty quite really simply so surely thing things totally truly tho though very
"""
FILLERS: Final = frozenset(f"{_INTERJECTIONS} {_ADDRESS} {_COURTESY} {_APPROVAL} {_EMPHASIS}".split())
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
_LAUGHTER: Final = re.compile(r"(?:(?:ha){2,}h?|(?:he){2,}|(?:hi){2,}|l+o+l+)")


def as_said_short(word: str) -> str:
    """Return a drawn-out word in its short form: "yesss" is "yes", "sooo" is "so"."""
    return _DRAWN_OUT.sub(r"\1", word)


def is_filler(word: str) -> bool:
    """Return whether a word in small letters adds nothing to an answer."""
    return word in FILLERS or as_said_short(word) in FILLERS or bool(_LAUGHTER.fullmatch(word))
