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
from comparison.time_table import TimeTable  # noqa: E402
from comparison.token_mutants import TokenMutants  # noqa: E402
from second import claims, curve, minting, oracle, ring, snapshot, vectors, verify  # noqa: E402

SMOKE = {"tokens": 6_000, "rings": 1_500, "snapshots": 2_000, "exchanged": 800, "times": 16}
FULL = {"tokens": 1_000_000, "rings": 100_000, "snapshots": 100_000, "exchanged": 100_000, "times": 1}


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


def control(program: str, seed: int) -> int:
    """Each comparison has to notice one small thing that is wrong with the second implementation."""
    first, all_noticed = First(program), True
    real = snapshot.probes
    wrongs = [
        ("TOK-14 by one second", claims, "FURTHEST_START", 242, lambda: [TokenMutants(first, seed).run(10_000)]),
        ("TOK-01 by two characters", verify, "LONGEST_TEXT", 4098, lambda: [TokenMutants(first, seed).run(10_000)]),
        ("RING-04 by one second", ring, "is_time", lambda moment: moment <= claims.LATEST + 1, lambda: RingMutants(first, seed).run(3_000)),
        ("neighbours of the bits", snapshot, "probes", lambda *of: (bit ^ 1 for bit in real(*of)), lambda: SnapshotMutants(first, seed).run(500)),
        ("the oracle of times by one second", oracle, "LATEST", claims.LATEST - 1, lambda: TimeTable(first).run(64)),
        ("section 6.1 by one second", minting, "FURTHEST_START", 240, lambda: Exchange(first, seed).run(1_000)),
    ]
    for what, module, name, wrong, run in wrongs:
        right = getattr(module, name)
        setattr(module, name, wrong)
        found = sum(len(tally.differences) for tally in run())
        setattr(module, name, right)
        print(f"control: {what}: {found} differences")
        all_noticed &= found > 0
    first.close()
    return 0 if all_noticed else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the first implementation, built from rust/")
    parser.add_argument("--full", action="store_true", help="the numbers on record in README.md: a quarter of an hour")
    parser.add_argument("--control", action="store_true", help="with a second that is wrong on purpose: succeeds if that shows")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.control:
        return control(arguments.program, arguments.seed)
    numbers = FULL if arguments.full else SMOKE

    good = check_vectors()
    first, seed = First(arguments.program), arguments.seed
    runs = [
        lambda: [TokenMutants(first, seed).run(numbers["tokens"])],
        lambda: RingMutants(first, seed).run(numbers["rings"]),
        lambda: SnapshotMutants(first, seed).run(numbers["snapshots"]),
        lambda: Exchange(first, seed).run(numbers["exchanged"]),
        lambda: TimeTable(first).run(numbers["times"]),
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
