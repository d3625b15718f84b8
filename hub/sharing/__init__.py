"""What leaves for other agencies and what comes from them: agreements, one gate, a log of every act of sharing."""
