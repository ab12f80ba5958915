"""environment/chat serves the kit's models behind a page and OpenAI's protocol: started as a reader starts it, and the page opened by a browser where there is one."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest
import urllib.request

HOME = pathlib.Path(__file__).resolve().parents[2]
PEERS = HOME / "runs/bench/venv/bin/python"     # the benchmark's environment, which has PyPI's client
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class ChatTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cache = HOME / "datasets/cache"
        if not cache.is_dir() or not any("smollm2" in each.name.lower() for each in cache.iterdir()):
            raise unittest.SkipTest("SmolLM2 is not in datasets/cache; environment/setup fetches it")
        cls.run_name = "chat-test"    # a run with nothing in it: only the pretrained model is there to be served
        cls.chat = subprocess.Popen([HOME / "environment/chat", "--no-browser", "--port", "0", "--run", cls.run_name], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        cls.said, cls.address = [], None
        watch = threading.Timer(120, lambda: os.killpg(cls.chat.pid, signal.SIGKILL))
        watch.start()
        for line in cls.chat.stdout:
            cls.said.append(line)
            if line.startswith("Chat: "):
                cls.address = line.split()[1]
                break
        watch.cancel()
        if cls.address is None:
            raise AssertionError("it did not begin: " + "".join(cls.said))

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "chat"):
            os.killpg(cls.chat.pid, signal.SIGTERM)
            cls.chat.wait(30)
            cls.chat.stdout.close()

    def test_it_says_which_models_are_missing_and_how_to_make_them(self):
        said = "".join(self.said)
        for notebook in ("05-fine-tuning", "04-training"):
            self.assertIn(f"Without the model of notebook {notebook}: ", said)

    def test_the_pretrained_model_answers(self):
        body = {"model": "smollm2-135m-instruct", "messages": [{"role": "user", "content": "What is the capital of France?"}], "temperature": 0, "max_tokens": 40}
        asked = urllib.request.Request(self.address + "v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=60) as reply:
            answer = json.load(reply)
        self.assertIn("Paris", answer["choices"][0]["message"]["content"])
        self.assertGreater(answer["usage"]["completion_tokens"], 3)

    def test_an_unmodified_client_of_openai_talks_to_it(self):
        if not PEERS.exists() or subprocess.run([PEERS, "-c", "import openai"], capture_output=True).returncode:
            raise unittest.SkipTest("PyPI's openai is not in runs/bench/venv; environment/bench installs it")
        client = subprocess.run([PEERS, pathlib.Path(__file__).with_name("openai_client.py"), self.address], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
        self.assertEqual(0, client.returncode, client.stderr)
        said = json.loads(client.stdout)
        self.assertIn("smollm2-135m-instruct", said["models"])
        self.assertIn("Paris", said["whole"])
        self.assertEqual("stop", said["finish"])
        self.assertEqual(said["usage"][2], said["usage"][0] + said["usage"][1])
        self.assertEqual([said["whole"]] * 3, [said["streamed"], said["helper"], said["parts"]])
        self.assertEqual(said["usage"][2], said["streamed_usage"])
        self.assertGreater(said["pieces"], 3)
        self.assertEqual("length", said["short"])
        self.assertEqual(said["whole"].partition("France")[0], said["stopped"])
        self.assertEqual(said["seeded"][0], said["seeded"][1])
        self.assertGreater(len(said["completed"]), 3)
        self.assertEqual([404, "model_not_found"], said["unknown"][:2])
        self.assertEqual([400, "temperature"], [said["hot"][0], said["hot"][2]])
        self.assertEqual([400, "messages"], [said["nobody"][0], said["nobody"][2]])

    @unittest.skipUnless(CHROMIUM, "there is no Chromium here to open the page with")
    def test_a_browser_opens_the_page_and_finds_the_models(self):
        with tempfile.TemporaryDirectory() as profile:
            page = subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom", self.address],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertIn('<option value="smollm2-135m-instruct">smollm2-135m-instruct</option>', page.stdout)
        self.assertIn("A new conversation.", page.stdout)


class RefusedTest(unittest.TestCase):
    def test_beyond_loopback_it_asks_for_a_token(self):
        done = subprocess.run([HOME / "environment/chat", "--no-browser", "--listen", "0.0.0.0", "--run", "chat-test"], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, env={key: value for key, value in os.environ.items() if key != "KAWI_TOKEN"})
        self.assertNotEqual(0, done.returncode)
        self.assertIn("KAWI_TOKEN", done.stderr)


if __name__ == "__main__":
    unittest.main()
