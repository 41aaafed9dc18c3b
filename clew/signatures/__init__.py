"""How content is recognised again: digests of the bytes and perceptual hashes of the picture. Pure: numpy in, values out."""
