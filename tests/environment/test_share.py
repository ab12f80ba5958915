"""A run is shared as one archive that says by itself whether it is whole, and that another machine holds against a run of its own."""
import hashlib
import json
import sys
import unittest
import zipfile

from clone import Clone

MODEL = {"validation loss": {"value": 3.5, "low": 3.4, "high": 3.6}, "parameters": {"value": 1000.0}, "training seconds": {"value": 12.0}}


class ShareTest(unittest.TestCase):
    def setUp(self):
        self.clone = Clone(self)
        (self.clone.home / "LICENSE").write_text("Apache License\n")
        self.run_of("mine")
        self.archive = self.clone.home / "an archivé.zip"

    def run_of(self, name, weights="w", loss=3.5, seconds=12.0, library="1" * 64):
        """A run with two artifacts, the second made from the first."""
        folder = self.clone.home / "runs" / name
        for stage, artifact, inputs, text, metrics in (
                ("03-architecture", "choice", {}, "c", {}),
                ("04-training", "model", {"choice": "0" * 64}, weights, {**MODEL, "validation loss": {**MODEL["validation loss"], "value": loss},
                                                                        "training seconds": {"value": seconds}})):
            (folder / stage / artifact).mkdir(parents=True)
            (folder / stage / artifact / "manifest.json").write_text(json.dumps({
                "name": artifact, "stage": stage, "run": name, "budget": "smoke", "seed": 7, "inputs": inputs, "metrics": metrics,
                "outputs": {"it.bin": {"bytes": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()}}, "code": {"library": library},
                "environment": {"java": "17", "torch": "PyTorch, oneDNN"}}))
        for part, text in (("report/index.html", "<html>"), ("notebooks/04-training.ipynb", "{}")):
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (folder / part).write_text(text)

    def share(self, *words):
        return self.clone.call(self.clone.home / "environment/share", *words)

    def verify(self, *words):
        return self.clone.call(self.clone.home / "environment/verify", self.archive, *words)

    def shared(self):
        status, said = self.share("mine", "--out", self.archive)
        self.assertEqual(0, status, said)
        with zipfile.ZipFile(self.archive) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def rewritten(self, data, links=()):
        with zipfile.ZipFile(self.archive, "w") as archive:
            for name, content in data.items():
                archive.writestr(name, content)

    def refused(self, pattern, *words):
        status, said = self.verify(*(words or ["--hashes"]))
        self.assertEqual(1, status, said)
        self.assertEqual(1, len(said.strip().splitlines()), said)
        self.assertRegex(said, pattern)

    def test_an_archive_has_report_notebooks_manifests_locks_and_where_it_comes_from(self):
        data = self.shared()
        for name in ("report/index.html", "notebooks/04-training.ipynb", "04-training/model/manifest.json", "locks/pom.xml", "locks/environment/requirements.txt"):
            self.assertIn(name, data)
        origin = json.loads(data["origin.json"])
        self.assertEqual((["smoke"], ["7"], ["1" * 64]), (origin["budget"], origin["seed"], origin["library"]))
        self.assertEqual([{"java": "17", "torch": "PyTorch, oneDNN"}], origin["machines and arithmetic"])

    def test_the_metadata_is_a_crate_that_names_every_file_with_its_hash(self):
        data = self.shared()
        graph = {each["@id"]: each for each in json.loads(data["ro-crate-metadata.json"])["@graph"]}
        self.assertEqual({"@id": "https://w3id.org/ro/crate/1.1"}, graph["ro-crate-metadata.json"]["conformsTo"])
        files = set(data) - {"ro-crate-metadata.json", "SHA256SUMS"}
        self.assertEqual(files, {each["@id"] for each in graph["./"]["hasPart"]})
        for name in files:
            self.assertEqual(hashlib.sha256(data[name]).hexdigest(), graph[name]["sha256"])

    def test_hashes_alone_need_no_run(self):
        self.shared()
        status, said = self.verify("--hashes")
        self.assertEqual(0, status, said)
        self.assertIn("each as its hash says", said)

    def test_a_file_that_was_changed_is_named(self):
        data = self.shared()
        self.rewritten({**data, "04-training/model/manifest.json": data["04-training/model/manifest.json"].replace(b"3.5", b"2.5")})
        self.refused("^04-training/model/manifest.json in .* changed")

    def test_a_file_that_is_missing_or_was_put_in_is_named(self):
        data = self.shared()
        self.rewritten({name: content for name, content in data.items() if name != "report/index.html"})
        self.refused("^report/index.html is missing")
        self.rewritten({**data, "report/more.html": b"x"})
        self.refused("^report/more.html .* put in")
        self.rewritten({name: content for name, content in data.items() if name != "SHA256SUMS"})
        self.refused("has no SHA256SUMS")

    def test_hashes_that_were_changed_with_the_file_still_disagree_with_the_crate(self):
        data = self.shared()
        data["report/index.html"] = b"<html>better"
        lines = [line for line in data["SHA256SUMS"].decode().splitlines() if not line.endswith("report/index.html")]
        data["SHA256SUMS"] = "\n".join([*lines, f"{hashlib.sha256(data['report/index.html']).hexdigest()}  report/index.html", ""]).encode()
        self.rewritten(data)
        self.refused("^report/index.html has another hash in ro-crate-metadata.json")

    def test_a_path_that_leads_out_is_refused_and_nothing_is_written(self):
        data = self.shared()
        for evil in ("../evil", "/tmp/evil-of-kawi", "report/../../evil", "C:\\evil"):
            self.rewritten({**data, evil: b"x"})
            self.refused("leads out of it")
        self.assertFalse((self.clone.home.parent / "evil").exists())

    def test_what_is_no_archive_is_refused_in_a_sentence(self):
        self.refused("There is no archive")
        self.archive.write_bytes(b"PK\x03\x04 and no more")
        self.refused("cannot be read as an archive")

    def test_the_same_run_made_again_is_the_same_number_by_number(self):
        self.shared()
        make = "; ".join(["import pathlib, shutil, sys", "words = sys.argv", "name = words[words.index('--run') + 1]",
                          "assert words[words.index('--budget') + 1] == 'smoke' and words[words.index('--seed') + 1] == '7'",
                          "assert words[words.index('--only') + 1] == '03,04'", "shutil.copytree('runs/mine', 'runs/' + name)"])
        run = self.clone.home / "environment/run"
        run.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c \"{make}\" \"$@\"\n")
        status, said = self.verify()
        self.assertEqual(0, status, said)
        self.assertIn("3 same", said)
        self.assertIn("All artifacts have the same bytes", said)

    def test_numbers_are_told_apart_and_the_first_artifact_that_differs_is_named(self):
        self.shared()
        self.run_of("near", weights="other", loss=3.55, seconds=40.0)
        status, said = self.verify("--against", "near")
        self.assertEqual(0, status, said)
        self.assertRegex(said, r"(?m)^    within its interval +validation loss: 3.5 \[3.4, 3.6\], here 3.55$")
        self.assertRegex(said, r"(?m)^    of the machine +training seconds")
        self.assertRegex(said, "03-architecture, choice: the same bytes")
        self.assertIn("first artifact that differs is 'model'", said)
        self.run_of("far", loss=3.7, library="2" * 64)
        status, said = self.verify("--against", "far")
        self.assertEqual(1, status, said)
        self.assertRegex(said, r"(?m)^    different +validation loss: 3.5 \[3.4, 3.6\], here 3.7$")
        self.assertIn("The library is not the same bytes here", said)

    def test_a_run_that_is_not_there_or_unfinished_is_refused(self):
        self.assertRegex(self.share("nowhere")[1], "^There is no run 'nowhere'")
        (self.clone.home / "runs/mine/report/index.html").unlink()
        self.assertRegex(self.share("mine")[1], "has no report")
        (self.clone.home / "runs/mine/04-training/model/manifest.json").write_text("{")
        self.assertRegex(self.share("mine")[1], "^The manifest 04-training/model/manifest.json")


if __name__ == "__main__":
    unittest.main()
