"""``python -m marrowdesk``: the same program as the command ``marrowdesk``."""

import sys

from marrowdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
