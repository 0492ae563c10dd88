"""A gateway of its own process over a scripted Rasa, for the desk's browser tests: quick to start, and the script says what
the assistant understands.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scenarios.servers import free_port
from starlette.responses import JSONResponse, Response
from web.serving import GatewayProcess, ScriptedRasa, Serving
from widget.conftest import SIGN_IN

from lamoon.booking import BookingRequest, Contact, DisclosedCondition
from lamoon.booking.store import BookingStore
from lamoon.desk.accounts.accounts import Accounts
from lamoon.settings import load_settings
from lamoon.storage.keys import cipher_from

COLLEAGUE = "Sam"
STUDIO = Path(__file__).parents[1] / "scenarios" / "studio.yml"
HELD = "LM-HELD"


PARKING = {"now": "utter_greet"}
"""What answers a question with the word "zappy"; "answer otherwise" changes it."""


def answer(body: Mapping[str, Any]) -> Response:
    """What the assistant says, by what is in the message."""
    words = str(body["message"])
    if "answer otherwise" in words:
        PARKING["now"] = "utter_out_of_scope/parking"
    if "zappy" in words:
        text = "You can park {} the house.".format("behind" if PARKING["now"] == "utter_greet" else "beside")
        return JSONResponse([{"text": text, "metadata": {"utter_action": PARKING["now"]}}])
    turn: dict[str, Any] = {"label": "faq/cost", "slots": {}}
    if "my name is" in words:
        turn["slots"] = {"visitor_name": words.partition("my name is ")[2].title(), "contact": "(212) 555-0143"}
    if "chest pain" in words:
        return JSONResponse([{"text": "Call 911 now.", "metadata": {"kind": "emergency", "turn": turn}}])
    if "clot" in words:
        turn["slots"] = {"booking_hold": True}
        return JSONResponse([{"text": "Please ask your doctor first.", "metadata": {"kind": "warning", "turn": turn}}])
    if "person" in words:
        turn |= {"label": "handoff_to_human", "form": "handoff_form", "actions": [{"name": "utter_handoff_intro"}]}
        question = {"text": "What would you like me to tell them?", "metadata": {"turn": turn}}
        return JSONResponse([{"text": "Of course, I'll pass this on."}, question])
    if "unsure" in words:
        turn["confidence"] = 0.3
    return JSONResponse([{"text": f"You said: {words}", "metadata": {"turn": turn}}])


@contextmanager
def desk_of_script(folder: Path, **variables: str) -> Iterator[tuple[str, BookingStore]]:
    """Its address, and the store for requests. SIGN_IN opens its desk; there is one colleague."""
    PARKING["now"] = "utter_greet"
    rasa = ScriptedRasa()
    rasa.answer = answer
    with Serving(rasa.app) as serving:
        own = {
            "LAMOON_DATA": str(folder),
            "LAMOON_STUDIO": str(shutil.copy(STUDIO, folder / "studio.yml")),  # which the desk changes
            "LAMOON_RASA_PORT": str(serving.port),
            "LAMOON_ACTIONS_PORT": str(free_port()),
            "LAMOON_MESSAGES_PER_MINUTE": "600",
        }
        process = GatewayProcess(own | variables, folder / "gateway.log")
        process.start()
        settings = load_settings(own | variables)
        store = BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))
        accounts = Accounts(store.database)
        accounts.add(SIGN_IN["DESK_NAME"], SIGN_IN["DESK_PASSWORD"], "owner")
        accounts.add(COLLEAGUE, SIGN_IN["DESK_PASSWORD"])
        try:
            yield process.url, store
        finally:
            store.close()
            process.stop()


def held_request(store: BookingStore, name: str = "Rose Hill") -> str:
    """A request on hold, and its reference."""
    condition = DisclosedCondition("blood_clot", "i had a clot last year")
    return store.submit(
        BookingRequest(
            conversation_id="web-x-0",
            run_id=name,
            name=name,
            contact=Contact("rose@example.com", ""),
            wish="Thursday after 5",
            consent=True,
            screening="details",
            health_words="my leg, you know",
            conditions=(condition,),
        )
    )
