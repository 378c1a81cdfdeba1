"""The pages of leads, activities and submissions."""
