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


def test_the_tutorial_is_a_notebook(tmp_path):
    """One source: jupytext makes the notebook of the page, and each of its cells prints what the page shows."""
    jupytext = pytest.importorskip("jupytext")
    preprocessors = pytest.importorskip("nbconvert.preprocessors")
    pytest.importorskip("ipykernel")
    page = ROOT / "docs/python.md"
    notebook = jupytext.read(page)
    os.symlink(ROOT / "data-samples", tmp_path / "data-samples")
    run = preprocessors.ExecutePreprocessor(timeout=600, kernel_name="python3")
    run.preprocess(notebook, {"metadata": {"path": str(tmp_path)}})
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) == page.read_text().count("```python\n")
    printed = [
        "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")
        for cell in cells
    ]
    shown = [text for language, text in BLOCK.findall(page.read_text()) if language == "text"]
    assert [text for text in printed if text in shown] == shown
    tables = [output for cell in cells for output in cell.outputs if "text/html" in output.get("data", {})]
    assert any("±" in table["data"]["text/html"] for table in tables)
