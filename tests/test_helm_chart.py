"""deploy/helm/lamoon says what the code understands: rendered by helm itself where `make deploy-tools` could get it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator, RefResolver

from lamoon.checks import is_address_or_local_name
from lamoon.cli import VERBS
from lamoon.project import PROJECT
from lamoon.settings import NAMES, SECRET_NAMES, load_settings

CHART = PROJECT / "deploy" / "helm" / "lamoon"
TEMPLATES = sorted((CHART / "templates").iterdir())
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((PROJECT / "deploy" / "compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
PROCESSES = {"gateway": "gateway", "rasa": "rasa-1", "actions": "actions", "worker": "notifications"}
"""The name of each process here and in compose.yml."""
OF_RASA = frozenset(("SQL_POOL_SIZE", "SQL_MAX_OVERFLOW", "POSTGRESQL_SCHEMA"))
KUBERNETES_DEFINITIONS = "https://kubernetes.io/api/_definitions.json"
KUBERNETES = PROJECT / ".tools" / "kubernetes"
EVERYTHING = (
    "rasa.autoscaling.enabled=true",
    "rasa.applicationSettings.initialModel=https://models.example.com/x.tar.gz",
    f"rasa.applicationSettings.initialModelSha256={'a' * 64}",
    "studio=name: La Moon",
    "existingSecrets.gateway=channels",
    "existingSecrets.worker=mail",
    "image.pullSecrets[0].name=registry",
    "ingress.className=nginx",
    "serviceAccount.annotations.a=b",
    "worker.extraEnv[0].name=TZ",
    "worker.extraEnv[0].value=UTC",
    "gateway.nodeSelector.a=b",
)


def helm(*words: str) -> subprocess.CompletedProcess[str]:
    """Run helm; skip if there is none."""
    own = PROJECT / ".tools" / "helm"
    program = str(own) if own.exists() else shutil.which("helm")
    if program is None:
        pytest.skip("no helm: make deploy-tools")
    return subprocess.run([program, *words], cwd=CHART.parent, capture_output=True, text=True, check=False)


def render(*values: str) -> list[dict[str, Any]]:
    """Return what the chart makes, with these values changed."""
    done = helm("template", "studio", "lamoon", *(word for value in values for word in ("--set", value)))
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def of_kind(documents: list[dict[str, Any]], *kinds: str) -> dict[str, dict[str, Any]]:
    """The documents of these kinds, by the end of their names."""
    prefix = "studio-lamoon"
    found = {one["metadata"]["name"]: one for one in documents if one["kind"] in kinds}
    return {name.removeprefix(prefix).removeprefix("-"): one for name, one in found.items()}


def pods(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The pod of each process and job."""
    found = of_kind(documents, "Deployment", "StatefulSet", "Job")
    return {name: one["spec"]["template"]["spec"] for name, one in found.items()}


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Return the paths of all values that are not a map, or an empty one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    else:
        yield path.removeprefix(".")


def used() -> set[str]:
    """The paths of the values that the templates use."""
    found = {name.rstrip(".") for name in re.findall(r"\.Values\.([\w.]+)", TEXT)}
    found |= {f"networkPolicy.{name}" for name in re.findall(r"\$policy\.(\w+)", TEXT)}
    for part in re.findall(r"\$component\.(\w+)|\"(\w+Probe)\"", TEXT):
        found |= {f"{process}.{name}" for process in PROCESSES for name in part if name}
    for part in re.findall(r"\$scaling\.(\w+)", TEXT):
        found |= {f"{process}.autoscaling.{part}" for process in ("gateway", "rasa")}
    return found


def exists(path: str) -> bool:
    value: Any = VALUES
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


def test_every_value_that_a_template_uses_exists() -> None:
    without_port = {
        "worker.applicationSettings",
        "worker.startupProbe",
        "worker.readinessProbe",
        "worker.livenessProbe",
    }
    optional = {f"{process}.applicationSettings.port" for process in PROCESSES} | without_port
    assert {path for path in used() - optional if not exists(path)} == set()


def test_every_value_is_used() -> None:
    whole = used() - {*VALUES} - {f"{name}.autoscaling" for name in PROCESSES} | {
        "podSecurityContext",
        "securityContext",
    }
    whole |= {name for name in VALUES if not isinstance(VALUES[name], dict)} & used() | {"config"}
    whole -= {f"{name}.applicationSettings" for name in PROCESSES}
    unused = [leaf for leaf in leaves(VALUES) if not any(leaf == path or leaf.startswith(f"{path}.") for path in whole)]
    assert unused == []


