"""The access log of an Application Load Balancer; pure.

Sources: the guide's table of fields (docs.aws.amazon.com/elasticloadbalancing/latest/application/
load-balancer-access-logs.html) for order and meaning; the years come from that page's public history
(awsdocs/elb-application-load-balancers-user-guide) and, after it ended, from the bug reports of the parsers each new
field broke: vectordotdev/vrl#861 (May 2024), vectordotdev/vector#23631 (August 2025). The guide announces neither
the day a field appears nor the last one: "ignore any fields at the end that you were not expecting".
"""

from __future__ import annotations

from northsouth.logs.schema import (
    ADDRESS,
    DOUBLE,
    INTEGER,
    LONG,
    TIMESTAMP,
    Column,
    Field,
    LogSchema,
    Shape,
    bare,
    quoted,
)

ALB_ACCESS_LOG = LogSchema(
    name="ALB access log",
    fields=(
        bare("type", 2016),
        bare("time", 2016, TIMESTAMP),
        bare("elb", 2016),
        Field("client:port", Shape.ENDPOINT, (Column("client_ip", ADDRESS), Column("client_port", INTEGER)), 2016),
        Field("target:port", Shape.ENDPOINT, (Column("target_ip", ADDRESS), Column("target_port", INTEGER)), 2016),
        bare("request_processing_time", 2016, DOUBLE),
        bare("target_processing_time", 2016, DOUBLE),
        bare("response_processing_time", 2016, DOUBLE),
        bare("elb_status_code", 2016, INTEGER),
        bare("target_status_code", 2016, INTEGER),
        bare("received_bytes", 2016, LONG),
        bare("sent_bytes", 2016, LONG),
        Field(
            "request",
            Shape.REQUEST,
            (Column("request_verb"), Column("request_url"), Column("request_proto")),
            2016,
        ),
        quoted("user_agent", 2016),
        bare("ssl_cipher", 2016),
        bare("ssl_protocol", 2016),
        bare("target_group_arn", 2016),
        quoted("trace_id", 2016),
        quoted("domain_name", 2017),
        quoted("chosen_cert_arn", 2017),
        bare("matched_rule_priority", 2018, INTEGER),
        bare("request_creation_time", 2018, TIMESTAMP),
        quoted("actions_executed", 2018),
        quoted("redirect_url", 2018),
        quoted("error_reason", 2018),
        Field("target:port_list", Shape.LOOSELY_QUOTED, (Column("target_port_list"),), 2019),
        Field("target_status_code_list", Shape.LOOSELY_QUOTED, (Column("target_status_code_list"),), 2019),
        quoted("classification", 2020),
        quoted("classification_reason", 2020),
        bare("conn_trace_id", 2024),
        quoted("transformed_host", 2025),
        quoted("transformed_uri", 2025),
        quoted("request_transform_status", 2025),
        # Seen on every line since 2026, not yet in the copies of the guide we could read; the name is the one AWS
        # uses for it in the load balancer's CloudWatch log delivery.
        bare("ip_address", 2026, ADDRESS),
    ),
    required=29,
)
"""34 fields, 39 columns. Lines written before August 2020 are shorter than its 29 required fields and do not match."""
