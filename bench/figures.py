"""What every measurement needs: a figure with its bar, a folder, and the memory of a process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """`bar` is the most that is allowed, or the least where more is better."""

    name: str
    measured: float
    bar: float
    unit: str
    least: bool = False

    @property
    def ok(self) -> bool:
        return self.measured >= self.bar if self.least else self.measured <= self.bar

    def __str__(self) -> str:
        digits = 2 if self.unit in ("s", "ms", "×") or 0 < self.bar < 1 else 0
        measured, bar = f"{self.measured:.{digits}f}", f"{self.bar:g}"
        unit = f" {self.unit}".rstrip()
        sign = "≥" if self.least else "≤"
        verdict = "yes" if self.ok else "**no**"
        return f"| {self.name} | {measured}{unit} | {sign} {bar}{unit} | {verdict} |"


@contextmanager
def folder() -> Iterator[Path]:
    """On a real disk, open to the account that runs PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="domovoy-bench-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def processor_time(pid: int) -> float:
    """Seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_memory(pid: int) -> float:
    """Of the Python process alone, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")
