"""Writes what ggml itself makes of drawn numbers as BF16, Q4_0 and Q4_K: tests/src/test/resources/kawi/torch/gguf-written.json.

Needs llama-cpp-python 0.3.36, whose libggml-base.so quantises: python gguf_written.py ../src/test/resources/kawi/torch/gguf-written.json
"""
import ctypes
import json
import pathlib
import sys

import llama_cpp
import numpy

TYPES = {"BF16": (30, 2, 1), "Q4_0": (2, 18, 32), "Q4_K": (12, 144, 256)}


def main(place):
    library = ctypes.CDLL(str(next(pathlib.Path(llama_cpp.__file__).parent.rglob("libggml-base.so*"))))
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    library.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    random = numpy.random.default_rng(3)
    values = numpy.concatenate([random.normal(0, 0.02, 256), random.normal(0.5, 1, 256), abs(random.normal(0, 3, 256)), random.standard_t(2, 256) * 0.1,
                                numpy.zeros(256)]).astype(numpy.float32).round(5)
    written = {}
    for name, (code, size, block) in TYPES.items():
        out = numpy.zeros(len(values) // block * size, dtype=numpy.uint8)
        if name == "BF16":
            library.ggml_fp32_to_bf16_row(values.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(len(values)))
        else:
            library.ggml_quantize_chunk(code, values.ctypes.data, out.ctypes.data, 0, len(values) // 256, 256, None)
        written[name] = out.tobytes().hex()
    pathlib.Path(place).write_text(json.dumps({"values": [float(f"{v:.5f}") for v in values.tolist()], "written": written}) + "\n")


main(sys.argv[1])
