"""``deployment/run-local.sh``."""

import sys

from laptop.problems import INTERRUPTED


def main() -> int:
    try:
        # takes a part of a second, in which somebody may press Ctrl-C, too
        from laptop import command_line
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return INTERRUPTED
    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
