"""What of a report anybody may read: no count of a few persons, and none from which one could be worked out.

An internal report has some ten thousand counts that hang together in thousands of ways: the sexes add up, so do the
municipalities, what comes in and goes out is the difference between two months, and so on. Whoever knows all reports
and all of these relations can solve for what is hidden, unless what is shown is chosen so that nothing follows from it.
Here nothing is shown unless it is known to be safe: the other way round, hiding what is small and then what would give
it away, has been tried and does not hold over twelve months (docs/disclosure.md).

- `accounts`: the few totals that a public report is about, and how each is divided. No relation ties one to another
- `bounds`: between which numbers a reader of all public reports can place what is hidden of an account
- `hiding`: shows as much of each account as leaves nothing small within reach
- `edition`: the public report: every figure of the internal one, shown or hidden. The exact ones are not in it
"""
