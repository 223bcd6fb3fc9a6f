import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from conftest import population

import attrstream

linux = pytest.mark.skipif(not os.path.isdir("/proc"), reason="reads /proc")


def children(pid=None):
    """Processes that a process has started and that live."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[1]) == (pid or os.getpid()):
            found.append(int(name))
    return found


def gone(pid, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_bad_data_is_an_error_with_its_place():
    maps, one_hot = population(1)
    maps[70, 3, 2] = np.nan
    ids = [f"site-{row}" for row in range(len(maps))]
    with pytest.raises(attrstream.AttrstreamError) as caught:
        attrstream.score(maps, one_hot, ids=ids)
    error = caught.value
    assert (error.exit_code, error.row, error.id) == (1, 70, "site-70")
    assert error.code is not None and "NaN" in str(error)


def test_shapes_that_do_not_fit_are_named():
    maps, one_hot = population(2)
    for arguments, words in (
        ((maps[:, :, :3], one_hot), r"\(90, 3\), expected"),
        ((maps, one_hot[:, :80]), r"\(80, 4\) each, expected \(90, 4\)"),
        ((maps, one_hot[:5]), "120 maps, 5 sequences"),
        ((maps[:, :4], one_hot[:, :4]), "give axes"),
        ((maps,), "need sequences"),
    ):
        with pytest.raises(ValueError, match=words):
            attrstream.score(*arguments)


@linux
def test_an_exception_of_an_iterator_comes_out_unchanged():
    class Broken(Exception):
        pass

    maps, one_hot = population(3)

    def batches():
        yield maps, one_hot
        raise Broken("out of memory")

    with pytest.raises(Broken, match="^out of memory$"):
        attrstream.score(batches())
    assert children() == []


@linux
def test_a_child_that_is_killed_is_an_error_and_no_hang():
    maps, one_hot = population(4)
    with attrstream.Scorer() as scorer:
        scorer.add(maps, one_hot)
        os.kill(children()[0], signal.SIGKILL)
        with pytest.raises(attrstream.AttrstreamError, match="killed by signal 9") as caught:
            while True:
                scorer.add(maps, one_hot)
    assert caught.value.exit_code == -9
    assert children() == []


@linux
def test_an_interrupt_ends_the_child():
    maps, one_hot = population(5)
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()

    def batches():
        while True:
            yield maps, one_hot

    with pytest.raises(KeyboardInterrupt):
        attrstream.score(batches())
    assert children() == []


ENDLESS = """
import attrstream, numpy
maps, one_hot = numpy.ones((64, 50, 4)), ["ACGTA" * 10] * 64
attrstream.score((maps, one_hot) for _ in iter(int, 1))
"""

LONG = """
import attrstream
maps = [attrstream.sample("exponential-standard.arrow")]
attrstream.score(maps, null_draws=100, sweep=["window=1,3,5,7,9,11", "k=3,4,5,6,7,8"], workers=1)
"""


@linux
@pytest.mark.parametrize("program", [ENDLESS, LONG], ids=["stream", "file"])
def test_a_parent_that_is_killed_leaves_no_child(program):
    parent = subprocess.Popen([sys.executable, "-c", program])
    while not children(parent.pid):
        assert parent.poll() is None
        time.sleep(0.05)
    time.sleep(1)
    (child,) = children(parent.pid)
    parent.kill()
    parent.wait()
    try:
        assert gone(child)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_logs_become_records(caplog):
    with caplog.at_level(logging.INFO, logger="attrstream"):
        attrstream.score(attrstream.sample("tf-mindi.parquet"))
    assert {"begin", "done", "warning"} <= {record.attrstream["event"] for record in caplog.records}
    assert any(record.levelno == logging.WARNING for record in caplog.records)


def test_an_error_leaves_no_file(tmp_path):
    maps, one_hot = population(6)
    with pytest.raises(RuntimeError), attrstream.Writer(tmp_path / "maps.parquet") as writer:
        writer.add(maps, one_hot)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@linux
def test_a_full_disk_is_an_error():
    maps, one_hot = population(7)
    with pytest.raises(attrstream.AttrstreamError) as caught:
        attrstream.score(maps, one_hot).report("/dev/full")
    assert caught.value.exit_code == 75


def test_both_nodes_give_the_same_scores(monkeypatch):
    other = os.environ.get("ATTRSTREAM_OTHER_NODE")
    if not other:
        pytest.skip("ATTRSTREAM_OTHER_NODE names no second Node")
    path = attrstream.sample("relu-spectral-norm.arrow")
    own = attrstream.score(path).to_dict()["models"]
    monkeypatch.setenv("ATTRSTREAM_NODE", other)
    assert attrstream.score(path).to_dict()["models"] == own


@linux
def test_memory_stays_flat_over_2_gb():
    """The rows of a batch are made once: what grows would be what the package keeps."""
    import resource

    maps, one_hot = population(8, n=64, length=2048)
    strings = ["".join("ACGT"[base] for base in row) for row in one_hot.argmax(2)]

    def batches(count):
        for _ in range(count):
            yield maps, strings

    attrstream.score(batches(10), null="none")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scores = attrstream.score(batches(1000), null="none")
    assert scores.records * 2048 * 16 > 2e9
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
