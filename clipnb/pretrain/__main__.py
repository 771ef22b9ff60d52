"""``python -m clipnb.pretrain``."""

from .run import main

if __name__ == "__main__":
    main()
