"""Follows the participants of a labour-market project step by step, and writes its monthly report."""

__version__ = "0.1.0"
