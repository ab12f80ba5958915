"""Writes what GGUF's blocks hold by gguf's own reader: tests/src/test/resources/kawi/torch/gguf-blocks.json, a few blocks of random bytes for each type.

Needs gguf 0.19.0 and numpy in an environment of its own: python gguf_blocks.py ../src/test/resources/kawi/torch/gguf-blocks.json
"""
import base64
import json
import pathlib
import sys

import numpy
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = 3
# Where a block's half-precision numbers lie: random bits there could be infinite, or no number.
HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
          "IQ4_NL": [0], "IQ4_XS": [0], "MXFP4": []}


def main(out):
    random = numpy.random.default_rng(7)
    cases = {}
    for name, halves in HALVES.items():
        kind = GGMLQuantizationType[name]
        _, size = GGML_QUANT_SIZES[kind]
        blocks = random.integers(0, 256, (BLOCKS, size), dtype=numpy.uint8)
        for at in halves:
            blocks[:, at:at + 2] = random.normal(0, 0.1, (BLOCKS, 1)).astype(numpy.float16).view(numpy.uint8)
        if name == "MXFP4":
            blocks[:, 0] = [0, 1, 130]      # the two smallest powers, of which one is subnormal, and one that is met
        values = dequantize(blocks, kind).astype(numpy.float32).reshape(-1)
        assert numpy.isfinite(values).all(), name
        cases[name] = {"bytes": base64.b64encode(blocks.tobytes()).decode(), "values": base64.b64encode(values.astype("<f4").tobytes()).decode()}
    pathlib.Path(out).write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
