"""The demo: a benign synthetic world, rendered by code, with its truth, so that everything can be tried without real material."""
