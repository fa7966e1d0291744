"""What blocks opening day: papers, payments and spaces that are missing, what the city owes others, and the letters."""
