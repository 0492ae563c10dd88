"""What the gateway itself says to people at messaging platforms."""

from __future__ import annotations

TEXT_ONLY = (
    "I can read text only, so I can't look at that or listen to it. Please tell me in a few words. If this is an "
    "emergency, call {emergency}."
)
STOPPED = "All right, you won't get any more messages from us here. Write again at any time, and we'll be there."
ASK_TO_DELETE = (
    "This deletes everything that you wrote here, and any request to the studio that you sent this way. It can't be "
    "undone. Shall I delete it?"
)
YES, NO = "Yes, delete everything", "No, keep it"
YES_WORDS, NO_WORDS = "Delete my data", "Never mind"
DELETED = "Everything that you wrote here is deleted."
KEPT = "All right, nothing was deleted."
NOTHING_KEPT = "There is nothing of yours to delete here."
USED = "That choice was used already. You can type your answer instead."
