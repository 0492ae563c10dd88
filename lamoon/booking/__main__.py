"""Requests, from the command line.

    lamoon requests worker          deliver notices until stopped (Ctrl-C or SIGTERM)
    lamoon requests worker --once   deliver what is due now, then end
    lamoon requests list            requests without names: reference, time, kind, hold, state, mail
    lamoon requests show LM-7K3F9   one request with all that the visitor said, and its history
    lamoon requests retry           put given-up notices back in the queue (or: retry LM-7K3F9)
    lamoon requests read --json     what messages say for a booking: {"text", "asked"} a line in, its fields out

Exit codes: 0 done, 1 not found or the database failed, 2 wrong usage, settings or studio.yml.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from types import FrameType

from lamoon import logs
from lamoon.booking.changes import Changes
from lamoon.booking.mail import body
from lamoon.booking.outbox import LEASE, Outbox, Worker
from lamoon.booking.request import read_reference
from lamoon.booking.routes import routes_of
from lamoon.booking.store import STATUSES, BookingStore
from lamoon.data_folder import open_data_folder
from lamoon.errors import ConfigurationError, LamoonError
from lamoon.settings import Settings, load_settings
from lamoon.storage.keys import cipher_from
from lamoon.studio import Studio, live_studio

CHANGE_SECONDS = 1.0
"""How often the worker checks whether the studio changed the settings of its routes."""
LOOK_SECONDS = 1.0
log = logging.getLogger("lamoon.booking")
DONE, FAILED, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        logs.configure(settings.log_level)
        studio = live_studio(settings)
        if asked.command == "read":
            return _read(asked, studio)
        open_data_folder(settings)
        store = BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))
        commands = {"worker": _worker, "list": _list, "show": _show, "retry": _retry}
        return commands[asked.command](asked, settings, studio, store)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return WRONG
    except LamoonError as error:
        print(error, file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader of `list | head` has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lamoon requests", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{worker,list,show,retry,read}")
    worker = commands.add_parser("worker", help="deliver notices to the studio and to clients")
    worker.add_argument("--once", action="store_true", help="deliver what is due now, then end")
    worker.add_argument("--poll", type=_seconds, default=2.0, metavar="SECONDS", help="how often to look (default 2)")
    lease = LEASE.total_seconds()
    worker.add_argument(
        "--lease", type=_seconds, default=lease, metavar="SECONDS", help=f"how long a claim lasts (default {lease:.0f})"
    )
    listing = commands.add_parser("list", help="list requests, oldest first")
    listing.add_argument("--status", choices=STATUSES, help="only those whose notice is so")
    listing.add_argument("--limit", type=_many, default=100, metavar="N", help="the newest N (default 100)")
    commands.add_parser("show", help="show one request").add_argument("reference", metavar="REF")
    again = commands.add_parser("retry", help="queue given-up notices again")
    again.add_argument("reference", metavar="REF", nargs="?", help="only this request's")
    read = commands.add_parser("read", help="read messages from standard input")
    read.add_argument(
        "--now", type=_moment, metavar="TIME", help="the present, as 2026-11-30T10:00 (default: the clock)"
    )
    read.add_argument("--json", action="store_true", help="one line of JSON a message")
    return parser


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a time such as 2026-11-30T10:00, not {text!r}") from None


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 86400:
        raise argparse.ArgumentTypeError("expected seconds, more than 0 and at most 86400")
    return value


def _many(text: str) -> int:
    value = int(text)
    if not 0 < value <= 1_000_000:
        raise argparse.ArgumentTypeError("expected a whole number from 1 to 1000000")
    return value


def _worker(asked: argparse.Namespace, settings: Settings, studio: Studio, store: BookingStore) -> int:
    """Run until a signal arrives; restart with the studio's changes, because routes hold its addresses."""
    over = _stop_on_signals()
    while True:
        stop, before = Event(), _of_routes(studio)
        if not asked.once:
            Thread(target=_stop_on_change, args=(over, stop, studio, before), daemon=True).start()
        done = _work(asked, settings, studio, store, over if asked.once else stop)
        if asked.once or over.is_set():
            return done
        log.info("studio.yml has changed: beginning again.")


def _of_routes(studio: Studio) -> tuple[object, ...]:
    """Return the settings that the routes and the calendar's keeper depend on."""
    return studio.notify_email, studio.name, studio.email, studio.calendar, studio.time_zone


def _stop_on_change(over: Event, stop: Event, studio: Studio, before: tuple[object, ...]) -> None:
    while not over.wait(CHANGE_SECONDS) and _of_routes(studio) == before:
        pass
    stop.set()


