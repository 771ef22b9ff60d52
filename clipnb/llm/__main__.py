"""``python -m clipnb.llm``."""

import sys

if __name__ == "__main__":
    try:
        from .command import main

        sys.exit(main())
    except KeyboardInterrupt:  # while it was imported
        sys.exit(130)
