"""Reads that put the rows of several apps together for one page; every row through its app's `visible_to`."""
