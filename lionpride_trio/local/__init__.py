"""Parts of an embedded server that speaks the wire formats of all providers."""
