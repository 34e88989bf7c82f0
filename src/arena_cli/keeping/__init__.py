"""Keeping the file: backups and taking one back, checks of every byte, and what a doctor would look at."""
