"""The first implementation, as a process that answers a line with a line."""

import json
import subprocess
from collections.abc import Callable


class First:
    """Requests are collected and sent in batches; each comes with what is done with its answer."""

    BATCH = 400

    def __init__(self, program: str):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.requests: list[dict] = []
        self.then: list[Callable[[object], None] | None] = []

    def ask(self, request: dict, then: Callable[[object], None] | None = None) -> None:
        self.requests.append(request)
        self.then.append(then)
        if len(self.requests) >= self.BATCH:
            self.flush()

    def ask_now(self, request: dict):
        answers = []
        self.ask(request, answers.append)
        self.flush()
        return answers[0]

    def flush(self) -> None:
        if not self.requests:
            return
        requests, then = self.requests, self.then
        self.requests, self.then = [], []
        line = json.dumps({"do": "batch", "requests": requests})
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answers = json.loads(self.process.stdout.readline() or '{"problem": "it has ended"}')
        if isinstance(answers, dict):
            raise RuntimeError(f"the first implementation could not answer: {answers}")
        for answer, use in zip(answers, then, strict=True):
            if use is not None:
                use(answer)

    def close(self) -> None:
        self.flush()
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise RuntimeError("the first implementation has ended with an error")
