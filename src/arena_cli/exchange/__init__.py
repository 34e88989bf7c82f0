"""Lists in and out: what municipalities keep, read and taken into the file."""
