"""``python -m clipnb.report``."""

import sys

from .page import main

if __name__ == "__main__":
    sys.exit(main())
