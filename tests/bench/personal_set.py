"""Draws the labelled set of the row `personal`, which is not in the repository: personal.jsonl.  use: personal_set.py DATA XQUAD

Its texts are of three kinds, and only what was drawn into them is labelled:
  - the sentences of Microsoft's package presidio-evaluator, in English, with values by Faker; most of them hold no personal data, and addresses, dates,
    ages, driving licences and social security numbers that are none of the kinds looked for
  - in fourteen more languages two sentences of Faker's with one value of that country between them
  - XQuAD's 720 paragraphs of Wikipedia in English, German and Spanish with nothing put in, where every find is wrong
A line is {"language", "text", "labels": [[kind, from, to], ...]}, counted in code points.
"""
import importlib.util
import json
import pathlib
import random
import re
import sys

SEED = 2028
SENTENCES, IN_EACH_LANGUAGE = 3000, 200
LOCALES = ("cs_CZ", "da_DK", "de_DE", "el_GR", "es_ES", "fi_FI", "fr_FR", "it_IT", "nl_NL", "pl_PL", "pt_BR", "ro_RO", "sv_SE", "tr_TR")
SLOT = re.compile(r"\{\{(\w+)\}\}")
KINDS = {"credit_card_number": "card", "email": "email", "iban": "iban", "ip_address": "ip", "phone_number": "phone"}
LOWER_CASE = 0.05       # the package writes this share of its sentences in lower case


def value(fake, name, draw):
    """What stands for a slot; of some names Faker knows another."""
    others = {"person": "name", "organization": "company", "nationality": "country", "nation_man": "last_name", "nation_woman": "last_name", "nation_plural": "last_name",
              "hospital_name": "company", "religion": "word"}
    if name == "ip_address":
        return fake.ipv4() if draw.random() < 0.8 else fake.ipv6()
    if name == "age":
        return str(draw.randint(1, 99))
    if name == "us_driver_license":
        return fake.bothify("?######").upper()
    return str(getattr(fake, others.get(name, name))())


def filled(template, fake, draw, personal=None):
    """A template with its slots filled, those of the kinds looked for by `personal` where it is another; and where these stand."""
    text, labels, at = "", [], 0
    for slot in SLOT.finditer(template):
        text += template[at:slot.start()]
        put = value((personal or fake) if slot.group(1) in KINDS else fake, slot.group(1), draw)
        if slot.group(1) in KINDS:
            labels.append([KINDS[slot.group(1)], len(text), len(text) + len(put)])
        text, at = text + put, slot.end()
    text += template[at:]
    return text, labels


def evaluator_sentences(draw, faker):
    package = pathlib.Path(importlib.util.find_spec("presidio_evaluator").origin).parent
    lines = (package / "data_generator/raw_data/templates.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    templates = [line.replace("\\n", "\n") for line in lines if line.strip()]
    fake, british = faker("en_US"), faker("en_GB")
    for _ in range(SENTENCES):
        text, labels = filled(draw.choice(templates), fake, draw, draw.choice((fake, british)))
        yield "en", text.lower() if draw.random() < LOWER_CASE else text, labels


def sentences_of_other_languages(draw, faker):
    for locale in LOCALES:
        fake = faker(locale)
        for i in range(IN_EACH_LANGUAGE):
            slot = sorted(KINDS)[i % len(KINDS)]
            text, labels = filled(f"{fake.sentence()[:-1]} {{{{{slot}}}}}. {fake.sentence()}", fake, draw)
            yield locale[:2], text, labels


def paragraphs(folder):
    for language in ("de", "en", "es"):
        for article in json.loads((folder / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                yield language, paragraph["context"], []


def main(data, xquad):
    if not (xquad / "xquad.es.json").exists():
        print("note personal data is left out: XQuAD is not here; environment/setup --data xquad brings it")
        return
    from faker import Faker
    Faker.seed(SEED)
    draw = random.Random(SEED)
    with open(data / "personal.jsonl", "w", encoding="utf-8") as out:
        for part in (evaluator_sentences(draw, Faker), sentences_of_other_languages(draw, Faker), paragraphs(xquad)):
            for language, text, labels in part:
                out.write(json.dumps({"language": language, "text": text, "labels": labels}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*(pathlib.Path(each) for each in sys.argv[1:3]))
