"""The desk: what was brought is looked at once, decided, and said in the words of a scheme."""
