from tests import relations

relations.forget_what_nobody_holds()  # before the portal is imported: its models keep the way they find relations
