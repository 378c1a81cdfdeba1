"""The shape of input about companies, their people and what a park wants of them."""

from companies.forms.contacts import SECRET, ContactForm, EraseForm, NewContactForm
from companies.forms.registry import CompanyForm, NewCompanyForm, WithProvinces
from companies.forms.targets import ProfileForm, RelateForm

__all__ = [
    "SECRET",
    "CompanyForm",
    "ContactForm",
    "EraseForm",
    "NewCompanyForm",
    "NewContactForm",
    "ProfileForm",
    "RelateForm",
    "WithProvinces",
]
