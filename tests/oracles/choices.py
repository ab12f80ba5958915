"""Writes what EleutherAI's harness says of each answer to 200 questions of PIQA and of OpenBookQA, zero shot, and of 10 with five examples: harness.json.

Needs the benchmark's environment (environment/bench makes it in runs/bench/venv) and the model that tests/bench/Choices.java exports:
environment/bench --rows choices --quick, then runs/bench/venv/bin/python tests/oracles/choices.py tests/src/test/resources/kawi/eval/harness.json
"""
import pathlib
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[2]
sys.exit(subprocess.run([sys.executable, HOME / "tests/bench/choices.py", HOME / "runs/bench/data", "2", "full", pathlib.Path(sys.argv[1]).resolve()]).returncode)