def test_the_values_are_what_their_schema_says() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(VALUES)] == []
    assert {*SCHEMA["properties"]} - {"global"} == {*VALUES}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("image.tag", "latest"),
        ("config.LAMOON_SECRET_KEY", "in a config map"),
        ("config.LAMOON_RASA_URL", "http://elsewhere"),
        ("gateway.replicas", 3),
        ("gateway.applicationSettings.port", 0),
        ("securityContext.readOnlyRootFilesystem", False),
        ("podSecurityContext.runAsUser", 0),
        ("existingSecrets.common", ""),
        ("rasa.applicationSettings.initialModel", "https://models.example.com/unchecked.tar.gz"),
    ],
)
def test_the_schema_refuses(path: str, value: object) -> None:
    changed = json.loads(json.dumps(VALUES))
    *way, last = path.split(".")
    place = changed
    for name in way:
        place = place[name]
    place[last] = value
    assert not Draft7Validator(SCHEMA).is_valid(changed)


def test_secrets_are_refused_in_the_config_map_and_all_other_settings_are_known() -> None:
    refused = {*SCHEMA["properties"]["config"]["propertyNames"]["not"]["enum"]}
    assert refused >= SECRET_NAMES
    assert refused <= {*NAMES}
    told = re.findall(r"\bLAMOON_[A-Z_]+\b", TEXT + (CHART / "values.yaml").read_text(encoding="utf-8"))
    assert {*told} <= {*NAMES}


def test_helm_finds_no_fault() -> None:
    done = helm("lint", "--strict", "lamoon")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["default", "everything"])
def test_kubernetes_knows_every_field(values: tuple[str, ...]) -> None:
    documents = render(*values)
    if not KUBERNETES.is_dir():
        pytest.skip("no schemas of Kubernetes: make deploy-tools")
    definitions = json.loads((KUBERNETES / "_definitions.json").read_text(encoding="utf-8"))
    for one in documents:
        version = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", one["apiVersion"])
        schema = json.loads((KUBERNETES / f"{one['kind'].lower()}-{version}.json").read_text(encoding="utf-8"))
        resolver = RefResolver.from_schema(schema, store={KUBERNETES_DEFINITIONS: definitions})
        problems = Draft202012Validator(schema, resolver=resolver).iter_errors(one)
        assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in problems] == [], one["metadata"][
            "name"
        ]
    names = [(one["kind"], one["metadata"]["name"]) for one in documents]
    assert len({*names}) == len(names)


def test_processes_are_those_of_compose_and_run_verbs_of_the_image() -> None:
    found = pods(render())
    for process, service in PROCESSES.items():
        (container,) = found[process]["containers"]
        assert container["args"] == COMPOSE["services"][service]["command"]
        assert container["args"][0] in VERBS
        assert "command" not in container, "the image's entry point takes the verb"
    assert found["migration"]["containers"][0]["args"] == ["database", "upgrade"]
    assert 'ENTRYPOINT ["/opt/venv/bin/python", "-m", "lamoon"]' in DOCKERFILE
    assert "/opt/venv/bin/python" in TEXT
    assert "WORKDIR /srv/lamoon" in DOCKERFILE


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["default", "everything"])
def test_pods_have_least_rights(values: tuple[str, ...]) -> None:
    user = int(re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)[-1])
    for name, pod in pods(render(*values)).items():
        assert pod["automountServiceAccountToken"] is False, name
        assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsNonRoot"]) == (user, True)
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
        for container in pod["containers"]:
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}
            assert "memory" in container["resources"]["limits"]
            assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/tmp", "/var/lib/lamoon"}
            assert {mount["name"] for mount in container["volumeMounts"]} <= {one["name"] for one in pod["volumes"]}


