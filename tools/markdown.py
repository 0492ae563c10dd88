"""Markdown tables of reports and generated pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, aligned: bool = False) -> str:
    """Return a table, ending with a line break; `aligned`: with padded columns for the terminal."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) if aligned else 0 for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |\n" for row in cells]
    rule = "|".join("-" * (width + 2) if aligned else " --- " for width in widths)
    return "".join([lines[0], f"|{rule}|\n", *lines[1:]])


def shortened(text: str, most: int = 160) -> str:
    """Return a message on one line, cut to a maximum length."""
    return " ".join(text.split())[:most]
