"""`make bench`: how fast it is, each figure as a ratio to a yardstick of the same run."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Of numpy's products, before it is imported: rows in processor time are about one core, and a
second thread of so small a product mostly waits, which counts as time."""
