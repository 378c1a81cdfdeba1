"""One registry of companies for all parks, and what a park knows of their people."""

from companies.models.companies import DERIVED, NAMED, Company, Industry
from companies.models.contacts import Contact, ContactReveal

__all__ = ["DERIVED", "NAMED", "Company", "Contact", "ContactReveal", "Industry"]
