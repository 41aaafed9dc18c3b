"""Parts: one piece of work over many rows, divided among threads; the kernels it calls do not hold the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

#: Fewer rows than this are done before a thread has started.
PART_ROWS_MIN = 65536


def in_parts(work: Callable[[slice], object], count: int, threads: int) -> None:
    """Call `work` with slices that together are the rows 0 to `count`, on so many threads."""
    threads = max(1, min(threads, count // PART_ROWS_MIN))
    if threads == 1:
        work(slice(0, count))
        return
    edges = [count * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, map(slice, edges[:-1], edges[1:])))
