"""Random faults under load: two machines on one PostgreSQL, visitors who book and ask, and one or two faults a run.

Afterwards nothing that was accepted is lost or doubled, every visitor was answered or read that the message is kept, and
both gateways answer again without a hand.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from scenarios.mailbox import Mailbox
from scenarios.servers import free_port
from sqlalchemy import text as sql
from web.balancer import Balancer
from web.layout import SHARED
from web.serving import until
from web.visitor import Visitor

from faults.breaking import Disk
from faults.launched import Machine
from faults.postgres import Cluster, programs
from faults.robot import ANSWER_SECONDS, NoAnswerError, Robot
from lamoon.booking import BookingStore
from lamoon.storage.encryption import Cipher

DISK = "size=420m,mode=755"
VISITORS = 6
BOOKING = 4
"""So many of them book, the others ask."""
QUESTIONS = ("does it hurt?", "what is fascia?", "how soon will i feel better?", "what are trigger points?", "thanks")
TOLD_SECONDS = 30.0
"""How long after acceptance a visitor may know nothing."""
RECOVERY_SECONDS = 30.0
MAIL_SECONDS = 90.0
Mend = Callable[[], None]
REPLIES = sql(
    "SELECT m.id, count(r.id) FROM chat_messages m LEFT JOIN chat_messages r ON r.reply_to = m.id AND r.position = 0 "
    "AND r.author = 'bot' WHERE m.author = 'visitor' AND m.conversation_id = :one GROUP BY m.id ORDER BY m.id"
)
APOLOGIES = sql("SELECT reply_to FROM chat_messages WHERE kind = 'apology' AND conversation_id = :one")


class MoodyMailbox(Mailbox):
    """An inbox that may be slow, or take nothing for now."""

    slow = 0.0
    refuses = False

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        """Takes a mail, or does not (called by aiosmtpd)."""
        await asyncio.sleep(self.slow)
        if self.refuses:
            return "451 not now"
        return await super().handle_DATA(server, session, envelope)  # type: ignore[arg-type]


@dataclass
class Outcome:
    """What a run came to. `problems` are sentences; seconds: the longest until a visitor knew, and until all was well."""

    faults: list[str]
    messages: int = 0
    bookings: int = 0
    apologies: int = 0
    told: float = 0.0
    recovery: float = 0.0
    problems: list[str] = field(default_factory=list)


class Storm:
    """Two machines, their PostgreSQL on a small disk, an inbox, and a balancer, for as long as the block lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Storm:
        binaries = programs()
        assert binaries, "PostgreSQL's own programs (initdb, pg_ctl) are not installed"
        with ExitStack() as stack:
            disk = stack.enter_context(_small_disk())
            self.disk = Disk(disk) if disk.is_mount() else None
            self.cluster = stack.enter_context(Cluster(binaries, place=disk))
            self.mailbox = MoodyMailbox(free_port())
            self.mailbox.open()
            stack.callback(self.mailbox.close)
            self.machines = [Machine(self._folder / name, self.cluster.url, self.mailbox.port) for name in ("a", "b")]
            every = ",".join(machine.rasa for machine in self.machines)
            for machine in self.machines:
                machine.variables["LAMOON_RASA_URL"] = every
                stack.callback(machine.stop)
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(Machine.start, self.machines))
            self.url = stack.enter_context(Balancer([machine.url for machine in self.machines])).url
            self.store = BookingStore(self.cluster.url, cipher=Cipher([SHARED["LAMOON_SECRET_KEY"]]))
            stack.callback(self.store.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, dice: random.Random, names: list[str] | None = None) -> Outcome:
        """Has visitors write, does harm in the middle of it, and looks at what became of it."""
        kinds = self.kinds()
        chosen = names or dice.sample(sorted(kinds), dice.choice((1, 1, 2)))
        outcome = Outcome(chosen)
        robots = [Robot(Visitor(self.url), reads_apologies=True) for _ in range(VISITORS)]
        with ThreadPoolExecutor(VISITORS + 1) as threads:
            talks = [threads.submit(self._talk, robot, number < BOOKING) for number, robot in enumerate(robots)]
            time.sleep(dice.uniform(0.5, 3.0))
            mends = [(name, kinds[name](dice)) for name in chosen]
            time.sleep(dice.uniform(4.0, 12.0))
            for _, mend in mends:
                mend()
            over = time.monotonic()
            recovered = threads.submit(self._recover, over)
            references = [_result(talk, outcome) for talk in talks]
            outcome.recovery = recovered.result()
        if outcome.recovery > RECOVERY_SECONDS:
            outcome.problems.append(f"all was well {outcome.recovery:.0f} s after the fault")
        for robot, reference in zip(robots, references, strict=True):
            self._look(robot, reference, outcome)
        return outcome

    def kinds(self) -> dict[str, Callable[[random.Random], Mend]]:
        """Faults by name: each strikes when called, and returns what ends it."""
        found: dict[str, Callable[[random.Random], Mend]] = {
            f"SIGKILL {name}": lambda dice, name=name: self._kill(dice.choice(self.machines), name)  # type: ignore[misc]
            for name in ("rasa", "actions", "notifications", "gateway")
        }
        found |= {
            "SIGKILL both gateways": lambda dice: self._kill_all("gateway"),
            "SIGKILL both rasa": lambda dice: self._kill_all("rasa"),
            "hung rasa": lambda dice: self._hang(dice.choice(self.machines), "rasa"),
            "hung actions": lambda dice: self._hang(dice.choice(self.machines), "actions"),
            "PostgreSQL restarted": lambda dice: self._restart(dice.uniform(0.5, 6.0)),
            "connections cut": lambda dice: self._cut(),
            "clock jump": lambda dice: self._jump(
                dice.choice(self.machines), dice.choice((-86_400, -3600, 3600, 3_000_000))
            ),
            "slow SMTP": lambda dice: self._mail(slow=8.0),
            "refusing SMTP": lambda dice: self._mail(refuses=True),
        }
        return found | ({"disk full": lambda dice: self._fill()} if self.disk else {})

    def _kill(self, machine: Machine, name: str) -> Mend:
        machine.signal(name, signal.SIGKILL)
        return lambda: None

    def _kill_all(self, name: str) -> Mend:
        for machine in self.machines:
            machine.signal(name, signal.SIGKILL)
        return lambda: None

    def _hang(self, machine: Machine, name: str) -> Mend:
        pid = machine.pid(name)
        machine.signal(name, signal.SIGSTOP)
        return lambda: (machine.pid(name) == pid and machine.signal(name, signal.SIGCONT)) or None  # type: ignore[return-value]

    def _restart(self, seconds: float) -> Mend:
        self.cluster.restart(seconds)
        return lambda: None

    def _cut(self) -> Mend:
        self.cluster.cut()
        return lambda: None

    def _jump(self, machine: Machine, seconds: float) -> Mend:
        machine.shift(seconds)
        return lambda: machine.shift(0)

    def _mail(self, slow: float = 0.0, *, refuses: bool = False) -> Mend:
        self.mailbox.slow, self.mailbox.refuses = slow, refuses

        def mend() -> None:
            self.mailbox.slow, self.mailbox.refuses = 0.0, False

        return mend

    def _fill(self) -> Mend:
        assert self.disk
        self.disk.fill()

        def mend() -> None:
            assert self.disk
            self.disk.free()
            self.cluster.start_again()

        return mend

    def _talk(self, robot: Robot, books: bool) -> str | None:
        if books:
            return robot.book()
        for question in QUESTIONS * 2:
            robot.say(question)
        return None

    def _recover(self, over: float) -> float:
        """Seconds until each gateway has answered somebody new."""
        for machine in self.machines:
            while time.monotonic() < over + ANSWER_SECONDS:
                try:
                    probe = Robot(Visitor(machine.url))
                    probe.say("does it hurt?")
                    break
                except (httpx.HTTPError, AssertionError, NoAnswerError):
                    time.sleep(0.2)
        return time.monotonic() - over

    def _look(self, robot: Robot, reference: str | None, outcome: Outcome) -> None:
        name = robot.visitor.conversation
        outcome.told = max(outcome.told, robot.longest_silence)
        if robot.longest_silence > TOLD_SECONDS:
            outcome.problems.append(f"{name} read nothing for {robot.longest_silence:.0f} s")
        with self.store.database.reading("look") as connection:
            replies = connection.execute(REPLIES, {"one": name}).all()
            apologised = set(connection.execute(APOLOGIES, {"one": name}).scalars())
        outcome.messages += len(replies)
        outcome.apologies += len(apologised)
        if len(replies) != len(robot.said):
            outcome.problems.append(f"{name} sent {len(robot.said)} messages and {len(replies)} are kept")
        outcome.problems += [f"message {one} has {count} answers" for one, count in replies if count != 1]
        heard = self._heard(name)
        wanted = [one for one, _ in replies if one in heard or one not in apologised]
        if heard != wanted:
            outcome.problems.append(f"{name}: Rasa heard {heard} of {wanted}")
        stored = [row.request for row in self.store.list(limit=10_000)]
        found = [one.reference for one in stored if one.conversation_id == f"web-{name}-0"]
        outcome.bookings += len(found)
        if found != ([reference] if reference else []):
            outcome.problems.append(f"{name} was given {reference}, and {found} are stored")
        if reference:
            try:
                keys = until(lambda: self._mails(reference), "the mail", MAIL_SECONDS)
            except AssertionError:
                keys = set()
            if len(keys) != 1:
                outcome.problems.append(f"{len(keys)} mails about {reference}")

    def _mails(self, reference: str) -> set[str]:
        return {str(one["X-Idempotency-Key"]) for one in self.mailbox.mails if reference in str(one["Subject"])}

    def _heard(self, name: str) -> list[int]:
        for machine in self.machines:
            try:
                answer = httpx.get(
                    f"{machine.rasa}/webhooks/rest/conversations/web-{name}-0", trust_env=False, timeout=30
                ).json()
            except httpx.HTTPError:
                continue
            ids = [event["metadata"].get("message_id") for event in answer if event["event"] == "user"]
            return [one for one in ids if one is not None]
        return []


def _result(talk: object, outcome: Outcome) -> str | None:
    try:
        return talk.result()  # type: ignore[attr-defined,no-any-return]
    except (NoAnswerError, AssertionError, httpx.HTTPError) as problem:
        outcome.problems.append(f"{type(problem).__name__}: {str(problem)[:200]}")
        return None


@contextmanager
def _small_disk() -> Iterator[Path]:
    """A disk in memory that PostgreSQL's user may enter; an ordinary folder where this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="lamoon-disk-"))
    folder.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(folder)
