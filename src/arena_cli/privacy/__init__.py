"""What the law asks of who keeps records of persons: the register extract, and retention (gallring)."""
