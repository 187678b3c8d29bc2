"""DNS overrides: Route 53 Resolver DNS Firewall rules that send names down private paths."""
