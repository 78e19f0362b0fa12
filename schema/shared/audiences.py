"""Who reads a text, said alike wherever it is typed and wherever it is read."""

CUSTOMER = "The customer reads it by the public key and on the printed quote."
CUSTOMER_AND_VENDOR = "The customer reads it by the public key and on the printed quote, and the vendor with the order."
VENDOR = "The vendor reads it with the order; the customer does not."
INTERNAL = "Internal: it is not printed, and neither the customer with the public key nor the vendor reads it."
CONTACT = "The customer reads it in the letters with the quote; its replies go to the assignee."
