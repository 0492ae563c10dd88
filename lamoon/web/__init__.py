"""The gateway: the only public process. It stores conversations and calls Rasa on loopback.

    visitor ── POST ──▶ app ──▶ store (a message accepted is on disk) ──▶ turns ──▶ rasa ──▶ replies ──▶ store
            ◀── SSE ─── stream ◀──────────────── hub (wakes) ◀──────────────────────────────────────────┘

docs/gateway.md describes its interface and what happens when a part is down.
"""
