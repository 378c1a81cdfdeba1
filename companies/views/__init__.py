"""The pages of companies, of their people and of what a park wants of them."""
