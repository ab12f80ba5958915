"""A place for code that nobody vouches for: no network, no file but what is lent to read, limits of time, memory, processes and disk.

Made of Linux's namespaces by `unshare` of util-linux. The program in it sees an empty file system in memory, in which some folders of this machine are
mounted to be read; processes of its own only; a loopback address and no other; and it has no rights of an administrator, whoever started it. What
it uses is looked at from outside, and at the first excess all of it is ended. Called by course.py; as a program of its own it is the inside.
"""
import ctypes
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts",
          "/etc/localtime", "/etc/ssl/certs", "/etc/java-17-openjdk", "/etc/java-21-openjdk", "/etc/java-25-openjdk", "/var/cache/fontconfig"]
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
SPACES = ["unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
ANSWER = 4_000_000    # bytes that are read of what it says


class Excess(Exception):
    """What was run took more than it was given; the message says what."""


def lacking():
    """Why this machine has no such place; nothing where it has."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return "it has no unshare of util-linux"
    done = run(["/bin/sh", "-c", "echo fine"], "", [], {}, seconds=20)
    return "" if done[0].strip() == "fine" else f"it does not let namespaces be made ({(done[1].strip().splitlines() or ['no reason given'])[-1][:200]})"


def run(command, said, lent, variables, seconds=60, megabytes=3000, tasks=400, disk=256, folder="/tmp"):
    """What a command gives on both streams, with `said` on its input; Excess where it takes too much."""
    with tempfile.TemporaryDirectory(prefix="kawi-place-") as root:
        plan = {"root": root, "lent": [each for each in dict.fromkeys(SYSTEM + [str(each) for each in lent]) if os.path.lexists(each)],
                "disk": disk, "megabytes": megabytes, "seconds": seconds, "folder": folder, "command": command}
        inside = [*SPACES, sys.executable, "-I", str(pathlib.Path(__file__).resolve()), json.dumps(plan)]
        return watched(inside, said, {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", **variables}, seconds, megabytes, tasks)


def bare(command, said, variables, seconds=60, megabytes=3000, tasks=400, folder="/tmp"):
    """The same on the machine itself, with the limits and without the walls: for who insists."""
    return watched(command, said, {**os.environ, **variables}, seconds, megabytes, tasks, folder)


def watched(command, said, variables, seconds, megabytes, tasks, folder=None):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables, cwd=folder, start_new_session=True)
    gathered = [bytearray(), bytearray()]
    excess, end = None, time.monotonic() + seconds

    def gather(stream, into):
        while part := stream.read1(65536):
            if len(into) < ANSWER:
                into.extend(part)

    def tell():
        try:
            process.stdin.write(said.encode())
            process.stdin.close()
        except OSError:    # it ended before it listened
            pass

    threads = [threading.Thread(target=gather, args=pair, daemon=True) for pair in zip((process.stdout, process.stderr), gathered)]
    threads.append(threading.Thread(target=tell, daemon=True))
    for each in threads:
        each.start()
    while process.poll() is None and excess is None:
        number, bytes_used = used(process.pid)
        if time.monotonic() > end:
            excess = f"it did not end within {seconds} s"
        elif number > tasks:
            excess = f"it started more than {tasks} processes and threads"
        elif bytes_used > megabytes * 1_000_000:
            excess = f"it took more than {megabytes} MB of memory"
        else:
            time.sleep(0.1)
    for each in reversed([process.pid, *family(process.pid)]):
        try:
            os.kill(each, signal.SIGKILL)
        except OSError:
            pass
    process.wait()
    for each in threads:
        each.join(timeout=5)
    for stream in (process.stdout, process.stderr):
        stream.close()
    if excess:
        raise Excess(excess)
    return tuple(bytes(each).decode("utf-8", "replace") for each in gathered)


def family(pid):
    """A process's children, theirs, and so on."""
    parents = {}
    for each in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if each.isdigit():
            try:
                parents.setdefault(int(pathlib.Path("/proc", each, "stat").read_text().rpartition(")")[2].split()[1]), []).append(int(each))
            except (OSError, IndexError, ValueError):    # it is gone
                pass
    found, ask = [], [pid]
    while ask:
        more = parents.get(ask.pop(), [])
        found += more
        ask += more
    return found


def used(pid):
    """Threads and bytes of memory of a process and all that came of it."""
    tasks = memory = 0
    for each in [pid, *family(pid)]:
        try:
            fields = pathlib.Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            tasks += int(fields[17])
            memory += int(fields[21]) * resource.getpagesize()
        except (OSError, IndexError, ValueError):
            pass
    return tasks, memory


# The inside.

LIBC = ctypes.CDLL(None, use_errno=True)
READ_ONLY, NO_SETUID, NO_DEVICES, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18


def call(name, *words):
    if getattr(LIBC, name)(*(word.encode() if isinstance(word, str) else word for word in words)) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name} of {words[1] if len(words) > 1 else words[0]}: {os.strerror(error)}")


