"""A believable country in small: real places, and schools, companies and people that do not exist."""
