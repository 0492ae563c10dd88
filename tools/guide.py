"""`lamoon guide LINE ... [--text GUIDE.txt]`: the lines of the guide behind a citation of `data/provenance.yml`.

The guide itself is not in the repository: its words belong to the studio's page. The index holds the words of each line
without their order, which is enough to find the line on the page. With the text at hand, `--text` prints the line
itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lamoon.errors import LamoonError
from lamoon.knowledge import load_topics
from lamoon.knowledge.article_index import ArticleIndex, build_index, is_heading, load_index
from lamoon.knowledge.provenance import Provenance, load_provenance
from lamoon.knowledge.terms import tokens
from lamoon.project import PROJECT


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the known words of each line. Returns the exit code: 2 for an unknown line or another text."""
    parser = argparse.ArgumentParser(prog="lamoon guide", description="What a citation of data/provenance.yml cites.")
    parser.add_argument("lines", metavar="LINE", type=int, nargs="+", help="a line of the guide, counted from 1")
    parser.add_argument("--text", type=Path, help="the guide's text, where you have it: prints the line itself")
    chosen = parser.parse_args(arguments)
    try:
        index, provenance = load_index(), load_provenance(PROJECT / "data" / "provenance.yml")
        text = _text(chosen.text, index)
        for line in chosen.lines:
            print("\n".join(_described(line, index, provenance, text)))
    except (LamoonError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _text(path: Path | None, index: ArticleIndex) -> list[str]:
    """Return the lines of the guide; none without a file.

    Raises:
        LamoonError: when the text is not the one that was indexed.
    """
    if path is None:
        return []
    text = path.read_text(encoding="utf-8")
    if build_index(text) != index:
        raise LamoonError(f"{path}: is not the text of data/article_index.json. Expected the guide as it was indexed.")
    return text.split("\n")


def _described(line: int, index: ArticleIndex, provenance: Provenance, text: Sequence[str]) -> Iterator[str]:
    if line not in index.lines:
        last = max(index.lines)
        raise LamoonError(f"The guide has no words in line {line}. Expected a line of text from 1 to {last}.")
    yield f'line {line}, under "{_heading(line, index)}"'
    yield f"  {text[line - 1]}" if text else f"  words: {' '.join(sorted(index.lines[line]))}"
    for answer, claims in provenance.claims.items():
        for claim in claims:
            if line in claim.lines:
                yield f"  cited by {answer}: {claim.quote}"


def _heading(line: int, index: ArticleIndex) -> str:
    """Return the nearest heading above that is in `data/topics.yml`."""
    found = ""
    nearest = 0
    for topic in load_topics().all:
        if not is_heading(topic.section, index):
            continue
        words = frozenset(token.text for token in tokens(topic.section))
        at = next(number for number, theirs in index.lines.items() if theirs == words)
        if nearest <= at <= line:
            nearest, found = at, topic.section
    return found


if __name__ == "__main__":
    sys.exit(main())
