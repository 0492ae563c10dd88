"""The widget's files, which studios' pages load."""

from __future__ import annotations

import re

import httpx

from web.fixtures import Front


def get(front: Front, path: str) -> httpx.Response:
    return httpx.get(f"{front.url}{path}", trust_env=False)


def test_the_widget_names_its_second_file_which_any_page_may_load_and_keep(front: Front) -> None:
    (name,) = re.findall(r"widget-later\.\w+\.js", get(front, "/widget.js").text)
    later = get(front, f"/{name}?2")
    assert later.status_code == 200
    assert later.headers["content-type"].startswith("text/javascript")
    assert later.headers["access-control-allow-origin"] == "*"
    assert "immutable" in later.headers["cache-control"]


def test_the_second_file_of_another_release_is_not_there(front: Front) -> None:
    assert get(front, "/widget-later.0123456789ab.js").status_code == 404
