"""Booking requests: parsed from the visitor's answers, stored, and delivered to the studio.

    questions      contact, name, wish   ->  request  ->  store   one transaction:   outbox   ->  email  ->  mailer
    (parse_...)                              (rules)              request + notice   (retries)    (text)     (SMTP)

The assistant calls `parse_contact`, `parse_name`, `parse_wish`, builds a `BookingRequest` and hands it to
`BookingStore.submit`, which returns the reference for the visitor. `lamoon requests worker` does the rest.
"""

from lamoon.booking.answers import Invalid, parse_wish
from lamoon.booking.contact import Contact, parse_contact, parse_name
from lamoon.booking.request import BookingRequest, DisclosedCondition
from lamoon.booking.store import BookingStore, StoredRequest

__all__ = [
    "BookingRequest",
    "BookingStore",
    "Contact",
    "DisclosedCondition",
    "Invalid",
    "StoredRequest",
    "parse_contact",
    "parse_name",
    "parse_wish",
]
