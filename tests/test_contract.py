"""Values passed between processes survive a round trip, and invalid ones raise a clear error."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamoon.contract import (
    EFFECTS,
    KINDS,
    SANDBOX,
    ConversationName,
    Crisis,
    CrisisLevel,
    Disclosure,
    Emergency,
    EmergencyStatus,
    HealthRecord,
    Label,
    ReplyMetadata,
    Whose,
    topic_of,
    topic_of_response,
)
from lamoon.errors import ContractError

ID = "0123456789abcdef" * 2
WORDS = st.text(max_size=20)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
DISCLOSURES = st.lists(
    st.builds(
        Disclosure,
        NAMES,
        WORDS,
        whose=st.sampled_from(get_args(Whose)),
        certain=st.booleans(),
        turn=st.integers(0, 99),
    ),
    max_size=3,
).map(tuple)
RECORDS = st.builds(
    HealthRecord,
    open=DISCLOSURES,
    retracted=DISCLOSURES,
    cleared=DISCLOSURES,
    mentioned=DISCLOSURES,
    warned=st.lists(NAMES, max_size=3).map(tuple),
    notes=st.lists(WORDS, max_size=3).map(tuple),
    asked=st.booleans(),
    emergency=st.builds(
        Emergency,
        text=st.just("") | NAMES,
        status=st.sampled_from(get_args(EmergencyStatus)),
        whose=st.sampled_from(get_args(Whose)),
        turn=st.integers(0, 9),
    ),
    crisis=st.builds(Crisis, level=st.sampled_from(get_args(CrisisLevel)), replies=st.integers(0, 9)),
    acknowledged=st.lists(NAMES, max_size=2).map(tuple),
    pending=st.just("") | NAMES,
    turn=st.integers(0, 99),
)


@given(NAMES, st.just("") | NAMES)
def test_a_label_is_read_as_it_was_written(intent: str, kind: str) -> None:
    label = Label(intent, kind)
    assert Label.parse(str(label)) == label


@pytest.mark.parametrize("text", ["", "/", "faq/", "/cost", "faq/cost/more"])
def test_what_is_no_label_is_an_error_and_names_no_topic(text: str) -> None:
    with pytest.raises(ContractError, match="is not a label"):
        Label.parse(text)
    assert topic_of(text) == ""


@pytest.mark.parametrize(
    ("label", "topic"), [("faq/cost", "cost"), ("out_of_scope/parking", ""), ("greet", ""), (None, "")]
)
def test_only_labels_of_the_guide_name_a_topic(label: str | None, topic: str) -> None:
    assert topic_of(label) == topic
    assert topic_of_response(f"utter_{label}") == topic
    assert topic_of_response(str(label)) == ""


@given(NAMES, st.integers(0, 500))
def test_a_conversations_name_is_read_as_it_was_written(channel: str, run: int) -> None:
    name = ConversationName(channel, ID, run)
    assert ConversationName.read(str(name)) == name
    assert len(name.runs) == run + 1
    assert name.runs[-1] == str(name)


@pytest.mark.parametrize("name", ["", "visitor-1", f"web-{ID}", f"web-{ID[:-1]}-0", f"Web-{ID}-0", f"web-{ID}-0\n"])
def test_names_of_other_programs_are_not_taken_apart(name: str) -> None:
    assert ConversationName.read(name) is None


def test_the_desks_own_conversations_are_known_by_their_channel() -> None:
    assert ConversationName(SANDBOX, ID, 0).is_sandbox
    assert not ConversationName("testing", ID, 0).is_sandbox


@given(RECORDS)
def test_a_health_record_comes_back_from_its_slot(record: HealthRecord) -> None:
    assert HealthRecord.from_slot(json.loads(json.dumps(record.to_slot()))) == record


def test_nothing_told_is_an_empty_record() -> None:
    assert HealthRecord.from_slot(None) == HealthRecord.from_slot({}) == HealthRecord()


def test_a_record_of_version_1_is_read_as_one_without_an_emergency() -> None:
    old = {
        "open": [{"id": "blood_clot", "words": "a clot"}],
        "retracted": [{"id": "infection", "words": ""}],
        "cleared": [],
        "warned": ["blood_clot"],
        "notes": ["x"],
        "asked": True,
        "reminders": 2,
    }
    expected = HealthRecord(
        open=(Disclosure("blood_clot", "a clot"),),
        retracted=(Disclosure("infection"),),
        warned=("blood_clot",),
        notes=("x",),
        asked=True,
    )
    assert HealthRecord.from_slot({"version": 1, **old}) == HealthRecord.from_slot(old) == expected
    assert expected.to_slot()["version"] == 2


@pytest.mark.parametrize(
    "value",
    [
        "gone",
        ["secret"],
        {"version": 3},
        {"version": "secret"},
        {"open": "secret"},
        {"open": [{"words": "secret"}]},
        {"open": [{"id": "", "words": "secret"}]},
        {"retracted": [{"id": "blood_clot", "words": 7}]},
        {"cleared": ["secret"]},
        {"warned": "secret"},
        {"notes": [7]},
        {"asked": "secret"},
        {"open": [{"id": "blood_clot", "whose": "secret"}]},
        {"open": [{"id": "blood_clot", "certain": "secret"}]},
        {"open": [{"id": "blood_clot", "turn": True}]},
        {"open": [{"id": "blood_clot", "secret": 1}]},
        {"emergency": "secret"},
        {"emergency": {"status": "secret"}},
        {"emergency": {"turn": True}},
        {"crisis": {"level": "secret"}},
        {"turn": "secret"},
        {"secret": 1},
    ],
)
def test_a_record_that_cannot_be_read_is_an_error_without_the_visitors_words(value: Any) -> None:
    with pytest.raises(ContractError, match=r"health_ledger cannot be read: .*expected") as raised:
        HealthRecord.from_slot(value)
    assert "secret" not in str(raised.value)


@given(
    st.builds(
        ReplyMetadata,
        kind=st.sampled_from(KINDS),
        topic=st.just("") | NAMES,
        section=WORDS,
        reference=WORDS,
        effect=st.none() | st.sampled_from(EFFECTS),
    )
)
def test_what_a_reply_says_of_itself_comes_back(metadata: ReplyMetadata) -> None:
    assert ReplyMetadata.from_dict(json.loads(json.dumps(metadata.to_dict()))) == metadata


def test_other_metadata_of_a_reply_is_left_alone() -> None:
    assert ReplyMetadata.from_dict({"utter_action": "utter_emergency", "notice": "warn"}) == ReplyMetadata()


@pytest.mark.parametrize(("name", "value"), [("kind", "loud"), ("kind", None), ("effect", "sings"), ("effect", "")])
def test_an_unknown_kind_or_effect_is_an_error(name: str, value: object) -> None:
    with pytest.raises(ContractError, match="expected one of"):
        ReplyMetadata.from_dict({name: value})
