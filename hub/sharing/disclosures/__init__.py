"""The log of every act of sharing, and of every one that was refused: chained, searched, and told to the person."""
