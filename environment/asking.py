"""Runs a notebook's cells in a kernel and then asks it for values: a job as JSON on the input, what came of it as one line of JSON on the output.

The job has `cells`, each run whether or not one before it failed, and `asks`, expressions of the kernel's language whose text is answered. It knows
no right answer: where it runs, in a place of sandbox.py, the code of a student runs too. Called by course.py.
"""
import json
import queue
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager

TEXT = 20_000    # letters of an answer


def value(client, code, seconds):
    """What a cell ends with, as text, and the sentence of its error; None where there is none."""
    sent = client.execute(code, stop_on_error=False)
    shown, error, end = None, None, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            answer = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if answer["parent_header"].get("msg_id") != sent:
            continue
        kind, content = answer["msg_type"], answer["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return shown, error
        if kind == "execute_result":
            shown = str(content["data"].get("text/plain", ""))[:TEXT]
        elif kind == "error":
            error = str(content.get("evalue", ""))[:500] or "an error without a word"
    return None, f"it did not end within {seconds} s"


def main():
    job = json.load(sys.stdin)
    manager = KernelManager(kernel_name="java")
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=job["seconds"])
    errors = [value(client, cell, job["seconds"])[1] for cell in job["cells"]]
    answers = [value(client, f"kawi.course.Exercises.answer({ask})", job["seconds"]) for ask in job["asks"]]
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    print("\n" + json.dumps({"errors": errors, "answers": answers}), flush=True)


if __name__ == "__main__":
    main()
