"""Compares the lines that tests do not reach with those that are known, and asks for 98 %.

Usage: compare.py REPORT UNREACHED [--write]. The report is that of `cargo llvm-cov report --show-missing-lines`. Lines are known by file and text, so that they may move.
"""

import re
import sys
from collections import Counter
from pathlib import Path

LEAST = 98.0
ROOT = Path(__file__).resolve().parents[2]


def unreached(report):
    """File and text of every line that was not run."""
    _, _, listed = report.partition("Uncovered Lines:")
    for line in listed.strip().splitlines():
        path, _, numbers = line.rpartition(":")
        source = Path(path).read_text().splitlines()
        for span in numbers.split(","):
            first, _, last = span.partition("-")
            for number in range(int(first), int(last or first) + 1):
                yield str(Path(path).relative_to(ROOT)), source[number - 1].strip()


def share(report):
    """Per cent of lines that were run."""
    total = next(line for line in report.splitlines() if line.startswith("TOTAL"))
    return [float(number) for number in re.findall(r"([\d.]+)%", total)][2]


def known(path):
    """File and text of every line that is known, from `reason:` paragraphs."""
    for paragraph in path.read_text().split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        assert not lines or lines[0].startswith("reason: "), f"a paragraph without a reason: {lines[0]}"
        for line in lines[1:]:
            file, _, text = line.partition(": ")
            yield file, text.strip()


def main(report_path, unreached_path, *arguments):
    report = Path(report_path).read_text()
    found, expected = Counter(unreached(report)), Counter(known(Path(unreached_path)))
    new, gone = found - expected, expected - found
    for (file, text), count in sorted(new.items()):
        print(f"unreached and not known: {file}: {text}" + (f" ({count} times)" if count > 1 else ""))
    for file, text in sorted(gone):
        print(f"known, but reached or gone: {file}: {text}")
    print(f"{share(report):.2f} % of lines, {found.total()} unreached, {len(new)} not known, {len(gone)} known in vain")
    return bool("--write" not in arguments and (new or gone or share(report) < LEAST))


sys.exit(main(*sys.argv[1:]))
