"""MultiQC shows the scores that a run writes: python multiqc.py, with the attrstream of this environment."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import multiqc  # noqa: F401
except ImportError:
    print("SKIPPED: multiqc is not installed")
    sys.exit(0)

SAMPLES = Path(__file__).resolve().parents[3] / "data-samples"
BIN = Path(sys.executable).parent

with tempfile.TemporaryDirectory(prefix="attrstream-") as folder:
    maps = [str(SAMPLES / f"{name}.arrow") for name in ("exponential-standard", "relu-spectral-norm")]
    subprocess.run([BIN / "attrstream", "score", *maps, "--quiet", "--out", "scores"], cwd=folder, check=True)
    subprocess.run([BIN / "multiqc", "--no-ansi", "scores"], cwd=folder, check=True)
    written = json.loads((Path(folder) / "multiqc_data" / "multiqc_data.json").read_text())
    models = json.loads((Path(folder) / "scores" / "scores.json").read_text())["models"]
    found = next(table for key, table in written["report_saved_raw_data"].items() if "attrstream" in key)
    assert set(found) == {model["model"] for model in models}, found
    for model in models:
        row = found[model["model"]]
        assert row["kmer_cv_nats"] == model["kmer"]["cv_nats"], row
        assert row["angular_cv_nats"] == model["angular"]["cv_nats"], row
    assert "attrstream: consistency of attribution maps" in (Path(folder) / "multiqc_report.html").read_text()
print("MultiQC shows the scores of", len(models), "models")
