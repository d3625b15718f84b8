from __future__ import annotations

import numpy as np

from matching.comparison.cylinders import BIT_WORDS, CELL_COUNT, META, Cylinders
from matching.comparison.planes import BLOCK, ONES
from matching.comparison.store import Store


class TestStore:
    def rows(self, value: int, count: int) -> Cylinders:
        return Cylinders(np.full((count, 16), value, dtype=np.uint64), float(value))

    def contents(self, snapshot) -> list[tuple[str, int, int]]:
        """Key, what it was filled with, number of rows."""
        rows = [snapshot.rows(index) for index in range(len(snapshot))]
        for each, extent_px2 in zip(rows, snapshot.extents_px2, strict=True):
            assert (each == np.uint64(extent_px2)).all()
        return [
            (snapshot.keys[owner], int(each[0, 0]), len(each))
            for each, owner in zip(rows, snapshot.owners, strict=True)
        ]

    def test_a_snapshot_stays_as_it_was(self):
        store = Store()
        for value in range(200):
            store.add(f"{value}", self.rows(value, 30))
        before = store.snapshot()
        wanted = [(f"{value}", value, 30) for value in range(200)]
        for value in range(180):
            store.remove(f"{value}")
            store.add("new", self.rows(1000 + value, 50))
        assert self.contents(before) == wanted
        now = self.contents(store.snapshot())
        assert sorted(now) == sorted(wanted[180:] + [("new", 1000 + value, 50) for value in range(180)])

    def test_memory_of_the_removed_comes_back(self):
        store = Store()
        for value in range(1000):
            store.add("passing", self.rows(value, 40))
            store.remove("passing")
        assert store.snapshot().planes.nbytes < 5_000 * 128
        assert len(store) == 0

    def test_prints_of_any_size_stay_apart(self):
        store = Store()
        sizes = [0, 255, 2, 254, 1, 0, 130, 130, 130, 256, 3, 0]
        made = [np.random.default_rng(n).integers(0, 2**64, (n, 16), dtype=np.uint64) for n in sizes]
        for rows in made:  # bits that no cell has
            rows[:, BIT_WORDS - 1] &= np.uint64(2 ** (ONES % 64) - 1)
            rows[:, META - 1] &= np.uint64(2 ** (CELL_COUNT % 64) - 1)
        for number, rows in enumerate(made):
            store.add(f"{number % 3}", Cylinders(rows, 0.0))
        snapshot = store.snapshot()
        for index, rows in enumerate(made):
            np.testing.assert_array_equal(snapshot.rows(index), rows)

    def test_a_gallery_keeps_to_its_memory(self):
        """Under 6 kB a finger of 42 minutiae once there are many; growing leaves room for half as many again."""
        store = Store()
        for value in range(600):
            store.add(f"{value}", self.rows(value, 42))
        snapshot = store.snapshot()
        blocks = -(-int(snapshot.spans[-1, 1]) // BLOCK)
        assert (snapshot.planes[:blocks].nbytes + snapshot.metas[:blocks].nbytes) / 600 < 6_000

    def test_tells_whose_prints_are_whose(self):
        store = Store()
        for key in ("a", "b", "a", "c"):
            store.add(key, self.rows(1, 5))
        assert store.belonging_to(["a", "nobody"]).tolist() == [True, False, True, False]
        assert store.belonging_to([]).tolist() == [False] * 4
        store.remove("a")
        store.add("a", self.rows(1, 5))
        assert store.belonging_to(["a"]).tolist() == [False, False, True]
