"""How many questions were asked, what the answers were, and where the two differ."""

import json
from collections import Counter


class Tally:
    MOST_SHOWN, LONGEST = 5, 2000

    def __init__(self, name: str):
        self.name = name
        self.verdicts: Counter[str] = Counter()
        self.differences: list[str] = []
        self.known: Counter[str] = Counter()

    def compare(self, question: object, second: object, first: object) -> None:
        """Both answers are dictionaries with a verdict."""
        self.verdicts[first["verdict"]] += 1
        if first != second:
            self.differences.append(f"{self.name}: {json.dumps(question)}\n  first:  {first}\n  second: {second}")

    def report(self) -> bool:
        total = sum(self.verdicts.values())
        print(f"{self.name}: {total} compared, {len(self.differences)} differences")
        for why, count in self.known.items():
            print(f"  {count} with a difference that is known: {why}")
        print("  " + ", ".join(f"{verdict} {count}" for verdict, count in self.verdicts.most_common()), flush=True)
        for difference in self.differences[: self.MOST_SHOWN]:
            print(difference[: self.LONGEST])
        return not self.differences
