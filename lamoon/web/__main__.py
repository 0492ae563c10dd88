"""`python -m lamoon.web`: the public web server. `make run` starts it beside Rasa and the action server."""

from __future__ import annotations

import logging
import sys

import uvicorn

from lamoon import logs, tracing
from lamoon.chat.services import Services
from lamoon.data_folder import open_data_folder
from lamoon.errors import LamoonError
from lamoon.settings import Settings, load_settings
from lamoon.storage.keys import DERIVED_KEY
from lamoon.storage.rotation import keys_in_use
from lamoon.web.app import make_app
from lamoon.web.edge import IDLE_SECONDS, edge_protocol

log = logging.getLogger("lamoon.web")

STOP_SECONDS = 5


def main() -> int:
    """Serves until stopped; 2 when a setting or file has to be corrected first."""
    try:
        settings = load_settings()
        open_data_folder(settings)
        app = make_app(settings)
    except LamoonError as problem:
        print(problem, file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    tracing.start("gateway")
    _report_keys(settings, app.state.services)
    refused = app.state.services.metrics.refused
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.gateway_host,
            port=settings.gateway_port,
            access_log=False,  # an address with a time is personal data
            server_header=False,
            http=edge_protocol(settings.trusted_proxies, lambda limit: refused.labels(limit).inc()),
            timeout_keep_alive=IDLE_SECONDS,
            ws="none",
            log_config=None,
            log_level="warning",
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    server.run()
    return 0 if server.started else 1


def _report_keys(settings: Settings, services: Services) -> None:
    """Logs what has to be known of the keys that encrypt: that none is set, or that one of those in use is missing."""
    if not settings.encryption_keys:
        log.warning("%s", DERIVED_KEY)
    used = keys_in_use(services.bookings.database)
    for name in sorted(used.keys() - set(services.cipher.names)):
        log.error(
            "%d encrypted fields cannot be read: their key %s is missing from LAMOON_ENCRYPTION_KEYS. They are kept; "
            "put the key back behind the current one and restart",
            used[name],
            name,
        )


if __name__ == "__main__":
    logs.protect("gateway")
    sys.exit(main())
