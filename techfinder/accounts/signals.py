from django.dispatch import Signal

# A person's account is about to go, inside the transaction that takes it: receivers give up or blank what names them.
# Arguments: user.
person_leaves = Signal()

# A person asks for everything that we hold: receivers give what they keep without pointing to the person.
# Arguments: user. Each returns a dictionary of lists of rows.
person_exported = Signal()
