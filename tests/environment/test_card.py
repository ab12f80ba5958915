"""The front matter of a model card and of a data card is what Hugging Face's hub expects: by its own parser where it is installed, by YAML's elsewhere."""
import pathlib
import unittest

import yaml

CARD = pathlib.Path(__file__).parents[1] / "src/test/resources/kawi/notebook/card.md"
DATASET = CARD.with_name("dataset.md")


class CardTest(unittest.TestCase):
    def test_the_front_matter_is_yaml_with_the_values_that_were_given(self):
        head = CARD.read_text(encoding="utf-8").split("---\n")[1]
        facts = yaml.safe_load(head)
        self.assertEqual(["en", "fr"], facts["language"])
        self.assertEqual(["education", "a: b"], facts["tags"])
        self.assertEqual(0.8125, facts["model-index"][0]["results"][0]["metrics"][0]["value"])

    def test_the_hubs_parser_reads_licence_language_and_results(self):
        try:
            from huggingface_hub import ModelCard
        except ImportError:
            self.skipTest("huggingface_hub is in the benchmark's environment only")
        data = ModelCard.load(CARD).data
        self.assertEqual("other", data.license)
        self.assertEqual(["en", "fr"], data.language)
        [result] = data.eval_results
        self.assertEqual(("text-classification", "accuracy", 0.8125), (result.task_type, result.metric_type, result.metric_value))

    def test_a_data_card_is_read_too(self):
        facts = yaml.safe_load(DATASET.read_text(encoding="utf-8").split("---\n")[1])
        self.assertEqual(("other", "public-domain", ["1K<n<10K"]), (facts["license"], facts["license_name"], facts["size_categories"]))
        try:
            from huggingface_hub import DatasetCard
        except ImportError:
            self.skipTest("huggingface_hub is in the benchmark's environment only")
        data = DatasetCard.load(DATASET).data
        self.assertEqual(("Letters: a set", ["en"], "other"), (data.pretty_name, data.language, data.license))


if __name__ == "__main__":
    unittest.main()
