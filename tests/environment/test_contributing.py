"""CONTRIBUTING says of the code what the code is."""
import re
import unittest

from clone import HOME

TEXT = (HOME / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCES = HOME / "lib/src/main/java"


class ContributingTest(unittest.TestCase):
    def test_the_rooms_stand_in_the_order_that_the_arrows_have(self):
        order = re.search(r"ORDER = List\.of\((.*?)\);", (HOME / "tests/src/test/java/kawi/ArrowsTest.java").read_text(encoding="utf-8"), re.DOTALL).group(1)
        told = re.findall(r"(?m)^\| `(\w+)` \|", TEXT.partition("## The rooms")[2].partition("## ")[0])
        self.assertEqual(re.findall(r'"(\w+)"', order) + ["kawi"], told)

    def test_every_type_that_it_names_is_there_and_public(self):
        named = set(re.findall(r"`(kawi(?:\.[a-z]+)*\.[A-Z]\w*)`", TEXT))
        self.assertGreater(len(named), 6)
        for each in named:
            source = (SOURCES / (each.replace(".", "/") + ".java")).read_text(encoding="utf-8")
            self.assertRegex(source, rf"(?m)^public [a-z ]*(?:class|interface|record|enum) {each.rpartition('.')[2]}\b", each)

    def test_what_can_be_ones_own_is_not_sealed(self):
        for each in re.findall(r"(?m)^\| [a-z][^|]*\| `(kawi\.[a-z]+\.[A-Z]\w*)`", TEXT.partition("## Adding")[2]):
            self.assertNotIn("sealed interface " + each.rpartition(".")[2], (SOURCES / (each.replace(".", "/") + ".java")).read_text(encoding="utf-8"), each)

    def test_every_file_and_command_that_it_names_is_there(self):
        for each in re.findall(r"(?:environment|tests|datasets|lib)/[\w/.-]*\w", TEXT):
            if not each.startswith(("environment/venv", "environment/.state")):
                self.assertTrue((HOME / each).exists() or list(HOME.glob(f"{each}*")), each)


if __name__ == "__main__":
    unittest.main()
