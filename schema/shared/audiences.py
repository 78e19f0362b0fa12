"""Who reads a text, said alike wherever it is typed and wherever it is read."""

CUSTOMER = "Visible to the customer, with the public key and on the printed quote."
CUSTOMER_AND_VENDOR = (
    "Visible to the customer, with the public key and on the printed quote, and to the vendor with the order."
)
VENDOR = "Visible to the vendor with the order, not to the customer."
INTERNAL = "Internal: not printed, and visible neither to the customer nor to the vendor."
CONTACT = "Visible to the customer in the e-mails with the quote. Replies go to the assignee."
