"""Delivered reports by mail: the settings, the letter, the server, and who has had what."""
