"""What the tidy tests look at: every module of the product, but the migrations."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path for path in (ROOT / "clew").rglob("*.py") if "migrations" not in path.parts)


def relative(path):
    return str(path.relative_to(ROOT))


def functions_of(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def tracked_files():
    """Every text file of the repository that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()] if listed.returncode == 0 else list(ROOT.rglob("*"))
    return [
        path
        for path in paths
        if path.is_file() and path.suffix in {".py", ".md", ".html", ".js", ".css", ".toml", ".txt", ".sql", ""}
    ]
