# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The peers of `make bench-match`: FAISS in three settings, the index of pytx, and pdqhash.

One engine a process, driven line by line over pipes exactly as bench/engine is: it times itself, so that
neither the pipe nor the checking of answers is in a figure. FAISS works with one thread.
"""

import io
import json
import os
import pathlib
import platform
import sys
import time
import zlib

import numpy

THRESHOLD = 31
LEARNED = 1_000_000_000  # ids of what is learned begin here


def anonymous():
    """Bytes of this process that no file backs, in memory."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no RssAnon")


def timed(work, numbers):
    """Calls work for each number; nanoseconds of each call, and of the processor for all."""
    spans, begun = [], time.process_time_ns()
    for number in numbers:
        start = time.perf_counter_ns()
        work(number)
        spans.append(time.perf_counter_ns() - start)
    return {"ns": spans, "cpu_ns": time.process_time_ns() - begun}


def sum_of(ids, distances):
    """CRC-32 of the hits in the order of their ids, each as 64 bits: id * 512 + distance."""
    both = numpy.asarray(ids, dtype="<u8") << numpy.uint64(9)
    both |= numpy.asarray(distances, dtype="<u8")
    both.sort()
    return zlib.crc32(both.tobytes())


class Faiss:
    """An index of FAISS as its own authors wrap it for Python."""

    def __init__(self, kind, folder):
        import faiss

        faiss.omp_set_num_threads(1)
        self.about = f"faiss {faiss.__version__} ({faiss.get_compile_options().strip()})"
        self.folder = folder
        self.queries = numpy.fromfile(folder / "queries", dtype=numpy.uint8).reshape(-1, 32)
        self.learned = numpy.fromfile(folder / "learn", dtype=numpy.uint8).reshape(-1, 32)
        if kind == "faiss-flat":
            inner = faiss.IndexBinaryFlat(256)
        else:
            _, hashes, bits, flips = kind.rsplit("-", 3)
            inner = faiss.IndexBinaryMultiHash(256, int(hashes), int(bits))
            inner.nflip = int(flips)
            if int(hashes) * (int(flips) + 1) <= THRESHOLD:
                raise ValueError("not exact")
        self.inner = inner  # the other keeps only a pointer
        self.index = faiss.IndexBinaryIDMap2(inner)

    def build(self, count):
        """Adds the first hashes in parts, as a program that reads them from somewhere would."""
        hashes = numpy.memmap(self.folder / "hashes", dtype=numpy.uint8, mode="r").reshape(-1, 32)
        step = 100_000
        for begin in range(0, count, step):
            part = numpy.array(hashes[begin : min(begin + step, count)])
            self.index.add_with_ids(part, numpy.arange(begin, begin + len(part), dtype=numpy.int64))

    def ask(self, queries):
        """One call for any number of queries; a list of ids and distances of each."""
        return self.index.range_search(queries, THRESHOLD + 1)

    def single(self, number):
        """One query."""
        return self.ask(self.queries[number : number + 1])

    def batch(self, begin, end):
        """Many queries in one call."""
        return self.ask(self.queries[begin:end])

    @staticmethod
    def hits(answer):
        """Ids and distances of each query of an answer."""
        limits, distances, ids = answer
        return [(ids[a:b], distances[a:b]) for a, b in zip(limits[:-1], limits[1:])]

    def learn(self, number):
        """Adds one and asks for it."""
        new = self.learned[number : number + 1]
        self.index.add_with_ids(new, numpy.array([LEARNED + number], dtype=numpy.int64))
        if LEARNED + number not in self.ask(new)[2]:
            raise RuntimeError("what was added is not found")


class Pytx:
    """PDQIndex of the PyPI package threatexchange, with the ids of the set as its entries."""

    def __init__(self, folder):
        import importlib.metadata

        import faiss
        from threatexchange.signal_type.pdq.pdq_index import PDQIndex

        faiss.omp_set_num_threads(1)
        self.about = f"threatexchange {importlib.metadata.version('threatexchange')}"
        self.folder = folder
        text = lambda name: [h.tobytes().hex() for h in numpy.fromfile(folder / name, dtype="V32")]
        self.queries, self.learned = text("queries"), text("learn")
        self.index = PDQIndex()

    def build(self, count):
        """Adds all at once: it makes its map of ids anew at every call."""
        hashes = numpy.memmap(self.folder / "hashes", dtype="V32", mode="r")
        self.index.add_all((hashes[i].tobytes().hex(), i) for i in range(count))

    def single(self, number):
        """One query."""
        return self.index.query(self.queries[number])

    @staticmethod
    def hits(answer):
        """Ids and distances of one answer."""
        return [([m.metadata for m in answer], [m.similarity_info.distance for m in answer])]

    def learn(self, number):
        """Adds one and asks for it."""
        self.index.add(self.learned[number], LEARNED + number)
        if all(m.metadata != LEARNED + number for m in self.index.query(self.learned[number])):
            raise RuntimeError("what was added is not found")


