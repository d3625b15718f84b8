"""Cells: what each is for and how many it holds, who lives where, and which one fits somebody."""
