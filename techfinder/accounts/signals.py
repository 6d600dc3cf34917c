from django.dispatch import Signal

# A person's account is about to go, inside the transaction that takes it: receivers give up or blank what names them.
# Arguments: user.
person_leaves = Signal()
