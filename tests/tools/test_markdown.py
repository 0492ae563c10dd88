"""Tables of reports: for pages, and aligned for the terminal."""

from __future__ import annotations

from tools.markdown import shortened, table


def test_a_table_of_a_page() -> None:
    assert table(("a", "b"), [("1|2", "3")]) == "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |\n"


def test_columns_of_an_aligned_table_have_one_width() -> None:
    assert table(("", "b"), [("long", "3")], aligned=True) == "|      | b |\n|------|---|\n| long | 3 |\n"


def test_a_table_without_rows_is_its_head() -> None:
    assert table(("a",), []) == "| a |\n| --- |\n"


def test_a_message_is_one_short_line() -> None:
    assert shortened("a\n b" + "c" * 200) == "a b" + "c" * 157
