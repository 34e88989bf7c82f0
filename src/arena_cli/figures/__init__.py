"""The figures of a month: one module per report section, each with its definition in its docstring."""
