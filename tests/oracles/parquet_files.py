"""Writes the same rows as Parquet files by three libraries, and the rows as JSON: tests/src/test/resources/kawi/readers/parquet/.

Needs pyarrow 26.0.1, polars 2.1.0 and duckdb 2.0.1: python parquet_files.py ../src/test/resources/kawi/readers/parquet
"""
import datetime
import json
import pathlib
import random
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet

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


main(pathlib.Path(sys.argv[1]))
