"""Writes the same rows as Parquet files by three libraries, and the rows as JSON: tests/src/test/resources/kawi/readers/parquet/.

Needs pyarrow 26.0.1, polars 2.1.0 and duckdb 2.0.1: python parquet_files.py ../src/test/resources/kawi/readers/parquet
"""
import datetime
import decimal
import json
import pathlib
import random
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet
import pyarrow.parquet.encryption as encryption

WORDS = "the a of harbour ship wind café 日本 night lamp tide rope signal quay water stone bell".split()
ROWS = 60


def main(place):
    place.mkdir(parents=True, exist_ok=True)
    draw = random.Random(5)
    texts = [None if i % 13 == 7 else f"Row {i}. " + " ".join(draw.choices(WORDS, k=draw.randrange(2, 25))) for i in range(ROWS)]
    table = pyarrow.table({
        "text": texts,
        "title": [f"Title {i % 4}" for i in range(ROWS)],
        "year": pyarrow.array([1900 + i for i in range(ROWS)], pyarrow.int32()),
        "meta": [{"lang": "en", "license": "CC0-1.0" if i % 2 else "CC-BY-4.0"} for i in range(ROWS)],
        "picture": [bytes([255, i, 0, 254]) for i in range(ROWS)],
        "messages": [[{"role": "user", "content": "x"}] * (i % 3) for i in range(ROWS)],
    })
    (place / "rows.json").write_text(json.dumps(
        [{"text": t, "title": f"Title {i % 4}", "year": 1900 + i, "license": "CC0-1.0" if i % 2 else "CC-BY-4.0"} for i, t in enumerate(texts)],
        ensure_ascii=False, indent=0) + "\n")
    write = lambda name, **how: pyarrow.parquet.write_table(table, place / f"{name}.parquet", row_group_size=25, data_page_size=400, **how)
    for codec in ["NONE", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4"]:
        write(f"arrow-{codec.lower()}-1", compression=codec, data_page_version="1.0")
        write(f"arrow-{codec.lower()}-2", compression=codec, data_page_version="2.0")
    for encoding in ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]:
        write(f"arrow-{encoding.lower().replace('_', '-')}", use_dictionary=False,
              column_encoding={"text": encoding, "title": encoding, "year": "DELTA_BINARY_PACKED", "meta.license": encoding})
    few = polars.from_arrow(table.drop_columns(["picture", "messages"]))
    few.write_parquet(place / "polars.parquet", compression="zstd")
    duckdb.sql(f"copy (select * from few) to '{place}/duckdb.parquet' (format parquet, compression snappy)")
    # Other columns than a text, a title and a year.
    one = lambda file, **columns: pyarrow.parquet.write_table(pyarrow.table(columns), place / f"{file}.parquet")
    one("no-text", name=["A"], age=[3])
    one("number", text=[1, 2])
    one("lists", text=[["one", "two"], ["three"], None, []])
    one("bytes", text=[b"caf\xc3\xa9", b"\xff\xfe\x00\x01"])
    one("nested", message=[{"role": "user", "content": "one"}, None, {"role": "user", "content": "three"}])
    one("days", text=["one"], date=[datetime.date(1911, 3, 4)])
    one("moments", text=["one"], date=[datetime.datetime(1911, 3, 4)])
    one("none", text=pyarrow.array([], pyarrow.string()))
    odd(place)


def odd(place):
    """Columns of which some cannot be read, or not as what they look like."""
    def one(file, columns, **how):
        table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
        pyarrow.parquet.write_table(table, place / f"{file}.parquet", **how)

    texts = [f"Row {i}." for i in range(3)]
    years = pyarrow.array([1911, None, 1913], pyarrow.int32())
    split = {"text": "PLAIN", "year": "BYTE_STREAM_SPLIT"}
    one("split-int", {"text": texts, "year": years}, use_dictionary=False, column_encoding=split)
    one("split-float", {"text": texts, "year": years.cast(pyarrow.float64())}, use_dictionary=False, column_encoding=split)
    one("sums", {"text": texts, "year": years}, use_dictionary=False, compression="none", write_page_checksum=True)
    decimals = pyarrow.array([decimal.Decimal("1911.0"), None, decimal.Decimal("1913.0")], pyarrow.decimal128(5, 1))
    one("decimals", {"text": texts, "year": decimals})
    one("decimals-int", {"text": texts, "year": decimals}, store_decimal_as_integer=True)
    one("hours", {"text": texts, "date": pyarrow.array([datetime.time(1, 2)] * 3, pyarrow.time64("us"))})
    one("twice", pyarrow.Table.from_arrays([pyarrow.array(["first"]), pyarrow.array(["second"])], names=["text", "text"]))
    one("fixed", {"text": pyarrow.array([b"four", b"five"], pyarrow.binary(4))})
    one("nulls", {"text": pyarrow.nulls(2)})

    class Keys(encryption.KmsClient):
        def __init__(self, _):
            encryption.KmsClient.__init__(self)

        def wrap_key(self, key, _):
            return key.hex().encode()

    factory = encryption.CryptoFactory(Keys)
    for secret in ["title", "text", "license"]:
        how = encryption.EncryptionConfiguration(footer_key="f", column_keys={"k": [secret]}, plaintext_footer=True)
        table = pyarrow.table({"text": texts, "title": ["T"] * 3, "license": ["MIT"] * 3})
        keys = factory.file_encryption_properties(encryption.KmsConnectionConfig(), how)
        one(f"encrypted-{secret}", table, encryption_properties=keys)


main(pathlib.Path(sys.argv[1]))
