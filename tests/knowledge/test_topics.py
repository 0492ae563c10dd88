from __future__ import annotations

from pathlib import Path

import pytest

from lamoon.errors import KnowledgeError
from lamoon.knowledge.topics import TITLE_LENGTH, load_topics

GOOD = """topics:
  - id: wind
    title: How strong must the wind be?
    section: Wind
    related: [string, sky, rain]
  - {id: string, title: Which string?, section: String, related: [wind, sky, rain]}
  - {id: sky, title: How high?, section: Sky, related: [wind, string, rain]}
  - {id: rain, title: In the rain?, section: Rain, related: [wind, string, sky]}
"""

TOPICS = (
    "what_is_mfr what_is_fascia how_it_works why_fascia_tightens referred_pain trigger_points "
    "referred_pain_examples benefits conditions_helped desk_posture range_of_motion athletes mfr_vs_deep_tissue "
    "mfr_vs_massage how_soon_results does_it_hurt session_experience direct_vs_indirect daily_smr what_is_smr "
    "smr_tools professional_vs_smr cost when_to_see_pro find_practitioner contraindications history about_studio"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "topics.yml"


def test_good_file_is_read(path: Path) -> None:
    path.write_text(GOOD)
    topics = load_topics(path)
    assert list(topics.by_id) == ["wind", "string", "sky", "rain"]
    assert topics.titles["wind"] == "How strong must the wind be?"
    assert [topic.id for topic in topics.related("wind")] == ["string", "sky", "rain"]
    assert [topic.id for topic in topics.related("wind", exclude={"sky"})] == ["string", "rain"]
    assert topics.related("unknown") == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("    section: Wind\n", "", 2, "topics[1].section: is missing"),
        ("    section: Wind\n", "    section: Wind\n    extra: 1\n", 5, "topics[1].extra: is not a field here"),
        ("id: sky,", "id: wind,", 7, "topics[3].id: 'wind' is here again (first in line 2)"),
        ("How high?", "how strong must the wind BE?", 7, "topics[3].title: is the title of line 3 again"),
        ("How strong", "How terribly and really strong", 3, f"at most {TITLE_LENGTH}, which fit"),
        ("[string, sky, rain]", "[string, sky]", 5, "expected: 3 different topics"),
        ("[string, sky, rain]", "[string, sky, sky]", 5, "expected: 3 different topics"),
        ("[string, sky, rain]", "[string, sky, wind]", 5, "expected: 3 different topics"),
        ("[string, sky, rain]", "[string, sky, hail]", 5, "there is no topic 'hail'"),
        ("topics:\n", "topic:\n", 1, "topic: is not a field here"),
    ],
)
def test_broken_file_names_its_line(path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(KnowledgeError) as error:
        load_topics(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert message in str(error.value)


def test_a_missing_file_is_an_error(path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_topics(path)


def test_project_topics_are_the_agreed_ones(root: Path) -> None:
    topics = load_topics(root / "data" / "topics.yml")
    assert list(topics.by_id) == TOPICS.split()
    assert all(title.endswith("?") for title in topics.titles.values())
    assert {topic.id for start in topics.all for topic in topics.related(start.id)} == set(topics.by_id) - {"history"}
