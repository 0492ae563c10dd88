"""`scripts/real_words.py DICTIONARY`: writes lamoon/screening/real_words.txt anew; run it when the catalogue has grown.

The spelling repair of the screening changes unknown words only. This lists the real words that it does not know and would
take for misspellings of the catalogue's words. DICTIONARY is `frequency_dictionary_en_82_765.txt` of the package symspellpy
(6.9 and 6.10 carry the same one; MIT licence). It is no part of the project; its hash is checked.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from lamoon.screening.catalogue import Catalogue, load_catalogue
from lamoon.screening.screener import REAL_WORDS
from lamoon.text.shorthand import CONTRACTIONS
from lamoon.text.spelling import CatalogueSpelling, read_known_words

SHA256 = "68e9dc81c7e73bd7310b57e516ecaea0d8b6387ff71344a57c04174650a407a7"
MOST = 60_100  # rarer words of the dictionary are likelier misspellings than words that visitors write
# The dictionary was counted on the web, so it holds misspellings too.
MISSPELLINGS = frozenset("brocken bypassed clott coff facture fraktur hart pane rite stich".split())
# Words and first names that it lacks, or that are rarer in it than among visitors of a massage studio.
FURTHER = frozenset(
    "abcd asdf bettina bjorn carsten chatbot chatbots conkers cutts danke dois enzo gern grazie heike luca marek merel noor overdid overdoes overdoing overusing "
    "seren soren yasmin".split()
)
HEAD = """\
# Real words and names that are so close to words of the catalogue that the spelling repair would take them for
# misspellings. Written by scripts/real_words.py from the frequency dictionary of symspellpy 6.10 (MIT licence).
"""


def main(arguments: list[str]) -> int:
    """Writes the file; returns the exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print(__doc__, file=sys.stderr)
        return 2
    data = Path(arguments[0]).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        print(
            f"{arguments[0]} is another dictionary; expected the one with SHA-256 {SHA256}",
            file=sys.stderr,
        )
        return 2
    words = sorted(real_words(data.decode("utf-8-sig"), load_catalogue()))
    REAL_WORDS.write_text(HEAD + "".join(f"{word}\n" for word in words), encoding="utf-8")
    print(f"{len(words)} words -> {REAL_WORDS}")
    return 0


def real_words(dictionary: str, catalogue: Catalogue) -> Iterator[str]:
    """The real words that the repair towards `catalogue` would change. `dictionary`: a word and its count a line."""
    counts = {word: int(count) for word, count in map(str.split, dictionary.splitlines())}
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[:MOST]
    spelling = _spelling_without_real_words(catalogue)
    for word in sorted(FURTHER.union(frequent) - MISSPELLINGS - catalogue.spellings.keys()):
        if word.isalpha() and _is_changed(word, spelling):
            yield word


def _spelling_without_real_words(catalogue: Catalogue) -> CatalogueSpelling:
    """The screener's spelling as it would be if this script had never been run."""
    everyday, matcher = read_known_words(), catalogue.matcher
    named = [word for word in catalogue.vocabulary if word.isalpha()]
    begun = [word for word in everyday if word.startswith(tuple(matcher.prefixes))]
    return CatalogueSpelling(
        [*named, *begun, *filter(str.isalpha, CONTRACTIONS)],
        everyday,
        catalogue.spellings,
    )


def _is_changed(word: str, spelling: CatalogueSpelling) -> bool:
    """Whether a repair makes another word of it. A plural made singular is none: "lymphomas" tells what "lymphoma" does."""
    repaired = spelling.repair(word)
    return repaired != word and (word != f"{repaired}s" or word.endswith("ss"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
