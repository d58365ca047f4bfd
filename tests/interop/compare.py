"""Puts the second implementation beside the vectors and beside the first: `compare.py PROGRAM [--full] [--seed N]`."""

import argparse
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from comparison.exchange import Exchange  # noqa: E402
from comparison.first import First  # noqa: E402
from comparison.ring_mutants import RingMutants  # noqa: E402
from comparison.snapshot_mutants import SnapshotMutants  # noqa: E402
from comparison.token_mutants import TokenMutants  # noqa: E402
from second import curve, vectors  # noqa: E402

SMOKE = {"tokens": 6_000, "rings": 1_500, "snapshots": 2_000, "exchanged": 800}
FULL = {"tokens": 1_000_000, "rings": 100_000, "snapshots": 100_000, "exchanged": 100_000}


def check_vectors() -> bool:
    """The vectors, with each signature checked twice: by libsodium, and in plain integers."""
    by_library, signatures, differences = curve.verify, 0, []

    def twice(public_key: bytes, message: bytes, signature: bytes) -> bool:
        nonlocal signatures
        verdict = by_library(public_key, message, signature)
        signatures += 1
        if curve.verify_plainly(public_key, message, signature) != verdict:
            differences.append(signature.hex())
        return verdict

    curve.verify = twice
    try:
        count, wrong = vectors.check_all(HERE.parent / "vectors")
    finally:
        curve.verify = by_library
    print(f"vectors: {count} read, {len(wrong)} wrong; {signatures} signatures checked twice, {len(differences)} differences")
    for line in wrong + differences:
        print("  " + line)
    return count > 0 and not wrong and not differences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the first implementation, built from rust/")
    parser.add_argument("--full", action="store_true", help="the numbers that ASSURANCE.md records: an hour or less")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    numbers = FULL if arguments.full else SMOKE

    good = check_vectors()
    first, seed = First(arguments.program), arguments.seed
    runs = [
        lambda: [TokenMutants(first, seed).run(numbers["tokens"])],
        lambda: RingMutants(first, seed).run(numbers["rings"]),
        lambda: SnapshotMutants(first, seed).run(numbers["snapshots"]),
        lambda: Exchange(first, seed).run(numbers["exchanged"]),
    ]
    for run in runs:
        begun = time.monotonic()
        for tally in run():
            good &= tally.report()
        print(f"  {time.monotonic() - begun:.0f} s", flush=True)
    first.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
