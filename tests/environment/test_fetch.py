"""Data comes whole and right or not at all, and what cannot be had stops nothing."""
import contextlib
import hashlib
import http.server
import io
import json
import os
import pathlib
import tempfile
import threading
import unittest
from unittest import mock

import clients
import fetch

HOME = pathlib.Path(__file__).resolve().parents[2]
CONTENT = {"one.whl": b"one" * 1000, "two.tgz": b"two" * 2000}


def entry(file, **more):
    content = CONTENT[file]
    return {"file": file, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), **more}


class FetchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kawi fetch ")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.cache = self.home / "datasets/cache"
        self.cache.mkdir(parents=True)
        self.catalog([{"id": "first", "packages": [entry("one.whl", registry="pypi", name="one", version="1")]},
                      {"id": "second", "packages": [entry("two.tgz", registry="npm", name="two", version="2")]}])
        self.asked, self.brings = [], dict(CONTENT)
        clients.down.clear()

    def catalog(self, sources):
        (self.home / "datasets/catalog.json").write_text(json.dumps({"sources": sources}))

    def network(self, wanted, work):
        """A registry that has what `brings` holds."""
        self.asked.append(wanted["file"])
        if wanted["file"] not in self.brings:
            raise clients.Unreachable("the registry could not be reached")
        (work / wanted["file"]).write_bytes(self.brings[wanted["file"]])
        return work / wanted["file"]

    def fetch(self, *options, mirror=None, network=None):
        said = io.StringIO()
        with mock.patch.dict(os.environ), contextlib.redirect_stdout(said):
            os.environ.pop("KAWI_DATA_MIRROR", None)
            if mirror:
                os.environ["KAWI_DATA_MIRROR"] = str(mirror)
            fetch.main(list(options), home=self.home, network=network or self.network)
        return said.getvalue()

    def test_everything_is_fetched_once_and_then_nothing(self):
        self.fetch()
        self.assertEqual(["one.whl", "two.tgz"], self.asked)
        self.assertEqual(CONTENT, {name: (self.cache / name).read_bytes() for name in CONTENT})
        self.assertEqual("", self.fetch())
        self.assertEqual(2, len(self.asked))

    def test_a_truncated_file_is_named_and_fetched_again_and_a_whole_one_is_kept(self):
        (self.cache / "one.whl").write_bytes(CONTENT["one.whl"][:100])
        (self.cache / "two.tgz").write_bytes(CONTENT["two.tgz"])
        said = self.fetch()
        self.assertIn("one.whl has 100 bytes where the catalog says 3000: removed", said)
        self.assertEqual(["one.whl"], self.asked)
        self.assertEqual(CONTENT["one.whl"], (self.cache / "one.whl").read_bytes())

    def test_a_wrong_hash_in_the_cache_is_named_and_the_file_removed(self):
        (self.cache / "one.whl").write_bytes(b"x" * 3000)
        self.brings = {}
        said = self.fetch()
        self.assertIn(f"one.whl has the SHA-256 {hashlib.sha256(b'x' * 3000).hexdigest()} where the catalog says", said)
        self.assertFalse((self.cache / "one.whl").exists())

    def test_a_file_changed_after_it_was_verified_is_noticed(self):
        self.fetch()
        (self.cache / "one.whl").write_bytes(b"y" * 3000)
        self.assertIn("one.whl has the SHA-256", self.fetch())
        self.assertEqual(CONTENT["one.whl"], (self.cache / "one.whl").read_bytes())

    def test_a_wrong_file_from_a_registry_is_removed_and_left_out_and_the_rest_comes(self):
        self.brings["one.whl"] = b"z" * 3000
        said = self.fetch()
        self.assertIn("Left out: one.whl: what came has the SHA-256", said)
        self.assertEqual(["two.tgz"], [path.name for path in self.cache.iterdir() if path.is_file()])

    def test_a_set_that_cannot_be_had_is_left_out_with_a_word_and_tried_again_only_by_setup_itself(self):
        del self.brings["two.tgz"]
        self.assertIn("Left out: two.tgz: the registry could not be reached.", self.fetch())
        self.assertIn("Left out: two.tgz", self.fetch("--quick"))
        self.assertEqual(1, self.asked.count("two.tgz"))
        self.brings = CONTENT
        self.fetch()
        self.assertTrue((self.cache / "two.tgz").exists())

    def test_a_disk_without_room_is_said_before_anything_is_fetched(self):
        kept = fetch.disk.shutil.disk_usage
        with mock.patch.object(fetch.disk.shutil, "disk_usage", lambda folder: kept(self.home)._replace(free=9000)):
            said = self.fetch()
        self.assertIn("The data to be fetched needs 15 KB of free disk, and there are 9 KB free", said)
        self.assertIn("Left out: one.whl: the disk has no room for it.", said)
        self.assertEqual([], self.asked)
        self.fetch()
        self.assertEqual(["one.whl", "two.tgz"], self.asked)

    def test_a_disk_that_is_full_is_one_sentence_even_where_nothing_can_be_remembered(self):
        def full(*_):
            raise OSError(28, "No space left on device")
        with mock.patch.object(fetch.Fetch, "remember", full):
            said = self.fetch(network=full)
        self.assertIn("Data could not be written into datasets/cache (No space left on device): make room, then run environment/setup again.", said)

    def test_the_mirror_is_asked_before_the_network(self):
        mirror = self.home / "mirror"
        (mirror / "deep/er").mkdir(parents=True)
        (mirror / "one.whl").write_bytes(CONTENT["one.whl"])
        (mirror / "deep/er/two.tgz").write_bytes(CONTENT["two.tgz"])
        self.fetch(mirror=mirror)
        self.assertEqual([], self.asked)
        self.assertTrue((self.cache / "two.tgz").exists())

    def test_a_wrong_file_in_the_mirror_is_named_and_the_network_asked(self):
        mirror = self.home / "mirror"
        mirror.mkdir()
        (mirror / "one.whl").write_bytes(b"not it")
        self.assertIn("The mirror's one.whl has 6 bytes where the catalog says 3000: not taken", self.fetch(mirror=mirror))
        self.assertEqual(["one.whl", "two.tgz"], self.asked)

    def test_a_mirror_that_is_not_there_is_said_and_passed_over(self):
        self.assertIn("is not a folder: going on without a mirror", self.fetch(mirror=self.home / "nowhere"))

    def test_plain_files_come_from_the_mirror_or_when_asked_for_by_name(self):
        self.catalog([{"id": "plain", "files": [entry("one.whl", url="http://127.0.0.1:1/one.whl")]}])
        self.fetch()
        self.assertEqual([], self.asked)
        self.fetch("--data", "plain")
        self.assertEqual(CONTENT["one.whl"], (self.cache / "plain/one.whl").read_bytes())

    def test_a_cut_download_by_address_is_taken_up_where_it_ended(self):
        class Server(http.server.BaseHTTPRequestHandler):
            ranges = []

            def do_GET(self):
                self.ranges.append(self.headers.get("Range"))
                start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
                rest = CONTENT["one.whl"][start:]
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest[:1200])    # and the line is cut, twice

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.catalog([{"id": "plain", "files": [entry("one.whl", url=f"http://127.0.0.1:{server.server_port}/one.whl")]}])
        for _ in range(3):
            self.fetch("--data", "all", network=clients.fetch)
        self.assertEqual(CONTENT["one.whl"], (self.cache / "plain/one.whl").read_bytes())
        self.assertEqual([None, "bytes=1200-", "bytes=2400-"], Server.ranges)

    def test_an_unknown_source_or_a_broken_catalog_is_one_sentence(self):
        with self.assertRaisesRegex(SystemExit, "has no source 'nope'; it has first, second"):
            self.fetch("--data", "nope")
        (self.home / "datasets/catalog.json").write_text('{"sources": [')
        with self.assertRaisesRegex(SystemExit, "catalog.json is not a catalog"):
            self.fetch()

    def test_the_readers_own_data_needs_no_fetching(self):
        self.catalog([{"id": "mine", "path": "my-texts"}])
        self.assertEqual("", self.fetch())

    def test_every_file_of_the_kits_catalog_is_pinned(self):
        for wanted, _ in fetch.choose(fetch.catalog(HOME), "", HOME):
            self.assertRegex(wanted.sha256, "^[0-9a-f]{64}$", wanted.label())
            self.assertGreater(wanted.bytes, 0, wanted.label())


if __name__ == "__main__":
    unittest.main()