def read_only(path, flags=READ_ONLY | NO_SETUID | NO_DEVICES):
    """By mount_setattr, which takes what is mounted below along."""
    attributes = struct.pack("QQQQ", flags, 0, 0, 0)
    if LIBC.syscall(442, -100, path.encode(), 0x8000, attributes, ctypes.c_size_t(len(attributes))) != 0:
        raise OSError(ctypes.get_errno(), f"mount_setattr of {path}: {os.strerror(ctypes.get_errno())}")


def furnish(root, lent, disk):
    call("mount", "none", "/", None, RECURSIVE | PRIVATE, None)
    call("mount", "tmpfs", root, "tmpfs", NO_SETUID | NO_DEVICES, f"size={disk}m,mode=755")
    for path in sorted(lent, key=lambda each: each.count("/")):
        there = root + path
        if os.path.lexists(there):    # it lies in a folder that is lent already
            continue
        os.makedirs(os.path.dirname(there), exist_ok=True)
        if os.path.islink(path):
            os.symlink(os.readlink(path), there)
            continue
        os.makedirs(there) if os.path.isdir(path) else open(there, "w").close()
        call("mount", path, there, None, BIND | RECURSIVE, None)
        read_only(there)
    os.makedirs(f"{root}/dev")
    for path in DEVICES:
        open(root + path, "w").close()
        call("mount", path, root + path, None, BIND, None)
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    for name in ("tmp", "dev/shm", "proc", "old"):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    for name, text in (("hosts", "127.0.0.1 localhost\n"), ("passwd", "root:x:0:0::/tmp:/bin/sh\n"), ("nsswitch.conf", "passwd: files\nhosts: files\n")):
        os.makedirs(f"{root}/etc", exist_ok=True)
        pathlib.Path(root, "etc", name).write_text(text)
    call("mount", "proc", f"{root}/proc", "proc", NO_SETUID | NO_DEVICES, None)
    try:    # no namespaces inside this one
        pathlib.Path(root, "proc/sys/user/max_user_namespaces").write_text("0")
    except OSError:
        pass
    read_only(f"{root}/proc")
    os.chdir(root)
    if LIBC.syscall(155, b".", b"old") != 0 and LIBC.syscall(41, b".", b"old") != 0:    # pivot_root on x86-64, on ARM
        raise OSError(ctypes.get_errno(), f"pivot_root: {os.strerror(ctypes.get_errno())}")
    os.chdir("/")
    call("umount2", "/old", 2)
    os.rmdir("/old")


def loopback():
    import fcntl
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))    # up and running


def give_up_rights():
    for right in range(64):
        LIBC.prctl(24, right, 0, 0, 0)    # out of the bounding set
    LIBC.prctl(28, 0b101111, 0, 0, 0)     # no rights come of being root
    LIBC.prctl(38, 1, 0, 0, 0)            # and none of a program's
    header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
    if LIBC.capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def limit(plan):
    data = plan["megabytes"] * 1_000_000
    for name, most in (("DATA", data), ("CORE", 0), ("FSIZE", plan["disk"] * 1_000_000), ("NOFILE", 2048), ("CPU", 4 * int(plan["seconds"]) + 10)):
        which = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def main(plan):
    loopback()
    furnish(plan["root"], plan["lent"], plan["disk"])
    os.makedirs(plan["folder"], exist_ok=True)
    os.chdir(plan["folder"])
    limit(plan)
    give_up_rights()
    os.execvpe(plan["command"][0], plan["command"], os.environ)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
