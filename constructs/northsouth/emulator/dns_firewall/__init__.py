"""The Route 53 Resolver DNS Firewall API on moto's back end of Route 53 Resolver, which has none of it.

What real AWS does differently:

- A change settles here after a tenth of a second; there it takes seconds to a minute.
- The content of an AWS-managed list is secret there; here such a list is empty, and reading it is refused.
- ``ImportFirewallDomains``, the batch operations and the rules of DNS Firewall Advanced are refused here.
- There, five requests a second are let through for one account and Region; here there is no throttling.
- Error texts that carry an ``RSLVR`` code are AWS's own; the others say the same in other words.
- A rule's query type cannot be changed here: AWS names it as part of what identifies the rule.
"""
