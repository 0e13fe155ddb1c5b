"""JSON over HTTP beside the socket: docs/protocol.md, described by /api/v1/openapi.json."""
