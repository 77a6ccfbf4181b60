"""The one command of a checkout: ``python3 packaging/bootstrap.py run`` or ``test``.

This file alone must be understood by every Python that a person may have, down to 2.7, so that an old one is
answered with a sentence and not with a syntax error. What it does lies in launch.py beside it.
"""

import os
import sys

OLDEST = (3, 11)


def _refusal(version, executable):
    """Say why this Python will not do and, where a newer one is at hand, which command to type."""
    needed = "MarrowDesk needs Python " + ".".join(map(str, OLDEST)) + " or newer; "
    lines = [needed + "this is Python " + ".".join(map(str, version[:3])) + " (" + executable + ")."]
    newer = ["python3." + str(minor) for minor in range(14, OLDEST[1] - 1, -1)]
    for name in newer:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            if os.access(os.path.join(folder, name), os.X_OK):
                lines.append("A newer one seems to be installed. Type: " + name + " " + " ".join(sys.argv))
                return "\n".join(lines)
    lines.append("Install a newer Python (python.org, or your system's packages) and start again with it.")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit(_refusal(sys.version_info, sys.executable))
    import launch

    sys.exit(launch.main(sys.argv[1:]))
