"""The log archive: the load balancer's log bucket, and the queryable archive made from it."""
