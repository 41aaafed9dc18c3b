"""Intake: from a folder, a list or an API call to a checked submission, and the verdict on each file."""
