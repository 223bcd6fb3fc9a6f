"""Runs the Python of docs/python.md and src/python/README.md in order, as a reader would, and compares what it prints."""

import contextlib
import io
import os
import re
from pathlib import Path

import pytest
from conftest import population

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("document", ["docs/python.md", "src/python/README.md"])
def test_blocks_run_and_print_what_they_show(document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink(ROOT / "data-samples", "data-samples")
    maps, sequences = population(1)
    names = {"maps": maps, "sequences": sequences}
    printed = ""
    blocks = BLOCK.findall((ROOT / document).read_text())
    assert blocks
    for language, text in blocks:
        if language == "text":
            assert printed == text
            continue
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile(text, document, "exec"), names)
        printed = output.getvalue()
