"""What stops a command, in one sentence for the person who called it."""

# the exit status of a command that was interrupted, as shells have it
INTERRUPTED = 130


class Problem(Exception):
    """The command cannot go on; the text says why and, where there is one, the way out."""


class Unreachable(Problem):
    """A server does not answer."""


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; the text says what became of the work."""