def _work(asked: argparse.Namespace, settings: Settings, studio: Studio, store: BookingStore, stop: Event) -> int:
    routes = routes_of(settings, studio)
    outbox = Outbox(store.database, routes, lease=timedelta(seconds=asked.lease))
    if studio.calendar.is_read and not asked.once:
        from lamoon.booking.calendar import keeper  # its libraries take 30 MB, which a studio without a calendar saves

        keeper.start(settings, studio, store.database, stop, partial(keeper.offer_time, store.notice_settings))
    if "studio_email" not in routes:
        log.warning("%s", _not_set_up(settings, studio, Outbox(store.database, ["studio_email"]).count("queued")))
    if not routes:
        if not asked.once:
            while not stop.wait(LOOK_SECONDS):
                pass  # without a limit, a signal just before the wait would not end it
        return DONE
    if given_up := outbox.count("failed"):
        log.warning("%d given up earlier. To try again: lamoon requests retry", given_up)
    log.info("Worker ready. Notices go by %s.", ", ".join(routes))
    worker = Worker(outbox, routes, poll=asked.poll)
    if asked.once:
        worker.run_once(stop)
    else:
        worker.run(stop)
    log.info("Worker stopped.")
    return DONE


def _stop_on_signals() -> Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        Thread(target=stop.set).start()  # not here: the interrupted code may hold the event's lock

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
    return stop


def _not_set_up(settings: Settings, studio: Studio, waiting: int) -> str:
    missing = [] if settings.smtp_host else ["LAMOON_SMTP_HOST and LAMOON_SMTP_FROM"]
    if not (settings.notify_email or studio.notify_email):
        missing.append(f"notify_email in {settings.studio.name} (or LAMOON_NOTIFY_EMAIL)")
    return (
        f"Mail is not set up, so nothing reaches the studio. Requests are stored and wait ({waiting} now). "
        f"Set {' and '.join(missing)}, then start the worker again. See docs/settings.md."
    )


def _read(asked: argparse.Namespace, studio: Studio) -> int:
    from lamoon.booking.reading import command  # the worker starts without spaCy and the grammar

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    now = asked.now or datetime.now(studio.zone)
    try:
        for message in command.read_lines(sys.stdin, now, studio.country, studio.zone):
            print(command.shown(message) if asked.json else command.readable(message), flush=True)
    except command.BadLineError as error:
        print(error, file=sys.stderr)
        return WRONG
    return DONE


def _list(asked: argparse.Namespace, _settings: Settings, studio: Studio, store: BookingStore) -> int:
    for stored in store.list(asked.status, limit=asked.limit):
        request = stored.request
        received = request.created_at.astimezone(studio.zone)
        hold = "HOLD" if stored.state == "held" else "-"
        print(
            f"{request.reference}  {received:%Y-%m-%d %H:%M}  {request.kind:8}  {hold:4}  {stored.state:12}  {stored.status}"
        )
    return DONE


def _show(asked: argparse.Namespace, _settings: Settings, studio: Studio, store: BookingStore) -> int:
    stored = store.get(read_reference(asked.reference))
    if stored is None:
        return _unknown(asked.reference)
    sent = f" at {stored.sent_at.astimezone(studio.zone):%Y-%m-%d %H:%M}" if stored.sent_at else ""
    problem = f", last problem: {stored.last_problem}" if stored.last_problem else ""
    print(body(stored.request, studio.zone))
    print(f"State: {stored.state.replace('_', ' ')}")
    if stored.stage.appointment:
        print(f"Appointment: {stored.stage.appointment.said(studio.zone)}")
    print(f"Mail to the studio: {stored.status}{sent}, attempts: {stored.attempts}{problem}")
    for entry in Changes(store.database).history(stored.request.reference):
        who, words = entry.staff or entry.actor, f": {entry.words}" if entry.words else ""
        print(f"{entry.at.astimezone(studio.zone):%Y-%m-%d %H:%M}  {who}  {entry.event.replace('_', ' ')}{words}")
    return DONE


def _retry(asked: argparse.Namespace, _settings: Settings, _studio: Studio, store: BookingStore) -> int:
    reference = read_reference(asked.reference) if asked.reference else None
    if reference and store.get(reference) is None:
        return _unknown(asked.reference)
    print(f"{Outbox(store.database).requeue(reference)} put back in the queue")
    return DONE


def _unknown(reference: str) -> int:
    print(f"There is no request {reference!r}. `lamoon requests list` shows all.", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        logs.protect("notifications")
    sys.exit(main())
