"""The container files come from one list of packages, the one that set-up installs by itself, and copy nothing that a machine made."""
import json
import re
import subprocess
import unittest

from clone import HOME


def packages():
    """What set-up would install on a Debian 12 that has nothing."""
    shell = """
      java_home() { return 1; }; maven_command() { return 1; }; python_command() { return 1; }; font() { return 1; }
      apt-cache() { case "$*" in *openjdk-17*) echo Package;; esac; }
      eval "$(sed -n '/^debian_packages() {/,/^}/p' environment/tools)"; debian_packages"""
    return subprocess.run(["bash", "-c", shell], cwd=HOME, capture_output=True, text=True, check=True).stdout.split()


class ContainersTest(unittest.TestCase):
    def test_the_image_and_binder_have_the_packages_that_set_up_installs(self):
        wanted = packages()
        self.assertIn("maven", wanted)
        image = (HOME / "environment/Dockerfile").read_text(encoding="utf-8")
        installed = re.search(r"--no-install-recommends (.*?)&& rm", image, re.S)[1].replace("\\", " ").split()
        self.assertEqual(sorted(wanted), sorted(set(installed) - {"ca-certificates", "git"}))
        binder = (HOME / ".binder/apt.txt").read_text(encoding="utf-8").split()
        self.assertEqual(sorted(each for each in wanted if not each.startswith("python3")), sorted(binder))

    def test_the_development_container_is_a_stage_of_the_same_file(self):
        container = json.loads((HOME / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
        image = HOME / ".devcontainer" / container["build"]["dockerfile"]
        self.assertEqual((HOME / "environment/Dockerfile").resolve(), image.resolve())
        self.assertIn(f"AS {container['build']['target']}\n", image.read_text(encoding="utf-8"))

    def test_nothing_that_git_ignores_is_copied_into_the_image(self):
        left = {line.removeprefix("**/").rstrip("/") for line in (HOME / "environment/Dockerfile.dockerignore").read_text(encoding="utf-8").split()}
        for line in (HOME / ".gitignore").read_text(encoding="utf-8").split():
            if line != "hs_err_pid*.log":
                self.assertIn(line.strip("/"), left)

    def test_binder_starts_its_own_command_with_the_kits_kernel(self):
        done = subprocess.run([HOME / ".binder/start", "bash", "-c", 'printf "%s %s %s" "$JUPYTER_PATH" "$KAWI_HOME" "${JUPYTER_CONFIG_DIR-none}"'],
                              cwd=HOME, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual((0, f"{HOME}/environment/venv/share/jupyter {HOME} none"), (done.returncode, done.stdout), done.stderr)


if __name__ == "__main__":
    unittest.main()