def search(engine, word, begin, end):
    """Runs one command of an index."""
    if word == "build":
        before = anonymous()
        took = timed(engine.build, [end])
        return took | {"bytes": anonymous() - before, "about": engine.about}
    if word == "learn":
        return timed(engine.learn, range(begin, end))
    answers = []
    if word == "single":
        took = timed(lambda number: answers.append(engine.single(number)), range(begin, end))
    else:
        took = timed(lambda _: answers.append(engine.batch(begin, end)), [0])
    hits = [h for answer in answers for h in engine.hits(answer)]
    return took | {"count": [len(ids) for ids, _ in hits], "sum": [sum_of(*h) for h in hits]}


def wrapping(picture):
    """What the wrapper of pdqhash does around the C++: luma in numpy, and 256 bits one by one."""
    luma = (picture[:, :, 0] * 0.299 + picture[:, :, 1] * 0.587 + picture[:, :, 2] * 0.114).astype("float32")
    words = numpy.zeros_like(luma)[0, :1].astype(int).tolist() * 16
    return numpy.array([(words[(k & 255) >> 4] >> (k & 15)) & 1 for k in range(256)])[::-1]


class Pictures:
    """pdqhash on pixels, pytx on whole files."""

    def __init__(self, folder, names):
        import pdqhash
        from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

        self.compute, self.from_bytes = pdqhash.compute, pdq_from_bytes
        self.about = f"pdqhash {pdqhash.__version__}"
        self.work = []
        for name in names:
            data = (folder / name).read_bytes()
            if name.endswith(".rgb"):
                width, height = map(int, name.removesuffix(".rgb").split("x"))
                data = numpy.frombuffer(data, dtype=numpy.uint8).reshape(height, width, 3)
            self.work.append(data)

    def hash(self, number):
        """Hashes once, files reduced as the reference reduces them, which pytx does not; the text form."""
        data = self.work[number]
        if isinstance(data, bytes):
            from PIL import Image

            with Image.open(io.BytesIO(data)) as picture:
                data = numpy.asarray(picture.convert("RGB"))
            rows, columns = (numpy.arange(512) * side // 512 for side in data.shape[:2])
            data = numpy.ascontiguousarray(data[rows][:, columns])
        return numpy.packbits(self.compute(data)[0].astype(numpy.uint8)).tobytes().hex()

    def run(self, word, number, times):
        """Runs one command: hash, or wrap, which only does what is around the C++."""
        data = self.work[number]
        if word == "wrap":
            return timed(lambda _: wrapping(data), range(times))
        if isinstance(data, bytes):
            took = timed(lambda _: self.from_bytes(data), range(times))
        else:
            took = timed(lambda _: self.compute(data), range(times))
        return took | {"value": [self.hash(number)], "about": self.about}


def webp(folder, source, name):
    """Writes a picture as lossy WebP, for which Go has no encoder."""
    from PIL import Image

    with Image.open(folder / source) as picture:
        picture.convert("RGB").save(folder / name, "WEBP", quality=90)


def main():
    """Answers one line with one line until the input ends."""
    kind, folder, rest = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    if kind == "webp":
        webp(folder, *rest)
        return
    if kind == "pictures":
        run = Pictures(folder, rest).run
    else:
        engine = Pytx(folder) if kind == "pytx" else Faiss(kind, folder)
        engine.about += f", Python {platform.python_version()}, numpy {numpy.__version__}"
        run = lambda word, begin, end: search(engine, word, begin, end)
    for line in sys.stdin:
        word, begin, end = line.split()
        print(json.dumps(run(word, int(begin), int(end))), flush=True)


os.environ.setdefault("OMP_NUM_THREADS", "1")
main()
