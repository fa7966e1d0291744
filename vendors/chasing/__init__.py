"""Who blocks opening day: papers, payments and spaces that are missing, and the letters that ask for them."""
