"""Notebooks and numerical tests on simulated other machines: ``make test-portable``.

A library told to use other instructions rounds as another processor would, and so do another number
of threads, batches that a filled cache has changed, and noise on every embedding (``noise/``). Each
row below is one run of pytest; the table at the end says what failed.

    make test-portable                             each setting once, three seeds of the noise
    make test-portable PORTABLE=--all              each setting with 1 and 2 threads, cold and warm
    make test-portable PORTABLE="--seeds 20"       more noise
    make test-portable PORTABLE="--only oldest --notebooks"   what CI runs after `make test`
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}
OLDEST = {
    "MKL_CBWR": "COMPATIBLE",
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
}
SETTINGS = {
    "own": {},
    "aten-avx2": {"ATEN_CPU_CAPABILITY": "avx2"},
    "aten-default": {"ATEN_CPU_CAPABILITY": "default"},
    "avx2": AVX2,
    "oldest": OLDEST,
}
NUMERICAL = [
    f"tests/unit/test_{name}.py"
    for name in (
        "clip calibration embed encoding evaluate explain faithfulness fieldguide images margins"
        " output_rule reproducible report statistics zeroshot"
    ).split()
]


def planned(options) -> list[dict]:
    """The runs as dictionaries: setting, threads, cache, noise."""
    runs = []
    for number, setting in enumerate(SETTINGS):
        ways = [(threads, cache) for threads in (1, 2) for cache in ("cold", "warm")]
        once = [(1 + number % 2, ("cold", "warm")[number // 2 % 2])]
        for threads, cache in ways if options.all else once:
            runs.append({"setting": setting, "threads": threads, "cache": cache, "noise": None})
    for seed in range(options.seeds):
        runs.append({"setting": "own", "threads": 1, "cache": "warm", "noise": seed})
    if options.only:
        runs = [run for run in runs if run["setting"] == options.only and run["noise"] is None]
    return runs


def environment(run: dict, warm: Path) -> dict:
    """Environment variables of a run."""
    variables = {**os.environ, **SETTINGS[run["setting"]], "CLIPNB_PROGRESS": "0"}
    variables["OMP_NUM_THREADS"] = str(run["threads"])
    if run["cache"] == "warm":
        variables["CLIPNB_TEST_CACHE"] = str(warm)
    if run["noise"] is not None:
        variables["CLIPNB_TEST_NOISE"] = str(run["noise"])
        paths = [str(ROOT / "tests" / "support" / "noise"), os.environ.get("PYTHONPATH", "")]
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return variables


def tried(run: dict, warm: Path, what: list[str]) -> tuple[int, int, list[str]]:
    """How many tests passed and failed, and the lines that name the failed ones."""
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadscope", "--nbval"]
    command += ["--nbval-current-env", "--nbval-cell-timeout=600", "-p", "no:cacheprovider"]
    variables = environment(run, warm)
    done = subprocess.run(command + what, cwd=ROOT, env=variables, text=True, capture_output=True)
    summary = done.stdout.splitlines()[-1] if done.stdout else ""
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", summary)}
    lines = re.findall(r"^(?:FAILED|ERROR) .*", done.stdout, re.M)
    failed = counts.get("failed", 0) + counts.get("error", 0)
    if done.returncode and not failed:
        failed, lines = 1, [(done.stdout + done.stderr)[-500:]]
    return counts.get("passed", 0), failed, lines


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--all", action="store_true")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--only", choices=SETTINGS)
    options.add_argument("--notebooks", action="store_true", help="no other tests")
    options = options.parse_args()
    existing = [name for name in NUMERICAL if (ROOT / name).exists()]
    what = ["tests/conftest.py", "notebooks", *([] if options.notebooks else existing)]
    warm, total = Path(tempfile.mkdtemp(prefix="clipnb-warm-")), 0
    try:
        for run in planned(options):
            start = time.monotonic()
            passed, failed, lines = tried(run, warm, what)
            minutes, total = (time.monotonic() - start) / 60, total + failed
            name = run["setting"] if run["noise"] is None else f"noise, seed {run['noise']}"
            print(
                f"{name:<14} {run['threads']} threads, {run['cache']} cache:"
                f" {passed} passed, {failed} failed, {minutes:.1f} minutes",
                *lines,
                sep="\n  ",
                flush=True,
            )
    finally:
        shutil.rmtree(warm, ignore_errors=True)
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main())
