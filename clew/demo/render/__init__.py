"""The renderer: benign furnished rooms, traced ray by ray from a seed, with no person in any of them."""
