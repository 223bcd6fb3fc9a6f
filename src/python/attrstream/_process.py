"""The command line as a child process."""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Any

import pyarrow as pa

from ._node import MAIN, node
from .errors import AttrstreamError

logger = logging.getLogger("attrstream")

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

# Without a stream to read, the child would outlive a parent that is killed. The end of its standard input, which the parent
# closes however it dies, ends it; worker threads have a standard input of their own.
_END_WITH_PARENT = "data:text/javascript," + "".join(
    (
        "import{isMainThread}from'node:worker_threads';",
        "if(isMainThread){process.stdin.on('close',()=>process.kill(process.pid,'SIGTERM')).resume();process.stdin.unref()}",
    )
)


class Process:
    """A command of attrstream that runs. Its lines of log become records of the logger ``attrstream``.

    Parameters
    ----------
    words : list of str
        Command and options.
    feeds : bool
        Whether ``stdin`` is written to.
    on_event : function, optional
        Called with each line of its log.
    """

    def __init__(
        self, words: list[str], *, feeds: bool = False, on_event: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        options = [] if feeds else ["--import", _END_WITH_PARENT]
        self._child = subprocess.Popen(
            [node(), *options, str(MAIN), words[0], "--log=json", *words[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._on_event = on_event
        self._failure: dict[str, Any] | None = None
        self._last_words: deque[str] = deque(maxlen=20)
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    @property
    def stdin(self) -> IO[bytes]:
        assert self._child.stdin is not None
        return self._child.stdin

    @property
    def stdout(self) -> IO[bytes]:
        assert self._child.stdout is not None
        return self._child.stdout

    def output(self) -> bytes:
        """All of its standard output, once it has ended well. Standard input of a process that feeds is closed first."""
        output = self.stdout.read()
        self.wait()
        return output

    def wait(self) -> None:
        """Waits for the end.

        Raises
        ------
        AttrstreamError
            If the exit code is not 0.
        """
        code = self._child.wait()
        self._reader.join()
        self._close()
        if code != 0:
            raise self._error(code)

    def end(self) -> None:
        """Ends it at once, for another thread that waits for its output."""
        self._child.kill()

    def kill(self) -> None:
        """Ends it at once, whatever it does."""
        self.end()
        self._child.wait()
        self._reader.join()
        self._close()

    def _close(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            try:
                if pipe is not None:
                    pipe.close()
            except BrokenPipeError:
                pass  # what it did not read any more

    def _error(self, code: int) -> AttrstreamError:
        if self._failure is not None:
            return AttrstreamError.of_event(self._failure)
        said = "\n".join(self._last_words)
        end = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return AttrstreamError(f"attrstream {end}{': ' if said else ''}{said}", exit_code=code)

    def _read_log(self) -> None:
        assert self._child.stderr is not None
        for raw in self._child.stderr:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            try:
                event = json.loads(line)
                level = _LEVELS[event["level"]]
            except (ValueError, KeyError, TypeError):
                self._last_words.append(line)
                continue
            if self._on_event is not None:
                self._on_event(event)
            if event["event"] == "failed":
                self._failure = event
            else:
                logger.log(level, "%s", event["message"], extra={"attrstream": event})


class MapStream:
    """Batches of maps on their way into a process, as an Arrow stream."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._writer: pa.RecordBatchStreamWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Raises `BrokenPipeError` if the process has ended."""
        if self._writer is None:
            self._writer = pa.ipc.new_stream(self._process.stdin, batch.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is None:
            raise ValueError("no maps were added")
        self._writer.close()
        self._process.stdin.close()


def run_command(*words: str, on_event: Callable[[dict[str, Any]], None] | None = None) -> bytes:
    """Standard output of a command that reads files."""
    process = Process(list(words), on_event=on_event)
    try:
        return process.output()
    except BaseException:
        process.kill()
        raise


def flags(options: dict[str, Any]) -> list[str]:
    """Options as words: ``until_se=0.01`` is ``--until-se=0.01``, True ``--report``, False ``--no-report``; None is left out."""
    words: list[str] = []
    for name, value in options.items():
        flag = name.replace("_", "-")
        if value is None:
            continue
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, (list, tuple)):
            words += [f"--{flag}={entry}" for entry in value]
        else:
            words.append(f"--{flag}={value}" if len(flag) > 1 else f"-{flag}={value}")
    return words
