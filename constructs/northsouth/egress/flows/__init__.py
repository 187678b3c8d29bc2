"""Who uses NAT: flow log records read, counted once, named, priced, and the private path each could have taken."""
