"""When a finger is not enough: referrals that wait here, officers who sign in here, and their word for somebody."""
