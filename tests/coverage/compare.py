"""Compares the lines of src/ that nothing runs with those that are known, and asks for 98 %.

Usage: compare.py LCOV UNREACHED. A line is known by its file and its text, so that it may move.

Lines of the library with a letter or a digit are counted. What is compiled for tests only is not, nor are comments (the examples in them are compiled too), nor brackets by
themselves.
"""

import re
import sys
from collections import Counter
from pathlib import Path

LEAST = 98.0
ROOT = Path(__file__).resolve().parents[2]
# An item under cfg(test): up to its semicolon, or the brace that stands as far left as it does; the whole file for an inner attribute.
TESTS = re.compile(r"^( *)#\[cfg\((?:all\()?test\b.*\n(?:\1\S.*;$|(?s:.*?)^\1\}$)|^(?s:#!\[cfg\(test\)\].*)", re.MULTILINE)


def counted(source):
    """Number and text of every line that counts."""
    library = TESTS.sub(lambda part: "\n" * part[0].count("\n"), source)
    for number, line in enumerate(library.split("\n"), start=1):
        text = line.strip()
        if re.search(r"\w", text) and not text.startswith("//"):
            yield number, text


def measured(lcov):
    """File, text and whether it ran, for every line that counts and that a compiler made something of."""
    for record in lcov.split("end_of_record"):
        file = re.search(r"^SF:(.*)$", record, re.MULTILINE)
        if not file or not Path(file[1]).is_relative_to(ROOT / "src"):
            continue
        lines = dict(counted(Path(file[1]).read_text()))
        for number, times in re.findall(r"^DA:(\d+),(\d+)", record, re.MULTILINE):
            if int(number) in lines:
                yield str(Path(file[1]).relative_to(ROOT)), lines[int(number)], times != "0"


def known(names):
    """File and text of every line that is known, from paragraphs that begin with `reason: `."""
    for paragraph in names.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        if lines and not lines[0].startswith("reason: "):
            sys.exit(f"lines without a reason: {lines[0]}")
        for line in lines:
            if line.startswith("src/"):
                file, _, text = line.partition(": ")
                yield file, text


def main(lcov, unreached):
    lines = list(measured(Path(lcov).read_text()))
    found = Counter((file, text) for file, text, ran in lines if not ran)
    expected = Counter(known(Path(unreached).read_text()))
    new, gone = found - expected, expected - found
    for file, text in sorted(new.elements()):
        print(f"not reached, and without a reason: {file}: {text}")
    for file, text in sorted(gone.elements()):
        print(f"with a reason, and reached or gone: {file}: {text}")
    share = 100 * (len(lines) - found.total()) / len(lines)
    print(f"{share:.2f} % of {len(lines)} lines are reached; of the other {found.total()}, {new.total()} are without a reason; {gone.total()} reasons are for nothing")
    return bool(new or gone or share < LEAST)


sys.exit(main(*sys.argv[1:]))
