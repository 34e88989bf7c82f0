"""Charts: from plain numbers and labels to coordinates. Pure functions; templates/charts/ draws what they return.

Two kinds of coordinates. What is mostly text, such as bars with their labels, is as wide as the page has room for: its
horizontal positions (`x` and widths) are per cent of the width, so that the text keeps its size on a phone and on a
wall. Lines and curves cannot be drawn so: they are pictures of a fixed size, small enough to be read on a phone.
"""
