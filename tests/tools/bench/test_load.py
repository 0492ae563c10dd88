"""The load bench: what is played, how turns are counted, and what is shown. The servers are driven in tests/web."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa.shared.core.domain import Domain

from tools.bench.load import __main__ as bench
from tools.bench.load import growth
from tools.bench.load.driver import Driver, Load, RestTalk
from tools.bench.load.figures import figures_of, load_table, memory_table, percentiles, process_table
from tools.bench.load.growth import Point, growth_table
from tools.bench.load.plain import write_project
from tools.bench.load.scripts import LONGEST, Script, endless, load_scripts
from tools.bench.sides import BenchmarkError

HELLO = Script("hello", ("hi", "does it hurt?", "thanks"))


def test_the_scenarios_are_played_but_those_that_switch_servers_off_or_try_limits() -> None:
    scripts = load_scripts()
    assert len(scripts) > 100
    names = {script.name for script in scripts}
    assert "happy_path/booking_by_email.yml" in names
    assert "action_server_down/warning.yml" not in names
    assert all(len(message) <= LONGEST for script in scripts for message in script.messages if isinstance(message, str))


def test_a_folder_without_scenarios_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="no conversation to play"):
        load_scripts(tmp_path)


def test_all_are_played_before_one_comes_again_in_the_same_order_for_a_seed() -> None:
    scripts = [Script(str(number), ()) for number in range(20)]
    first = list(islice(endless(scripts, 7), 40))
    assert first == list(islice(endless(scripts, 7), 40))
    assert Counter(first) == Counter(scripts * 2)
    assert first != list(islice(endless(scripts, 8), 40))


def test_percentiles_are_in_milliseconds() -> None:
    assert percentiles([number / 1000 for number in range(1, 102)]) == pytest.approx((51.0, 96.0, 100.0))


def test_no_turns_have_no_percentiles() -> None:
    with pytest.raises(BenchmarkError, match="No message was answered"):
        percentiles([])


def figures(name: str = "SQLite", p95: float = 0.1, rate: float | None = 60.0, **lost: int) -> Any:
    load = Load([p95] * 600, 10.0, Counter(lost), driver_seconds=0.6)
    used, held = {"Rasa": 6.0, "gateway": 3.0}, {"Rasa": (500.0, 400.0), "gateway": (100.0, 80.0)}
    return figures_of(name, 16, rate, load, used, held, 6000, 0.5)


def test_figures_are_a_turn() -> None:
    found = figures()
    assert (found.turns_a_second, found.processor["Rasa"], found.processor["driver"]) == (60.0, 10.0, 1.0)
    assert (found.servers_ms, found.transactions) == (15.0, 10.0)


def test_the_tables_show_each_layout_with_its_processes() -> None:
    found = [figures("one of each"), figures("two Rasa", apology=2)]
    assert "| two Rasa" in load_table(found)
    assert process_table(found).splitlines()[0].split("|")[-5:-2] == [" gateway ", " driver ", " servers together "]
    assert "500 / 400" in memory_table(found)
    assert "600 / 480" in memory_table(found)


@pytest.mark.parametrize(
    ("ours", "theirs", "held"),
    [
        (figures(p95=0.1), figures(bench.PLAIN, p95=0.12, rate=12.0), [True, True, True]),
        (figures(p95=0.2), figures(bench.PLAIN, p95=0.12, rate=12.0), [True, False, True]),
        (figures(p95=0.1, apology=1), figures(bench.PLAIN, p95=0.12, rate=12.0), [True, True, False]),
        (figures(p95=0.1, rate=90.0), figures(bench.PLAIN, p95=0.12, rate=18.0), [False, True, True]),
    ],
)
def test_the_demands_compare_with_rasas_default(ours: Any, theirs: Any, held: list[bool]) -> None:
    assert [one.held for one in bench.demands([ours, theirs])] == held


def test_nothing_is_demanded_without_the_default() -> None:
    assert bench.demands([figures()]) == []


@pytest.mark.parametrize("words", [["--visitors", "0"], ["--seconds", "soon"], ["--rate", "-5"], ["--unknown"]])
def test_wrong_arguments_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        bench.main(words)
    assert refused.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_a_growth_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert growth.main(["--postgres", "postgresql://nowhere/none", "--most-stored", "0"]) == 2
    assert "at least 1" in capsys.readouterr().err


def test_growth_is_shown_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [Point(1, 20.0, 20.0, {}, 0.5), Point(500, 24.0, 20.5, {"Rasa": 12.3, "gateway": 5.0}, 0.6)]
    assert "| 500          | 24         |" in growth_table("turns before", points)
    monkeypatch.setattr(growth, "PLOTS", tmp_path)
    growth.draw(points, "turns", "plot.svg")
    drawn = (tmp_path / "plot.svg").read_text()
    assert "milliseconds a turn" in drawn
    assert len(drawn) < 40_000


def answering(replies: Callable[[dict[str, Any]], Any]) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(replies(await request.json()))

    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", answer)
    return app


async def drive(app: web.Application, rate: float | None, visitors: int = 4) -> tuple[Load, list[int]]:
    marks: list[int] = []
    async with TestServer(app) as server:
        address = str(server.make_url("")).rstrip("/")
        driver = Driver(
            lambda session: RestTalk(session, address), endless([HELLO], 1), visitors, lambda: marks.append(1)
        )
        return await driver.run(0.5, 0.1, rate), marks


async def test_visitors_write_as_soon_as_they_are_answered() -> None:
    load, marks = await drive(answering(lambda body: [{"text": body["message"]}]), None)
    assert len(load.taken) > 50
    assert not load.lost
    assert len(marks) == 2


async def test_at_a_rate_messages_fall_due_whatever_the_server_does() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return web.json_response([{"text": "late"}])

    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", slow)
    load, _ = await drive(app, 60, visitors=2)
    assert len(load.taken) >= 5
    assert max(load.taken) > 0.15, "the wait for a free visitor counts"


async def test_a_message_without_a_reply_is_lost() -> None:
    load, _ = await drive(answering(lambda body: [] if body["message"] == "thanks" else [{"text": "yes"}]), None)
    assert load.lost["no reply: 200"]
    assert load.taken


def test_the_default_assistant_has_an_answer_and_a_rule_for_every_intent(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    phrases = [
        {"intent": label, "metadata": {"voice": "x"}, "examples": f"- {label}\n- {label} please\n"}
        for label in ("greet", "faq/cost", "faq/history", "out_of_scope/parking", "thank")
    ]
    (data / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": phrases}))
    (data / "responses.yml").write_text(yaml.safe_dump({"responses": {"utter_faq/cost": [{"text": "It depends."}]}}))
    write_project(data, tmp_path / "plain", 2)
    domain = Domain.load(tmp_path / "plain" / "domain.yml")
    assert {"greet", "faq", "out_of_scope", "thank", "nlu_fallback"} <= set(domain.intents)
    assert domain.responses["utter_faq/cost"][0]["text"] == "It depends."
    rules = yaml.safe_load((tmp_path / "plain" / "data" / "rules.yml").read_text())["rules"]
    actions = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert actions == {"utter_greet", "utter_faq", "utter_out_of_scope", "utter_thank", "utter_nlu_fallback"}
    assert yaml.safe_load((tmp_path / "plain" / "config.yml").read_text())["policies"][3]["epochs"] == 2
