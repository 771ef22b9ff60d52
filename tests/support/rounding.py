"""How far two computations of the same embedding may lie apart."""

import os

# Another batch, thread or cache moves the last bits; the noise of a portable run moves more of them
SAME = 1e-5 if "CLIPNB_TEST_NOISE" in os.environ else 1e-6
