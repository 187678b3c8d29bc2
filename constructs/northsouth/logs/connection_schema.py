"""The connection log of an Application Load Balancer; pure.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html.
"""

from __future__ import annotations

from northsouth.logs.schema import ADDRESS, DOUBLE, INTEGER, TIMESTAMP, LogSchema, bare, quoted

ALB_CONNECTION_LOG = LogSchema(
    name="ALB connection log",
    fields=(
        bare("time", 2023, TIMESTAMP),
        bare("client_ip", 2023, ADDRESS),
        bare("client_port", 2023, INTEGER),
        bare("listener_port", 2023, INTEGER),
        bare("tls_protocol", 2023),
        bare("tls_cipher", 2023),
        bare("tls_handshake_latency", 2023, DOUBLE),
        quoted("leaf_client_cert_subject", 2023),
        bare("leaf_client_cert_validity", 2023),
        bare("leaf_client_cert_serial_number", 2023),
        bare("tls_verify_status", 2023),
        bare("conn_trace_id", 2024),
        bare("tls_keyexchange", 2025),
    ),
    required=11,
)
"""13 fields, 14 columns. The first field is ``timestamp`` in the guide's table and ``time`` in its Athena statement;
the second is used, because ``timestamp`` is a type's name in SQL."""