def test_probes_ask_for_what_the_code_serves() -> None:
    serves = {
        "gateway": ("lamoon/web/chat_api.py", 'Route("/chat/studio"', "/chat/studio"),
        "rasa": ("lamoon/nlu/rest_channel.py", '@webhook.route("/", methods=["GET"])', "/webhooks/rest/"),
        "actions": ("deploy/compose.yml", "127.0.0.1:5055/health", "/health"),
    }
    ports = {"gateway": 8080, "rasa": 5005, "actions": 5055}
    found = pods(render())
    for process, (file, said, path) in serves.items():
        assert said in (PROJECT / file).read_text(encoding="utf-8")
        (container,) = found[process]["containers"]
        assert container["ports"] == [{"name": "http", "containerPort": ports[process]}]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"] == {"path": path, "port": "http"}
    assert not any("Probe" in key for key in found["worker"]["containers"][0])


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["default", "everything"])
def test_the_settings_are_valid_and_lead_to_services_that_exist(values: tuple[str, ...], tmp_path: Path) -> None:
    documents = render(*values)
    config = of_kind(documents, "ConfigMap")[""]["data"]
    assert {*config} <= {*NAMES} | OF_RASA
    (tmp_path / "studio.yml").write_text("name: La Moon\n", encoding="utf-8")
    ours = {"LAMOON_DATA": str(tmp_path), "LAMOON_STUDIO": str(tmp_path / "studio.yml")}
    settings = load_settings(config | ours)
    services = {one["metadata"]["name"]: one for one in documents if one["kind"] == "Service"}
    for address in (*settings.rasa_addresses, settings.actions_address):
        host, port = re.fullmatch(r"http://([^:]+):(\d+)", address).groups()  # type: ignore[union-attr]
        assert is_address_or_local_name(host), "Rasa and the action server refuse other names"
        assert services[host]["spec"]["ports"][0]["port"] == int(port)
    replicas = 8 if values else 2
    assert len(settings.rasa_addresses) == replicas
    labels = {
        name: one["spec"]["template"]["metadata"]["labels"]
        for name, one in of_kind(documents, "Deployment", "StatefulSet").items()
    }
    for name, service in of_kind(documents, "Service").items():
        process = re.sub(r"-\d+$", "", name)
        wanted = dict(service["spec"]["selector"])
        if process != name:
            assert wanted.pop("statefulset.kubernetes.io/pod-name") == service["metadata"]["name"]
        assert wanted.items() <= labels[process].items()


def test_only_the_gateway_can_be_reached() -> None:
    documents = render()
    policies = of_kind(documents, "NetworkPolicy")
    assert policies.keys() == pods(documents).keys()
    for name, policy in policies.items():
        spec = policy["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        sources = [source for rule in spec.get("ingress", ()) for source in rule["from"]]
        if name == "gateway":
            assert sources == VALUES["networkPolicy"]["ingressFrom"]
        inside = [
            one["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for one in sources if "podSelector" in one
        ]
        assert inside == {"rasa": ["gateway"], "actions": ["gateway", "rasa"]}.get(name, [])
    (ingress,) = of_kind(documents, "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    assert [path["backend"]["service"]["name"] for path in rule["http"]["paths"]] == ["studio-lamoon-gateway"]
    assert {one["spec"].get("type", "ClusterIP") for one in documents if one["kind"] == "Service"} == {"ClusterIP"}


def test_an_update_takes_no_process_away_before_the_next_is_there() -> None:
    documents = render()
    budgets = of_kind(documents, "PodDisruptionBudget")
    assert budgets.keys() == PROCESSES.keys()
    for name, one in of_kind(documents, "Deployment").items():
        assert one["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}, name
    rasa = of_kind(documents, "StatefulSet")["rasa"]["spec"]
    assert rasa["updateStrategy"] == {"type": "RollingUpdate"}, (
        "one by one, and gateways pass over the one that is away"
    )
    assert rasa["replicas"] >= 2
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in documents if one["kind"] == "HorizontalPodAutoscaler"}
    assert scaled == {"studio-lamoon-gateway"}
    assert "replicas" not in of_kind(documents, "Deployment")["gateway"]["spec"]


@pytest.mark.parametrize(
    "change",
    [
        ["image.tag=1.0.1"],
        ["rasa.applicationSettings.initialModel=https://a.example/b.tar.gz", f"rasa.applicationSettings.initialModelSha256={'b' * 64}"],
        [f"rasa.applicationSettings.initialModelSha256={'c' * 64}", "rasa.applicationSettings.initialModel=https://a.example/b.tar.gz"],
        ["config.LAMOON_TOKEN_DAYS=7"],
    ],
)  # fmt: skip
def test_another_model_image_or_setting_is_a_rolling_update(change: list[str]) -> None:
    before, after = (of_kind(render(*values), "StatefulSet")["rasa"]["spec"] for values in ([], change))
    assert before["template"] != after["template"]


def test_the_database_is_brought_up_to_date_first() -> None:
    documents = render()
    (job,) = [one for one in documents if one["kind"] == "Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"secretRef": {"name": "lamoon"}}], "nothing that the chart makes only later"
