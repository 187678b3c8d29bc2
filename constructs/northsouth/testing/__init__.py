"""What a downstream project's tests import."""
