"""Egress: networks, NAT gateways, private endpoints, and what leaving through them costs."""
