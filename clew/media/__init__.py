"""Media: what a file is (sniff, jail, decode, metadata, renditions). Hostile bytes are opened only in the jail; pixels come out."""
