"""What can be refused, and why."""


class Refused(Exception):
    """A token, a ring, a published ring or a snapshot is refused. `reason` is the name that SPEC.md gives it."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class CannotIssue(Exception):
    """An error of issuing (SPEC section 6). No token is made."""
