"""The catalogue: what is known. Cases, submissions, media, where each was seen, series and the statements that make them."""
