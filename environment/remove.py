"""Runs a command while no environment/run is at work on a run. Called by environment/remove as: remove.py RUN COMMAND...; KAWI_HOME names the clone."""
import fcntl
import os
import pathlib
import subprocess
import sys


def main():
    run, command = sys.argv[1], sys.argv[2:]
    try:
        lock = open(pathlib.Path(os.environ["KAWI_HOME"]) / "runs" / run / ".lock", "w")
    except OSError as error:
        sys.exit(f"The folder runs/{run} cannot be written ({error.strerror}): make room or rights.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"environment/run is at work on the run '{run}': wait for it to end, or stop it first.")
        try:
            return subprocess.run(command, pass_fds=[lock.fileno()]).returncode  # it keeps the lock where this process is killed
        except KeyboardInterrupt:
            sys.exit("Stopped: environment/remove with the same words goes on.")


if __name__ == "__main__":
    sys.exit(main())
