"""Reads the kit's token files: a header of 64 bytes with the vocabulary at 12 and the text's bytes at 40, then two bytes a token."""
import struct

import numpy
import torch


class Tokens:
    def __init__(self, path):
        with open(path, "rb") as file:
            header = file.read(64)
        self.vocabulary = struct.unpack_from("<i", header, 12)[0]
        self.bytes = struct.unpack_from("<q", header, 40)[0]
        self.ids = numpy.memmap(path, dtype=numpy.uint16, mode="r", offset=64)

    def __len__(self):
        return len(self.ids)

    def read(self, start, count):
        return torch.from_numpy(self.ids[start:start + count].astype(numpy.int64))

    def batch(self, size, context):
        """Random windows and the tokens that follow theirs, each (size, context)."""
        starts = torch.randint(len(self) - context, (size,)).tolist()
        return self.windows(starts, context)

    def windows(self, starts, context):
        both = torch.stack([self.read(start, context + 1) for start in starts])
        return both[:, :-1].contiguous(), both[:, 1:].contiguous()
