"""PostgreSQL and Redis of our own, for every machine where nobody has set them up.

    hold(place)  ->  both are running, and stay so for as long as any holder lives

`keeper.py` is the one process that starts and stops them; a holder is a shared lock on a file, so that the kernel
itself says when the last one is gone, also after a SIGKILL. Production never comes here.
"""

from .holding import Holding, LocalServiceError, Place, hold

__all__ = ["Holding", "LocalServiceError", "Place", "hold"]
