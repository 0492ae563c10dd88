"""The rules of deploy/prometheus and the dashboard of deploy/grafana, against a real gateway and the runbook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from promql import PromqlError, parse
from scenarios.servers import free_port, settings_of
from web.serving import GatewayProcess

from lamoon.booking.calendar import copy
from lamoon.project import PROJECT
from lamoon.storage.database import Database
from lamoon.storage.time import now

ALERTS = PROJECT / "deploy" / "prometheus" / "alerts.yml"
SCRAPE = PROJECT / "deploy" / "prometheus" / "prometheus.yml"
DASHBOARD = PROJECT / "deploy" / "grafana" / "dashboard.json"
RUNBOOK = PROJECT / "docs" / "operations.md"
OF_PROMETHEUS: Mapping[str, dict[str, set[str]]] = {"up": {"job": {"lamoon"}, "instance": set()}}
"""Metrics that Prometheus itself adds."""
GROUPS = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
RULES: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
PANELS = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
EXPRESSIONS = [
    *(pytest.param(rule["expr"], id=rule["alert"]) for rule in RULES),
    *(pytest.param(one["expr"], id=panel["title"]) for panel in PANELS for one in panel["targets"]),
]
Known = Mapping[str, Mapping[str, set[str]]]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """The metrics of a freshly started gateway: by name, their labels with values."""
    folder = tmp_path_factory.mktemp("alerts")
    gateway = GatewayProcess(settings_of(folder / "data", free_port()), folder / "log")
    gateway.start()
    try:
        database = Database(f"sqlite:///{folder / 'data' / 'lamoon.db'}")
        copy.store(database, copy.Copy(now(), now(), ()))
        database.close()
        page = httpx.get(f"{gateway.url}/metrics", trust_env=False).text
    finally:
        gateway.stop()
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found[sample.name]["instance"] |= set()
            for name, value in sample.labels.items():
                found[sample.name][name].add(value)
    return {**found, **OF_PROMETHEUS}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_reads_what_a_gateway_shows(expression: str, known: Known) -> None:
    parsed = parse(expression)
    assert parsed.selectors
    for selector in parsed.selectors:
        assert selector.metric in known
        for name, _, value in selector.matchers:
            assert value in known[selector.metric][name], selector
    for label in parsed.labels:
        assert any(label in known[selector.metric] for selector in parsed.selectors), label


def test_every_metric_is_on_the_dashboard_or_in_an_alert(known: Known) -> None:
    read = {selector.metric for param in EXPRESSIONS for selector in parse(str(param.values[0])).selectors}
    shown = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in known}
    assert shown == {re.sub(r"_(bucket|count|sum)$", "", name) for name in read} | {
        name for name in shown if f"{name}_total" in known
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_and_leads_to_its_line_of_the_runbook(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smhd]", rule["for"])
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert len(rule["annotations"]["summary"]) > 20
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert PROJECT / page == RUNBOOK
    assert anchor == rule["alert"].lower()
    section = RUNBOOK.read_text(encoding="utf-8").partition(f"\n### {rule['alert']}\n")[2].partition("\n#")[0]
    assert len(section.split()) > 15, f"{RUNBOOK} has to say what to do about {rule['alert']}"


def test_names_are_unique_and_the_runbook_has_no_others() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
    assert len({group["name"] for group in GROUPS}) == len(GROUPS)
    headings = re.findall(r"^### (Lamoon\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == names


def test_the_scrape_configuration_names_the_rules_and_the_job() -> None:
    found = yaml.safe_load(SCRAPE.read_text(encoding="utf-8"))
    assert [(SCRAPE.parent / name) for name in found["rule_files"]] == [ALERTS]
    assert [job["job_name"] for job in found["scrape_configs"]] == ["lamoon"]


def test_the_dashboard_s_panels_have_a_place_of_their_own() -> None:
    assert len({panel["id"] for panel in PANELS}) == len({panel["title"] for panel in PANELS}) == len(PANELS)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in PANELS]
    assert len(set(places)) == len(places)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in PANELS)


def test_promtool_accepts_the_rules() -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed")
    subprocess.run(["promtool", "check", "rules", ALERTS], check=True, capture_output=True)


@pytest.mark.parametrize(
    "wrong",
    [
        "sum(rate(a_total[5m])",
        "rate(a_total)",
        "sum(a_total[5m])",
        "a_total[5m]",
        "nonsense(a)",
        "histogram_quantile(a, 0.5)",
        'a{b="c"',
        "a{b=c}",
        "a b",
        "a > > 1",
        "a and 1",
        "sum by le (a)",
        "rate(a_total[5 minutes])",
        "a; b",
        "",
    ],
)
def test_the_checks_of_expressions_can_fail(wrong: str) -> None:
    with pytest.raises(PromqlError):
        parse(wrong)


def test_what_an_expression_reads_is_found() -> None:
    parsed = parse('sum by (le) (rate(a_bucket{b="c", d!~"e"}[5m] offset 1h)) / on (f) -b > bool 2 and c')
    assert [selector.metric for selector in parsed.selectors] == ["a_bucket", "b", "c"]
    assert parsed.selectors[0].matchers == (("b", "=", "c"), ("d", "!~", "e"))
    assert parsed.labels == {"le", "f"}
