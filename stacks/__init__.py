"""The app's own stacks: composition of the library's constructs, no rules of their own."""
