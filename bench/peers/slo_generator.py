"""slo-generator of PyPI in an environment of its own, asking Prometheus."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from bench.figure import expect
from bench.peers.traffic import TARGET, WINDOW_S
from bench.place import cache

RELEASE = "2.6.0"
WINDOWS = (3_600, 43_200, 86_400, WINDOW_S)


def installed(*, make: bool) -> Path | None:
    """Its program; made with `make`, which needs a package index and half a minute."""
    place = cache() / f"slo-generator-{RELEASE}"
    found = place / "bin/slo-generator"
    if not found.exists() and make:
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        wanted = [f"slo-generator[prometheus]=={RELEASE}", "setuptools<81"]
        try:
            subprocess.run([place / "bin/python", "-m", "pip", "install", "-q", *wanted], check=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(place)
    return found if found.exists() else None


def computed(found: Path, folder: Path, url: str, slos: int) -> tuple[float, float]:
    """Its own processor seconds for one run over the SLOs with four windows each, and slo-0's budget left."""
    definitions = folder / "definitions"
    definitions.mkdir()
    for number in range(slos):
        name = f"slo-{number}"
        indicator = {
            "filter_good": f'bench_requests_total{{slo="{name}",code!~"5.."}}',
            "filter_bad": f'bench_requests_total{{slo="{name}",code=~"5.."}}',
        }
        labels = {"service_name": "bench", "feature_name": "peers", "slo_name": name}
        spec = {
            "description": name,
            "backend": "prometheus",
            "method": "good_bad_ratio",
            "exporters": [],
            "service_level_indicator": indicator,
            "goal": TARGET,
        }
        body = {"apiVersion": "sre.google.com/v2", "kind": "ServiceLevelObjective"}
        whole = {**body, "metadata": {"name": name, "labels": labels}, "spec": spec}
        (definitions / f"{name}.yaml").write_text(json.dumps(whole))
    steps = [
        {"name": f"{window} s", "burn_rate_threshold": 1.0, "alert": False, "window": window}
        | {"message_alert": "burns", "message_ok": "fine"}
        for window in WINDOWS
    ]
    config = {"backends": {"prometheus": {"url": url}}, "error_budget_policies": {"default": {"steps": steps}}}
    (folder / "config.yaml").write_text(json.dumps(config))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(found), "compute", "-f", str(definitions), "-c", str(folder / "config.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = done.stdout + done.stderr
    line = re.search(rf"slo-0\s+\| {WINDOW_S} s\s+\| SLI:\s*([\d.]+)\s*%", said)
    expect(line is not None, f"slo-generator does not say the SLI: {said[-1500:]}")
    sli = float(line[1]) / 100 if line else 0.0
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, 1 - (1 - sli) / (1 - TARGET)
