"""An index that checks answers against the guide without its text: the words of each line, and hashes of its word runs.

Rebuild it when the guide changes: `python -m lamoon.knowledge.article_index GUIDE.txt [INDEX.json]`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from lamoon.errors import KnowledgeError
from lamoon.knowledge.terms import number_forms, run_words, stem, tokens
from lamoon.project import PROJECT

RUN_LENGTH: Final = 9
HASH_LENGTH: Final = 12
DEFAULT_PATH: Final = PROJECT / "data" / "article_index.json"
_COMMAND: Final = "python -m lamoon.knowledge.article_index GUIDE.txt [INDEX.json]"
_USAGE: Final = f"usage: {_COMMAND}"
_FRESH: Final = ("an index of the guide, built by this version", _COMMAND)


@dataclass(frozen=True)
class ArticleIndex:
    """The words of each line of the guide (from line 1) and the hashes of every nine consecutive words."""

    lines: Mapping[int, frozenset[str]]
    runs: frozenset[str]

    @cached_property
    def _stems(self) -> Mapping[int, frozenset[str]]:
        return {line: number_forms(words) | {stem(word) for word in words} for line, words in self.lines.items()}

    def supports(self, lines: Iterable[int]) -> frozenset[str]:
        """Return words, stems and numbers of the given lines; unknown lines give nothing."""
        return frozenset().union(*(self._stems.get(line, frozenset()) for line in lines))


def is_heading(text: str, index: ArticleIndex) -> bool:
    """Return whether a line of the guide has exactly the words of the text."""
    return _line_words(text) in index.lines.values()


def _line_words(line: str) -> frozenset[str]:
    return frozenset(token.text for token in tokens(line))


def run_hash(words: Iterable[str]) -> str:
    """Return the shortened hash of a run of words in the index."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:HASH_LENGTH]


def build_index(text: str) -> ArticleIndex:
    """Build the index of a guide's text."""
    lines = {line: _line_words(content) for line, content in enumerate(text.split("\n"), 1)}
    words = run_words(text)
    runs = frozenset(run_hash(words[i : i + RUN_LENGTH]) for i in range(len(words) - RUN_LENGTH + 1))
    return ArticleIndex({line: found for line, found in lines.items() if found}, runs)


def copied_runs(text: str, index: ArticleIndex) -> list[str]:
    """Return the runs of nine or more words that the text shares with the guide, each at full length."""
    words = run_words(text)
    hits = [run_hash(words[i : i + RUN_LENGTH]) in index.runs for i in range(len(words) - RUN_LENGTH + 1)]
    found = []
    start = 0
    while start < len(hits):
        end = start
        while end < len(hits) and hits[end]:
            end += 1
        if end > start:
            found.append(" ".join(words[start : end + RUN_LENGTH - 1]))
        start = end + 1
    return found


def save_index(index: ArticleIndex, path: Path) -> None:
    """Write the index with one sorted row per line of the guide, so that diffs are readable."""
    rows = ",\n".join(f'    "{line}": {json.dumps(sorted(words))}' for line, words in sorted(index.lines.items()))
    hashes = sorted(index.runs)
    runs = ",\n".join("    " + ", ".join(map(json.dumps, hashes[i : i + 7])) for i in range(0, len(hashes), 7))
    head = f'  "run_length": {RUN_LENGTH},\n  "hash_length": {HASH_LENGTH},\n'
    path.write_text(f'{{\n{head}  "lines": {{\n{rows}\n  }},\n  "runs": [\n{runs}\n  ]\n}}\n', encoding="utf-8")


def load_index(path: Path = DEFAULT_PATH) -> ArticleIndex:
    """Read an index. Raises KnowledgeError when it is missing or was built for other lengths."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if (content["run_length"], content["hash_length"]) != (RUN_LENGTH, HASH_LENGTH):
            raise KnowledgeError(str(path), 1, "was made with other lengths", *_FRESH)
        lines = {int(line): frozenset(map(str, words)) for line, words in content["lines"].items()}
        return ArticleIndex(lines, frozenset(map(str, content["runs"])))
    except OSError as error:
        raise KnowledgeError(str(path), None, f"cannot be read ({error.strerror})", *_FRESH) from error
    except json.JSONDecodeError as error:
        raise KnowledgeError(str(path), error.lineno, f"is not valid JSON: {error.msg}", *_FRESH) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(str(path), 1, f"is not an index of the guide ({error!r})", *_FRESH) from error


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(_USAGE, file=sys.stderr)
        return 2
    guide, target = Path(arguments[0]), Path(arguments[1]) if len(arguments) == 2 else DEFAULT_PATH
    try:
        text = guide.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{guide}: cannot be read: {error}", file=sys.stderr)
        return 2
    index = build_index(text)
    save_index(index, target)
    print(f"{target}: {len(index.lines)} lines, {len(index.runs)} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
