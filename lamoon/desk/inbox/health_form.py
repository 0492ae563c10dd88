"""What the desk shows of a request's health form: whether it was sent and filled in, its link, and its versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lamoon.booking import BookingRequest
from lamoon.booking.health_form_mail import can_send_link
from lamoon.booking.health_form_store import PATH, FormState, HealthForms, Link
from lamoon.chat.services import Services
from lamoon.desk.privacy.personal_data import Rows
from lamoon.desk.request import DeskRequest
from lamoon.storage.encryption import EncryptionError, place_of
from lamoon.storage.tables import health_forms


@dataclass(frozen=True)
class FormView:
    """A form on its request's page.

    Attributes:
        state: what is known of it.
        address: the link to copy; empty where there is none that opens the form.
        can_mail: whether the desk can send it by e-mail.
    """

    state: FormState
    address: str
    can_mail: bool


def forms_of(services: Services) -> HealthForms:
    """The health forms."""
    return HealthForms(services.bookings.database, services.cipher, services.key, services.bookings.notice_settings)


def form_view(visit: DeskRequest, request: BookingRequest) -> FormView | None:
    """A request's form; None for a message to the team, which has none. Raises StoreError."""
    if request.kind != "booking":
        return None
    state = forms_of(visit.services).state(request.reference)
    live = state.link if state.link and not state.link.has_expired else None
    can_mail = can_send_link(visit.services.settings, request)
    return FormView(state, address_of(visit, live) if live else "", can_mail)


def address_of(visit: DeskRequest, link: Link) -> str:
    """The link as clients open it: at the public address, or the one at which the desk was opened."""
    base = visit.services.settings.channels.public_url or str(visit.request.base_url)
    return f"{base.rstrip('/')}{PATH}{link.token}"


def readable(services: Services, rows: Mapping[str, Rows]) -> dict[str, Rows]:
    """The rows of health forms for an export, decrypted."""
    found = rows.get(health_forms.name, ())
    return {health_forms.name: [_decrypted(services, row) for row in found]} if found else {}


def _decrypted(services: Services, row: dict[str, Any]) -> dict[str, Any]:
    try:
        text = services.cipher.open(row["content"], place_of(health_forms.c.content, row))
    except EncryptionError as error:
        return row | {"content": f"(cannot be read: {error})"}
    return row | {"content": json.loads(text)}
