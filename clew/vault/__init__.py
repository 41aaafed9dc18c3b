"""The vault: encrypted, content-addressed bytes in a directory or an S3 bucket; it knows no owners."""
