"""One worker: two slots and a database share two cores."""

import os
import time

bind = "0.0.0.0:8000"
workers = 1
worker_class = "uvicorn.workers.UvicornWorker"
graceful_timeout = 30

# Here, and not in the app: until the sleep is over nothing listens on the port, as with an app that loads a model or warms a cache.
time.sleep(float(os.environ.get("BOOT_SECONDS") or 0))
