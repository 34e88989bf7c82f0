"""The command line. Thin: parse, call one verb or build one report, print. Nothing else reads the clock or prints."""
