"""What lasts: database, blobs, audit chain, file checking. Knows no conversation."""
