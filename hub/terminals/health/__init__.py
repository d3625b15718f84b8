"""How terminals are: everything they last said of themselves, and samples of it over time."""
